"""What a drawing can't say: journey.toml, read strictly and written back.

Pure: dicts in, frozen values out. Standards are kept as they stand; `sla` reads them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from engine.infra.errors import Invalid
from engine.intake.correlation import MOST_KEYS, expression_of, is_key
from engine.intake.due import is_due, is_priority
from engine.intake.service_call import ServiceCall, read_call, write_call
from engine.intake.unnamed import Place

Text = Mapping[str, str]
LANGUAGES = ("en", "zh")
FIELD_TYPES = ("text", "integer", "decimal", "boolean", "date", "datetime", "choice", "list",
               "file")
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_PREFIX = re.compile(r"[A-Z][A-Z0-9]{0,9}")


@dataclass(frozen=True)
class FieldSettings:
    """A field of the case data; `choices` are labels by value."""

    type: str
    label: Text
    filter: bool = False
    choices: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True)
class StepSettings:
    """What a step shows, and who does it by when.

    `form` is the name of a file forms/<name>.json. `assignee` is a login, an e-mail address, a
    name, or `= expression`; `candidates` are such persons, `groups` keys or names of departments;
    `due` and `priority` are explained in engine/intake/due.py, `correlation` (of what waits for a
    message: field or expression by key) in engine/intake/correlation.py, `message` its name where
    the drawing gives none or another. `calendar` is whose business time a timer counts: a
    department's key, `step` (of its lane) or `journey` (the owner); `clock` is the clock on the
    wall; None leaves it to the drawing. `call` is in engine/intake/service_call.py.
    """

    form: str | None = None
    instructions: Text = field(default_factory=dict)
    assignee: str | None = None
    candidates: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    due: str | None = None
    priority: str | None = None
    correlation: Mapping[str, str] = field(default_factory=dict)
    message: str | None = None
    calendar: str | None = None
    call: ServiceCall | None = None


@dataclass(frozen=True)
class JourneySettings:
    """One journey's settings; `labels` are names by language, then element id.

    `guessed` are the lanes and pools, "" for the owner, whose department was guessed by name.
    """

    key: str
    name: Text
    prefix: str
    department: str = ""
    description: Text = field(default_factory=dict)
    process: str | None = None
    start_form: str | None = None
    departments: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    lanes: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, FieldSettings] = field(default_factory=dict)
    steps: Mapping[str, StepSettings] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    standards: tuple[Mapping[str, Any], ...] = ()
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    guessed: tuple[str, ...] = ()

    def title(self, language: str) -> str:
        """The journey's name in `language`, or in whatever there is."""
        return localized(self.name, language) or self.key

    def label(self, element: str, language: str, drawn: str, place: Place | None = None) -> str:
        """An element's name in `language`; `drawn` is its name on the drawing, or its id. One
        without a name is called by its `place`, where that is known, else by its id."""
        named = self.labels.get(language, {}).get(element) or (drawn if drawn != element else "")
        if named or place is None:
            return named or element
        words = localized(place.in_words(self.label(place.beside, language, place.name)), language)
        return words if place.relation == "called" else words[:1].upper() + words[1:]

    def with_owner(self, department: str) -> JourneySettings:
        """The department that owns the journey; this is known now, not guessed."""
        return replace(self, department=department, guessed=_without(self.guessed, ""))

    def with_step(self, element: str, **values: Any) -> JourneySettings:
        """Set some of a step's settings; a step that says nothing any more is forgotten."""
        step = replace(self.steps.get(element, StepSettings()), **values)
        steps = {key: value for key, value in self.steps.items() if key != element}
        return replace(self, steps=steps if step == StepSettings() else {**steps, element: step})

    def with_lane(self, lane: str, department: str) -> JourneySettings:
        """The lane's work goes to `department`; "" lets it go to the owner."""
        lanes = {key: value for key, value in self.lanes.items() if key != lane}
        return replace(self, lanes={**lanes, lane: department} if department else lanes,
                       guessed=_without(self.guessed, lane))

    def with_choice(self, rule: str, element: str, option: str) -> JourneySettings:
        """Let `rule` do `option` at `element`; "" leaves it to Baton again."""
        chosen = {key: value for key, value in self.choices.get(rule, {}).items()
                  if key != element}
        if option:
            chosen[element] = option
        choices = {key: value for key, value in self.choices.items() if key != rule}
        return replace(self, choices={**choices, rule: chosen} if chosen else choices)

    def with_standard(self, standard: Mapping[str, Any]) -> JourneySettings:
        """Set the standard that has this key, or add it."""
        others = [s for s in self.standards if s.get("key") != standard.get("key")]
        return replace(self, standards=(*others, dict(standard)))

    def without_standard(self, key: str) -> JourneySettings:
        """Drop a standard."""
        return replace(self, standards=tuple(s for s in self.standards if s.get("key") != key))


