"""Forms as designers own them (Camunda Forms JSON): which fields they write, what they require.

The browser checks a form before it is sent; here the same rules hold for everyone else,
so that REST can't write what the form would refuse.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

from engine.infra.errors import Invalid

MAX_BYTES = 512 * 1024
_WRITING = frozenset({"textfield", "textarea", "number", "checkbox", "radio", "select",
                      "checklist", "taglist", "datetime", "filepicker", "dynamiclist"})


@dataclass(frozen=True)
class FormField:
    """One field of a form: where it writes and what it asks of the value."""

    key: str
    type: str
    label: str
    required: bool
    low: float | None = None
    high: float | None = None
    longest: int | None = None
    pattern: str | None = None
    choices: tuple[Any, ...] = ()
    conditional: bool = False
    disabled: bool = False
    #: What the journey calls it, by language, where it declares the field.
    declared: Mapping[str, str] = dataclass_field(default_factory=dict)

    @property
    def called(self) -> Mapping[str, str] | str:
        """What people read above it, by language where that is known."""
        return self.declared or self.label


@dataclass(frozen=True)
class Form:
    """A form of a journey version, with the schema that the browser draws."""

    name: str
    schema: Mapping[str, Any]
    fields: tuple[FormField, ...]

    def check(self, data: Mapping[str, Any]) -> None:
        """Raises Invalid, naming the field, when `data` doesn't satisfy the form.

        A field that is shown on a condition is only required by the browser, which
        knows whether it was shown.
        """
        for field in self.fields:
            if field.disabled:
                continue
            value = data.get(field.key)
            missing = value in (None, "", []) or (value is False and field.type == "checkbox")
            if missing and field.required and not field.conditional:
                raise Invalid("“{label}” is required.", field=field.key, label=field.called)
            if value not in (None, ""):
                _check_value(field, value)


def read_form(name: str, source: bytes) -> Form:
    """A form file. Raises Invalid when it is no form."""
    if len(source) > MAX_BYTES:
        raise Invalid("The form {name} is larger than 512 kB.", name=name)
    try:
        schema = json.loads(source)
    except (ValueError, RecursionError) as error:
        raise Invalid("The form {name} is no JSON: {reason}", name=name,
                      reason=str(error)) from error
    if not isinstance(schema, dict) or not isinstance(schema.get("components"), list):
        raise Invalid("The form {name} has no components; export it from a form editor.",
                      name=name)
    return Form(name, schema, tuple(_fields(schema["components"], False)))


def _fields(components: list[Any], conditional: bool, depth: int = 0) -> Iterator[FormField]:
    for component in components:
        kind = component.get("type") if isinstance(component, dict) else None
        if not isinstance(kind, str) or depth > 10:
            continue
        shown_if = conditional or bool(_table(component, "conditional").get("hide"))
        if kind == "group":
            parts = component.get("components")
            yield from _fields(parts if isinstance(parts, list) else [], shown_if, depth + 1)
        elif kind in _WRITING and isinstance(component.get("key") or component.get("path"), str):
            yield _field(component, kind, shown_if)


def _field(component: dict[str, Any], kind: str, conditional: bool) -> FormField:
    rules = _table(component, "validate")
    values = component.get("values")
    key = component.get("key") or component.get("path")
    return FormField(
        key=str(key).split(".")[0], type=kind, label=str(component.get("label") or key),
        required=bool(rules.get("required")), low=_number(rules.get("min")),
        high=_number(rules.get("max")), longest=rules.get("maxLength"),
        pattern=rules.get("pattern"), conditional=conditional,
        choices=tuple(v.get("value") for v in (values if isinstance(values, list) else ())
                      if isinstance(v, dict)),
        disabled=bool(component.get("disabled") or component.get("readonly")))


def _table(component: dict[str, Any], key: str) -> dict[str, Any]:
    found = component.get(key)
    return found if isinstance(found, dict) else {}


def _check_value(field: FormField, value: Any) -> None:
    if field.type == "number":
        number = _number(value)
        if number is None:
            raise Invalid("“{label}” must be a number.", field=field.key, label=field.called)
        if field.low is not None and number < field.low:
            raise Invalid("“{label}” must be at least {limit}.", field=field.key,
                          label=field.called, limit=_short(field.low))
        if field.high is not None and number > field.high:
            raise Invalid("“{label}” must be at most {limit}.", field=field.key,
                          label=field.called, limit=_short(field.high))
    elif field.type in ("radio", "select") and field.choices and value not in field.choices:
        raise Invalid("Choose one of the offered values for “{label}”.", field=field.key,
                      label=field.called)
    elif isinstance(value, str):
        if isinstance(field.longest, int) and len(value) > field.longest:
            raise Invalid("“{label}” may have at most {limit} characters.", field=field.key,
                          label=field.called, limit=field.longest)
        # A model's pattern runs on bounded text only: a hostile one could backtrack for ever.
        if field.pattern and len(value) <= 200 and _simple(field.pattern) \
                and not re.search(field.pattern, value):
            raise Invalid("“{label}” doesn't have the wanted form.", field=field.key,
                          label=field.called)


def _simple(pattern: str) -> bool:
    """Whether a pattern is short, compiles, and has no nested or adjacent repetition."""
    if len(pattern) > 200 or re.search(r"[+*}]\)?[+*{]|\([^)]*[+*][^)]*\)[+*{]", pattern):
        return False
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def _number(value: Any) -> float | None:
    try:
        return None if value is None or isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None


def _short(value: float) -> str:
    return f"{value:g}"
