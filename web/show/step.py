"""A step as people see it: its name, form and answers in their language."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from engine.intake.records import Version
from engine.intake.settings import JourneySettings
from engine.runtime.model import Element
from engine.runtime.ports import RunnableVersion
from engine.runtime.tagged import plain
from web.i18n import language, localized
from web.unit import services


def runnable(version: Version) -> RunnableVersion:
    """The version, compiled."""
    found: RunnableVersion = services().runnable.get(version.id, services().intake.version)
    return found


def element_name(version: Version, element: str) -> str:
    """The name of a drawn element in the reader's language."""
    return called(version.settings, element, runnable(version).model.by_drawn_id(element))


def called(settings: JourneySettings, element: str, found: Element | None, drawn: str = "") -> str:
    """What people call an element, `found` or else `drawn`: by its name or by where it stands;
    a question without a name says after which step it is asked."""
    if found is None:
        return settings.label(element, language(), drawn)
    if found.answers and settings.label(element, language(), found.name) == element:
        if found.place is None or found.place.relation != "after":
            return gettext("Decide how it goes on")
        before = settings.label(found.place.beside, language(), found.place.name)
        return gettext("Decide how it goes on after “%(step)s”", step=before)
    return settings.label(element, language(), found.name, found.place)


def answers(version: Version, element: str) -> list[dict[str, str]]:
    """The answers of a question: flow ids with names, or where they lead to."""
    model = runnable(version).model
    found = model.by_drawn_id(element)
    shown = []
    for answer in found.answers if found is not None else ():
        target = model.elements.get(answer.target)
        drawn = answer.name or (element_name(version, target.id) if target else answer.flow)
        shown.append({"flow": answer.flow,
                      "name": version.settings.label(answer.flow, language(), drawn)})
    return shown


def several(version: Version, element: str) -> bool:
    """Whether a question takes several answers."""
    found = runnable(version).model.by_drawn_id(element)
    return found is not None and found.several_answers


def schema(version: Version, element: str) -> dict[str, Any] | None:
    """The form of a step ("" is the start form) with labels in the reader's language."""
    form = runnable(version).forms.get(element)
    if form is None:
        return None
    return localised_schema(form.schema, version.settings)


def localised_schema(schema: Mapping[str, Any], settings: JourneySettings) -> dict[str, Any]:
    """A form with the labels of its fields in the reader's language."""
    made = copy.deepcopy(dict(schema))
    _localise(made.get("components") or [], settings)
    return made


def form_keys(version: Version, element: str, kind: str | None = None) -> frozenset[str]:
    """The fields of a step's form, or those of one kind, such as filepicker."""
    form = runnable(version).forms.get(element)
    return frozenset(f.key for f in form.fields if kind in (None, f.type)) if form else frozenset()


def values(version: Version, element: str, document: dict[str, Any]) -> dict[str, Any]:
    """What the form shows at first: the case's data for its fields, without files."""
    form = runnable(version).forms.get(element)
    rules = runnable(version).fields
    keys = {f.key for f in form.fields if f.type != "filepicker"} if form is not None else set()
    shown: dict[str, Any] = plain({k: v for k, v in document.items() if k in keys})
    for key, value in shown.items():
        rule = rules.get(key)
        if rule is not None and rule.type in ("decimal", "integer") and value is not None:
            shown[key] = float(value) if "." in str(value) else int(value)
    return shown


def _localise(components: list[Any], settings: JourneySettings) -> None:
    labels = settings.labels.get(language(), {})
    for component in components:
        if not isinstance(component, dict):
            continue
        key = component.get("key")
        field = settings.fields.get(key) if isinstance(key, str) else None
        if field is not None:
            component["label"] = localized(field.label)
            if component.get("type") == "datetime":
                component["dateLabel"] = component["label"]
                if component.get("timeLabel", "Time") == "Time":
                    component["timeLabel"] = gettext("Time")
            for choice in component.get("values") or []:
                if isinstance(choice, dict) and choice.get("value") in field.choices:
                    choice["label"] = localized(field.choices[choice["value"]])
        own = labels.get(component.get("id", ""))
        if own:
            component["text" if component.get("type") == "text" else "label"] = own
        _localise(component.get("components") or [], settings)
