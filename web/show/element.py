"""One element of a drawing as its panel shows it: what Baton will do there, and with what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.intake.decision_ids import decision_at, tables_of
from engine.intake.model import Step, Understanding
from engine.intake.settings import JourneySettings, StepSettings
from web.i18n import language, localized
from web.show.call import CallView, call_view
from web.show.kinds import BY_HAND, is_activity, kind_name, plainly
from web.show.places import department_of
from web.show.waits import WaitView, wait_view


@dataclass(frozen=True)
class ElementView:
    """What the panel of an element needs; `found` are the findings and adaptations on it."""

    id: str
    name: str
    kind: str
    department: str
    found: list[dict[str, Any]]
    plainly: str
    documentation: str
    settings: StepSettings
    standards: list[Mapping[str, Any]]
    done_by_person: bool
    takes_form: bool
    form: list[FieldLine] = field(default_factory=list)
    #: The decision that it is made by: its id and name.
    decision: tuple[str, str] | None = None
    #: The message, signal or time that it waits for.
    waits: WaitView | None = None
    #: The service that it calls, where it can call one.
    call: CallView | None = None


@dataclass(frozen=True)
class FieldLine:
    """One field of a form, for a short list."""

    label: str
    type: str
    required: bool


def element_view(found: Understanding, listed: list[dict[str, Any]], settings: JourneySettings,
                 files: Mapping[str, bytes], element: str, departments: Mapping[str, str],
                 sample: Mapping[str, str]) -> ElementView | None:
    """The element's panel; None when it isn't on the drawing. `sample` is data that the call of
    its service is tried with."""
    step = next((each for each in found.steps if each.id == element), None)
    mine = [one for one in listed if one["element"] == element]
    if step is None and not mine:
        return None
    kind = step.kind if step is not None else ""
    own = settings.steps.get(element, StepSettings())
    call = call_view(settings, element, kind, sample)
    by_hand = kind in BY_HAND and not (call is not None and call.on)
    asks = by_hand or any(one["level"] == "decision" for one in mine)
    drawn = step.name if step is not None else next((one["name"] for one in mine), "")
    return ElementView(
        id=element, name=settings.label(element, language(), drawn, step.place if step else None),
        kind=kind_name(kind),
        department=department_of(found, settings, element), found=mine, plainly=plainly(kind),
        documentation=step.documentation if step is not None else "", settings=own,
        standards=standards_of(settings, element), done_by_person=asks,
        takes_form=is_activity(kind) and (asks or own.form is not None),
        form=form_lines(settings, files, own.form),
        decision=_decision(found, settings, files, element) if kind == "businessRuleTask" else None,
        waits=wait_view(found, settings, element, departments), call=call)


def _decision(found: Understanding, settings: JourneySettings, files: Mapping[str, bytes],
              element: str) -> tuple[str, str] | None:
    table = tables_of(files)[0].get(decision_at(found.adapted_xml, element))
    if table is None:
        return None
    return table.id, settings.label(table.id, language(), table.name)


def form_lines(settings: JourneySettings, files: Mapping[str, bytes],
               name: str | None) -> list[FieldLine]:
    """The fields that a form asks for, in its order."""
    try:
        schema = json.loads(files.get(f"forms/{name}.json", b"{}"))
    except (ValueError, RecursionError):
        return []
    parts = schema.get("components") if isinstance(schema, dict) else None
    lines = []
    for part in parts if isinstance(parts, list) else []:
        if isinstance(part, dict) and isinstance(part.get("key"), str) \
                and part.get("type") != "button":
            known = settings.fields.get(part["key"])
            lines.append(FieldLine(
                localized(known.label) if known else str(part.get("label") or part["key"]),
                known.type if known else "", bool((part.get("validate") or {}).get("required"))))
    return lines


def standards_of(settings: JourneySettings, element: str) -> list[Mapping[str, Any]]:
    """The promises that are kept at an element; "case" means the whole case."""
    return [s for s in settings.standards if s.get("stop", "case") == element]


def step_names(steps: tuple[Step, ...], settings: JourneySettings) -> dict[str, str]:
    """Names of steps in the reader's language, by id."""
    return {step.id: settings.label(step.id, language(), step.name, step.place) for step in steps}


def drawn_names(found: Understanding, settings: JourneySettings) -> dict[str, str]:
    """Names in the reader's language by the names on the drawing, where they differ."""
    labels = settings.labels.get(language(), {})
    return {each.name: labels[each.id] for each in (*found.steps, *found.flows)
            if each.name and each.id in labels}
