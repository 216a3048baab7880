"""JSON schemas, with which SpiffArena describes its forms, as fields to ask.

Valid: an object schema with properties of type string, number, integer, boolean, array, enum.
Invalid (left out): objects within objects, references, and whatever has no type.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine.intake.dialects.said import Asked

_TYPES = {"string": "text", "integer": "integer", "number": "decimal", "boolean": "boolean",
          "array": "list"}
_FORMATS = {"date": "date", "date-time": "datetime", "data-url": "file", "file": "file"}


def asked_by(content: bytes) -> tuple[Asked, ...]:
    """The fields of an object schema; none for whatever else."""
    try:
        schema = json.loads(content)
    except (ValueError, RecursionError):
        return ()
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict):
        return ()
    required = schema.get("required") if isinstance(schema.get("required"), list) else []
    found = (_asked(str(key), each, key in required) for key, each in properties.items()
             if isinstance(each, dict))
    return tuple(each for each in found if each is not None)


def _asked(key: str, schema: Mapping[str, Any], required: bool) -> Asked | None:
    choices = _choices(schema)
    type_ = "choice" if choices else _FORMATS.get(
        str(schema.get("format")), _TYPES.get(str(schema.get("type")), ""))
    if type_ == "list" and isinstance(schema.get("items"), dict):
        choices = _choices(schema["items"])
    if not type_:
        return None
    default = schema.get("default")
    return Asked(
        key=key, label=str(schema.get("title") or key), type=type_, required=required,
        readonly=bool(schema.get("readOnly")), choices=choices,
        default="" if isinstance(default, list | dict | None) else str(default).lower()
        if isinstance(default, bool) else str(default),
        low=_text(schema.get("minimum")), high=_text(schema.get("maximum")),
        shortest=_text(schema.get("minLength")), longest=_text(schema.get("maxLength")))


def _choices(schema: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    values, names = schema.get("enum"), schema.get("enumNames")
    if isinstance(values, list):
        labels = names if isinstance(names, list) and len(names) == len(values) else values
        return tuple((str(value), str(label)) for value, label in zip(values, labels, strict=True))
    for part in ("oneOf", "anyOf"):
        if isinstance(schema.get(part), list):
            return tuple((str(each["const"]), str(each.get("title") or each["const"]))
                         for each in schema[part] if isinstance(each, dict) and "const" in each)
    return ()


def _text(value: Any) -> str:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
