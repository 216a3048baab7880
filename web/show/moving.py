"""Moving cases, in the reader's words: notes, names, and where each step goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext, lazy_gettext

from engine.infra.errors import DomainError
from engine.intake.records import Version
from engine.runtime.migration.command import Prepared
from engine.runtime.migration.outcome import Outcome, Step
from engine.runtime.notes import Note
from engine.runtime.views import Case
from web.errors import sentence
from web.show.kinds import kind_name
from web.show.step import element_name

#: Why an element goes where it goes, or why nobody knows.
HOW = {
    "same": lazy_gettext("same element"),
    "name": lazy_gettext("another id, the same name and kind"),
    "neighbours": lazy_gettext("another id, between the same neighbours"),
    "chosen": lazy_gettext("chosen"),
    "gone": lazy_gettext("not in the new version"),
    "other_kind": lazy_gettext("another kind of element in the new version"),
}
#: What becomes of a token.
FATES = {
    "kept": lazy_gettext("goes on"), "entered": lazy_gettext("begins anew"),
    "withdrawn": lazy_gettext("is withdrawn"), "dissolved": lazy_gettext("goes on"),
    "refused": lazy_gettext("can't move"),
}


def told(note: Note, before: Version, after: Version) -> str:
    """A note as a sentence, with the names of elements as the versions have them."""
    values = {**note.values,
              **{key: element_name(before, element) for key, element in note.old.items()},
              **{key: element_name(after, element) for key, element in note.new.items()}}
    return sentence(DomainError(note.text, **values))


def plan_rows(prepared: Prepared, before: Version, after: Version,
              counts: dict[str, int]) -> list[dict[str, Any]]:
    """Where each element goes: those at which cases wait first, then those undecided."""
    places = {place.drawn: place for ways in prepared.ways.values()
              for place in ways.before.places.values() if not place.inserted}
    rows = []
    for drawn, place in places.items():
        target = prepared.plan.of(drawn)
        rows.append({
            "element": drawn, "name": element_name(before, drawn), "kind": kind_name(place.kind),
            "cases": counts.get(drawn, 0), "decided": target is not None,
            "to": target.to if target else "", "anew": bool(target and target.anew),
            "to_name": element_name(after, target.to) if target and target.to else "",
            "how": str(HOW[target.how if target else prepared.plan.undecided[drawn]]),
            "by": target.how if target else prepared.plan.undecided[drawn],
            "suggested": prepared.plan.suggested.get(drawn, ""),
            "rests": _rests(place.nature)})
    return sorted(rows, key=lambda row: (not row["cases"], row["decided"]))


def choices_of(prepared: Prepared, after: Version) -> list[tuple[str, str]]:
    """Where something may go: (id, name and kind) of the new version's steps, by name."""
    found = {place.drawn: f"{element_name(after, place.drawn)} · {kind_name(place.kind)}"
             for ways in prepared.ways.values() for place in ways.after.places.values()
             if not place.inserted and not place.border_of and place.kind != "startEvent"}
    return sorted(found.items(), key=lambda pair: pair[1])


def marks(rows: Iterable[dict[str, Any]], after: Version) -> tuple[dict[str, Any], dict[str, Any]]:
    """Marks for both drawings: green what has its place, red what is undecided, with how many
    cases wait there."""
    old: dict[str, list[str]] = {}
    new: dict[str, list[str]] = {}
    badges: dict[str, list[dict[str, Any]]] = {"old": [], "new": []}
    coming: dict[str, int] = {}
    for row in rows:
        if not row["decided"]:
            old[row["element"]] = ["diff-removed"] if row["rests"] or row["cases"] else []
        else:
            old[row["element"]] = ["diff-added"] if row["to"] else ["diff-moved"]
            if row["to"]:
                new[row["to"]] = ["diff-added"]
                coming[row["to"]] = coming.get(row["to"], 0) + row["cases"]
        if row["cases"]:
            badges["old"].append(_badge(row["element"], row["cases"], row["decided"]))
    badges["new"] = [_badge(element, count, True) for element, count in coming.items() if count]
    return ({"markers": {key: value for key, value in old.items() if value},
             "badges": badges["old"]}, {"markers": new, "badges": badges["new"]})


def _badge(element: str, count: int, decided: bool) -> dict[str, Any]:
    return {"element": element, "label": str(count),
            "level": "diff count added" if decided else "diff count removed",
            "title": gettext("Cases here: %(count)s", count=count)}


def _rests(nature: str) -> bool:
    """Whether cases may wait there."""
    return nature not in ("ExclusiveChoice", "EndEvent", "StartEvent", "IntermediateThrowEvent",
                          "UndoGateway")


def tried(outcomes: Iterable[tuple[Case, Outcome]], before: Version,
          after: Version) -> dict[str, Any]:
    """What came of a dry run: case by case, and how many have the same said of them."""
    lines, reasons, notes = [], Counter[str](), Counter[str]()
    for case, outcome in outcomes:
        said = [told(note, before, after) for note in outcome.refused]
        worth = [told(note, before, after) for note in outcome.notes]
        reasons.update(said)
        notes.update(worth)
        lines.append({
            "number": case.number, "moves": outcome.can_move, "refused": said, "notes": worth,
            "now": [_step(step, before) for step in outcome.steps if step.fate != "dissolved"],
            "then": [element_name(after, element) for element in outcome.waits
                     or (step.to for step in outcome.steps if step.to)],
            "why": [f"{element_name(before, step.element)}: {told(step.why, before, after)}"
                    for step in outcome.steps if step.why and step.fate != "refused"]})
    lines.sort(key=lambda line: bool(line["moves"]))
    return {"lines": lines, "can": sum(bool(line["moves"]) for line in lines),
            "cannot": sum(not line["moves"] for line in lines),
            "reasons": reasons.most_common(), "notes": notes.most_common()}


def _step(step: Step, before: Version) -> dict[str, str]:
    return {"name": element_name(before, step.element), "fate": str(FATES[step.fate]),
            "level": {"kept": "green", "refused": "red"}.get(step.fate, "amber")}
