"""What the settings of the version before say about the drawing of the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.intake.read import read_drawing
from engine.intake.settings import JourneySettings

_SHARED = 0.5


def same_drawing(before: bytes, after: bytes) -> bool:
    """Whether two drawings are one in two states: most ids of the smaller are in both.

    A few are always shared: tools begin every drawing with the same ids.
    """
    one, other = _ids(before), _ids(after)
    return len(one & other) >= _SHARED * min(len(one), len(other))


def _ids(drawing: bytes) -> set[str]:
    return {each for element in read_drawing(drawing).iter() if (each := element.get("id"))}


def carried_over(before: JourneySettings, drawing: bytes) -> JourneySettings:
    """The settings of the version before, for the elements that are still drawn."""
    there = {element.get("id") for element in read_drawing(drawing).iter()}
    return replace(
        before,
        process=before.process if before.process in there else None,
        lanes={key: value for key, value in before.lanes.items() if key in there},
        steps={key: value for key, value in before.steps.items() if key in there},
        choices=_still_there(before.choices, there),
        standards=tuple(s for s in before.standards
                        if all(s.get(end, "case") in ("case", None) or s.get(end) in there
                               for end in ("start", "stop"))))


def _still_there(choices: Mapping[str, Mapping[str, str]],
                 there: set[str | None]) -> dict[str, dict[str, str]]:
    """Choices at elements, and of arrows, that are still drawn."""
    kept = {rule: {element: option for element, option in chosen.items() if element in there
                   and (not option.startswith("flow:") or option[len("flow:"):] in there)}
            for rule, chosen in choices.items()}
    return {rule: chosen for rule, chosen in kept.items() if chosen}