def localized(text: Text, language: str) -> str:
    """A text in `language`, else in English, else in any."""
    return text.get(language) or text.get("en") or next(iter(text.values()), "")


def read_toml(source: bytes) -> JourneySettings:
    """journey.toml. Raises Invalid naming the key at fault."""
    try:
        content = tomllib.loads(source.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Invalid("journey.toml is not UTF-8.", field="journey.toml") from error
    except tomllib.TOMLDecodeError as error:
        raise Invalid("journey.toml can't be read: {reason}", field="journey.toml",
                      reason=str(error)) from error
    return from_dict(content)


def from_dict(content: Mapping[str, Any]) -> JourneySettings:
    """Settings from plain data. Raises Invalid naming the key at fault."""
    known = {each.name for each in fields(JourneySettings)}
    for key in content:
        if key not in known:
            raise Invalid("journey.toml has the unknown key {key}.", field=key, key=key)
    key = _matching(content, "key", _KEY, "small letters, digits and -")
    return JourneySettings(
        key=key, name=_text(content.get("name", key), "name"),
        prefix=_matching(content, "prefix", _PREFIX, "capital letters and digits")
        if "prefix" in content else default_prefix(key),
        department=_string(content.get("department", ""), "department"),
        description=_text(content.get("description", {}), "description"),
        process=_optional(content.get("process"), "process"),
        start_form=_optional(content.get("start_form"), "start_form"),
        departments={k: _table(v, f"departments.{k}")
                     for k, v in _table(content.get("departments", {}), "departments").items()},
        lanes={k: _string(v, f"lanes.{k}")
               for k, v in _table(content.get("lanes", {}), "lanes").items()},
        fields={k: _field(k, v)
                for k, v in _table(content.get("fields", {}), "fields").items()},
        steps={k: _step(k, v) for k, v in _table(content.get("steps", {}), "steps").items()},
        labels={lang: {k: _string(v, f"labels.{lang}.{k}") for k, v in _table(names, lang).items()}
                for lang, names in _table(content.get("labels", {}), "labels").items()},
        standards=_standards(content.get("standards", [])),
        guessed=_strings(content.get("guessed", []), "guessed"),
        choices={rule: {k: _string(v, f"choices.{rule}.{k}")
                        for k, v in _table(chosen, f"choices.{rule}").items()}
                 for rule, chosen in _table(content.get("choices", {}), "choices").items()})


def to_dict(settings: JourneySettings) -> dict[str, Any]:
    """Settings as plain data, without what is empty; `from_dict` reads it back."""
    found: dict[str, Any] = {}
    for each in fields(JourneySettings):
        value = getattr(settings, each.name)
        if value in (None, "", {}, ()):
            continue
        if each.name == "fields":
            value = {k: _without_empty({"type": f.type, "label": dict(f.label),
                                        "filter": f.filter, "choices": dict(f.choices)})
                     for k, f in value.items()}
        elif each.name == "steps":
            value = {k: _step_to_dict(s) for k, s in value.items()}
        elif each.name == "standards":
            value = [dict(s) for s in value]
        elif each.name == "guessed":
            value = list(value)
        found[each.name] = value
    return found


def default_prefix(key: str) -> str:
    """Case numbers' prefix from a key: home-repair gives HR, complaint gives COM."""
    parts = [part for part in re.split(r"[^a-z0-9]+", key.lower()) if part]
    letters = "".join(p[0] for p in parts) if len(parts) > 1 else (parts[0][:3] if parts else "")
    letters = letters.upper()[:10]
    return letters if _PREFIX.fullmatch(letters) else f"J{letters}"[:10]


def _matching(content: Mapping[str, Any], key: str, pattern: re.Pattern[str], rule: str) -> str:
    value = _string(content.get(key), key)
    if not pattern.fullmatch(value):
        raise Invalid("{key} is {value}; use {rule}.", field=key, key=key, value=value, rule=rule)
    return value


def _field(key: str, content: Any) -> FieldSettings:
    path = f"fields.{key}"
    table = _only(content, path, {"type", "label", "filter", "choices"})
    if not key.isidentifier():
        raise Invalid("{path}: a field's key must be an identifier.", field=path, path=path)
    type_ = _string(table.get("type", "text"), f"{path}.type")
    if type_ not in FIELD_TYPES:
        raise Invalid("{path}.type is {type}; known are {known}.", field=path, path=path,
                      type=type_, known=", ".join(FIELD_TYPES))
    choices = {k: _text(v, f"{path}.choices.{k}")
               for k, v in _table(table.get("choices", {}), f"{path}.choices").items()}
    return FieldSettings(type_, _text(table.get("label", key), f"{path}.label"),
                         bool(table.get("filter", False)), choices)


def _step(element: str, content: Any) -> StepSettings:
    path = f"steps.{element}"
    table = _only(content, path, {each.name for each in fields(StepSettings)})
    due, priority = _optional(table.get("due"), f"{path}.due"), table.get("priority")
    if due and not is_due(due):
        raise Invalid("{path} is {value}; write 2 business hours, PT4H, 2026-03-31 or = a field.",
                      field=f"{path}.due", path=f"{path}.due", value=due)
    priority = str(priority) if isinstance(priority, int) else _optional(
        priority, f"{path}.priority")
    if priority and not is_priority(priority):
        raise Invalid("{path} is {value}; write low, normal, high, urgent, 0 to 100 or = a field.",
                      field=f"{path}.priority", path=f"{path}.priority", value=priority)
    return StepSettings(
        form=_optional(table.get("form"), f"{path}.form"),
        instructions=_text(table.get("instructions", {}), f"{path}.instructions"),
        assignee=_optional(table.get("assignee"), f"{path}.assignee"),
        candidates=_strings(table.get("candidates", []), f"{path}.candidates"),
        groups=_strings(table.get("groups", []), f"{path}.groups"),
        due=due, priority=priority,
        correlation=_correlation(table.get("correlation", {}), f"{path}.correlation"),
        message=_optional(table.get("message"), f"{path}.message") or None,
        calendar=_calendar(table.get("calendar"), f"{path}.calendar"),
        call=read_call(_table(table["call"], f"{path}.call"), f"{path}.call")
        if "call" in table else None)


def _correlation(content: Any, path: str) -> dict[str, str]:
    keys = {key: _string(value, f"{path}.{key}") for key, value in _table(content, path).items()}
    for key, value in keys.items():
        if not is_key(key):
            raise Invalid("{key} can't be a correlation key: use letters, digits, _ . and -.",
                          field=path, key=key)
        if expression_of(value) is None:
            raise Invalid("{path} is {value}; write a field, or = an expression.",
                          field=f"{path}.{key}", path=f"{path}.{key}", value=value)
    if len(keys) > MOST_KEYS:
        raise Invalid("{path} has more than {most} correlation keys.", field=path, path=path,
                      most=MOST_KEYS)
    return keys


def _calendar(content: Any, path: str) -> str | None:
    calendar = _optional(content, path) or None
    if calendar is not None and not _KEY.fullmatch(calendar):
        raise Invalid("{path} is {value}; write a department's key, step, journey or clock.",
                      field=path, path=path, value=calendar)
    return calendar


def _step_to_dict(step: StepSettings) -> dict[str, Any]:
    return _without_empty({
        "form": step.form, "instructions": dict(step.instructions), "assignee": step.assignee,
        "candidates": list(step.candidates), "groups": list(step.groups), "due": step.due,
        "priority": step.priority, "correlation": dict(step.correlation),
        "message": step.message, "calendar": step.calendar,
        "call": write_call(step.call) if step.call else None})


def _standards(content: Any) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(content, list):
        raise Invalid("standards must be written as [[standards]].", field="standards")
    return tuple(_table(each, "standards") for each in content)


def _only(content: Any, path: str, known: set[str]) -> Mapping[str, Any]:
    table = _table(content, path)
    for key in table:
        if key not in known:
            raise Invalid("{path} has the unknown key {key}; known are {known}.", field=path,
                          path=path, key=key, known=", ".join(sorted(known)))
    return table


def _table(content: Any, path: str) -> dict[str, Any]:
    if not isinstance(content, Mapping):
        raise Invalid("{path} must be a table.", field=path, path=path)
    return dict(content)


def _text(content: Any, path: str) -> dict[str, str]:
    if isinstance(content, str):
        return {"en": content}
    return {language: _string(value, f"{path}.{language}")
            for language, value in _table(content, path).items()}


def _string(content: Any, path: str) -> str:
    if not isinstance(content, str):
        raise Invalid("{path} must be text.", field=path, path=path)
    return content


def _strings(content: Any, path: str) -> tuple[str, ...]:
    if not isinstance(content, list | tuple):
        raise Invalid("{path} must be a list of texts.", field=path, path=path)
    return tuple(_string(each, path) for each in content)


def _optional(content: Any, path: str) -> str | None:
    return None if content is None else _string(content, path)


def _without(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(each for each in names if each != name)


def _without_empty(content: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if value not in (None, "", {}, [], False)}
