"""Form fields of other tools as a form-js form, and forms as typed fields of the journey.

Valid: a field of type choice becomes a select with its values; a number keeps its bounds.
Invalid: a field whose key is no identifier gets one: `first-name` is asked as `first_name`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from engine.intake.dialects.said import Asked
from engine.intake.dialects.written import is_field
from engine.intake.settings import FieldSettings

_DEEPEST = 20
_SCHEMA_VERSION = 18
_WIDGETS = {"text": "textfield", "integer": "number", "decimal": "number", "boolean": "checkbox",
            "date": "datetime", "datetime": "datetime", "choice": "select", "list": "taglist",
            "file": "filepicker"}
_TYPES = {"textfield": "text", "textarea": "text", "checkbox": "boolean", "radio": "choice",
          "select": "choice", "checklist": "list", "taglist": "list", "filepicker": "file",
          "dynamiclist": "list"}


def form_of(name: str, asked: tuple[Asked, ...]) -> dict[str, Any] | None:
    """The form that asks these fields; None when no field has a name."""
    components = [_component(each, key_of(each.key)) for each in asked if key_of(each.key)]
    if not components:
        return None
    return {"schemaVersion": _SCHEMA_VERSION, "type": "default", "id": f"Form_{name}",
            "components": components}


def key_of(name: str) -> str:
    """A key that a field of a case may have, for a name of another tool; "" for none."""
    key = re.sub(r"\W+", "_", name.strip()).strip("_")
    key = f"f_{key}" if key[:1].isdigit() else key
    return key if is_field(key) else (f"{key}_" if key and is_field(f"{key}_") else "")


def _component(asked: Asked, key: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": f"Field_{key}", "key": key, "label": asked.label or asked.key,
        "type": "textarea" if asked.long_text and asked.type == "text" else _WIDGETS[asked.type]}
    if asked.type in ("choice", "list"):
        found["values"] = [{"label": label, "value": value} for value, label in asked.choices]
    if asked.type in ("date", "datetime"):
        found |= {"subtype": asked.type, "dateLabel": found.pop("label")}
    if asked.type == "integer":
        found["decimalDigits"] = 0
    if asked.default:
        found["defaultValue"] = _default(asked)
    if asked.readonly:
        found["readonly"] = True
    rules = {"required": True} if asked.required else {}
    for name, value in (("min", asked.low), ("max", asked.high), ("minLength", asked.shortest),
                        ("maxLength", asked.longest)):
        if _number(value) is not None:
            rules[name] = _number(value)  # type: ignore[assignment]
    return found | ({"validate": rules} if rules else {})


def _default(asked: Asked) -> Any:
    if asked.type == "boolean":
        return asked.default.lower() == "true"
    number = _number(asked.default)
    return number if asked.type in ("integer", "decimal") and number is not None \
        else asked.default


def _number(text: str) -> int | float | None:
    try:
        return int(text) if re.fullmatch(r"-?\d{1,15}", text) else float(text) if text else None
    except ValueError:
        return None


def read(content: bytes) -> Mapping[str, Any] | None:
    """A form-js form; None for whatever else."""
    try:
        form = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return form if isinstance(form, dict) and isinstance(form.get("components"), list) else None


def fields_of_form(form: Mapping[str, Any]) -> dict[str, FieldSettings]:
    """The typed fields that a form writes, by key; dotted keys and shown-only ones are none."""
    return dict(_fields(form, 0))


def _fields(holder: Mapping[str, Any], depth: int) -> Iterator[tuple[str, FieldSettings]]:
    parts = holder.get("components")
    for part in parts if isinstance(parts, list) and depth < _DEEPEST else []:
        if not isinstance(part, dict):
            continue
        kind, key = part.get("type"), part.get("key")
        if kind == "group" and not part.get("path"):
            yield from _fields(part, depth + 1)
        type_ = _type(part)
        if type_ and isinstance(key, str) and is_field(key):
            label = part.get("label") or part.get("dateLabel") or key
            choices = {str(each.get("value")): {"en": str(each.get("label") or each.get("value"))}
                       for each in part.get("values") or [] if isinstance(each, dict)}
            yield key, FieldSettings(type_, {"en": str(label)},
                                     choices=choices if type_ == "choice" else {})


def _type(part: Mapping[str, Any]) -> str:
    if part.get("type") == "number":
        return "integer" if part.get("decimalDigits") == 0 else "decimal"
    if part.get("type") == "datetime":
        return {"date": "date", "datetime": "datetime"}.get(str(part.get("subtype", "date")),
                                                            "text")
    found = _TYPES.get(str(part.get("type")), "")
    # Values that come from elsewhere can't be checked against a list.
    return "text" if found == "choice" and not part.get("values") else found
