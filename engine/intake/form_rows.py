"""A form as rows that people edit, and the form-js schema that it is: one from the other.

What the rows can't say about a component (its layout, conditions, limits) stays as it was; a
component that is no field, such as a text or a group, is a row that can only be moved or removed.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.infra.errors import Invalid
from engine.intake.settings import FieldSettings, Text

SCHEMA_VERSION = 18
_SHAPES: dict[str, dict[str, Any]] = {
    "text": {"type": "textfield"},
    "integer": {"type": "number", "decimalDigits": 0},
    "decimal": {"type": "number", "decimalDigits": 2},
    "boolean": {"type": "checkbox"},
    "date": {"type": "datetime", "subtype": "date"},
    "datetime": {"type": "datetime", "subtype": "datetime", "timeInterval": 15, "use24h": True,
                 "timeSerializingFormat": "utc_offset"},
    "choice": {"type": "select"},
    "list": {"type": "checklist"},
    "file": {"type": "filepicker", "multiple": True},
}
_ALSO = {"textarea": "text", "radio": "choice", "taglist": "list", "checkbox": "boolean",
         "textfield": "text", "select": "choice", "checklist": "list", "filepicker": "file"}
_DEEPEST = 10


@dataclass(frozen=True)
class Row:
    """A field of a form, or (with `other`, its kind) something else that stands in it.

    `was` is its place among the components of the form before, None for a new one.
    """

    key: str = ""
    type: str = "text"
    label: Text = field(default_factory=dict)
    required: bool = False
    choices: Mapping[str, Text] = field(default_factory=dict)
    was: int | None = None
    other: str = ""


def rows_of(schema: Mapping[str, Any], fields: Mapping[str, FieldSettings]) -> list[Row]:
    """The rows of a form; labels in other languages come from the journey's fields."""
    rows = []
    for place, component in enumerate(schema.get("components") or []):
        kind = component_type(component) if isinstance(component, dict) else None
        if kind is None:
            shown = component.get("type") if isinstance(component, dict) else "?"
            if shown != "button":
                rows.append(Row(was=place, other=str(shown), label={
                    "en": str(component.get("label") or component.get("text") or "")[:80]
                    if isinstance(component, dict) else ""}))
            continue
        known = fields.get(component["key"])
        rows.append(Row(
            key=component["key"], type=known.type if known else kind,
            label=known.label if known else _label(component),
            required=bool((component.get("validate") or {}).get("required")),
            choices=known.choices if known else _choices(component), was=place))
    return rows


def schema_of(rows: Sequence[Row], before: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The form that the rows say. Raises Invalid, naming the row, for what is no field."""
    seen: set[str] = set()
    old = list(before.get("components") or [])
    components = []
    for number, row in enumerate(rows, 1):
        known = old[row.was] if row.was is not None and row.was < len(old) else None
        if row.other:
            components += [known] if known is not None else []
            continue
        _check(row, number, seen)
        components.append(_component(row, known if isinstance(known, dict) else {}))
    kept = {key: value for key, value in before.items() if key != "components"}
    return {"schemaVersion": SCHEMA_VERSION, "type": "default", "id": f"Form_{name}",
            **kept, "components": components}


def fields_after(rows: Sequence[Row],
                 fields: Mapping[str, FieldSettings]) -> dict[str, FieldSettings]:
    """The journey's fields, with what the rows say about theirs."""
    made = dict(fields)
    for row in rows:
        if not row.other:
            made[row.key] = replace(
                fields.get(row.key, FieldSettings(row.type, {})), type=row.type,
                label=row.label, choices=row.choices if row.type in ("choice", "list") else {})
    return made


def fields_in(schema: Mapping[str, Any]) -> dict[str, FieldSettings]:
    """The fields that a ready form asks for. Raises Invalid for a key that no field can have."""
    found: dict[str, FieldSettings] = {}
    for component in _components(schema.get("components"), 0):
        kind = component_type(component)
        key = component.get("key")
        if kind is None and isinstance(key, str) and not key.isidentifier() \
                and _kind(component) is not None:
            raise Invalid("The form's field {key} can't be kept: a key is letters, digits and _, "
                          "and begins with a letter.", key=key[:60])
        if kind is not None:
            found[component["key"]] = FieldSettings(kind, _label(component),
                                                    choices=_choices(component))
    return found


def component_type(component: Mapping[str, Any]) -> str | None:
    """The type of field that a component asks for; None when it asks for none that rows know."""
    key = component.get("key")
    return _kind(component) if isinstance(key, str) and key.isidentifier() else None


def _kind(component: Mapping[str, Any]) -> str | None:
    kind = component.get("type")
    if kind == "number":
        return "integer" if component.get("decimalDigits") == 0 else "decimal"
    if kind == "datetime":
        return {"date": "date", "datetime": "datetime"}.get(component.get("subtype", "date"))
    return _ALSO.get(str(kind))


def read_choices(text: str) -> dict[str, Text]:
    """Choices from lines such as `delay: Delay | 延误`; what stands before the colon is the value,
    which a new line may leave out."""
    found: dict[str, Text] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        value, _, labels = line.partition(":") if re.match(r"\w+\s*:", line) else ("", "", line)
        en, _, zh = (part.strip() for part in labels.partition("|"))
        key = value.strip() or re.sub(r"\W+", "_", en.lower()).strip("_") or en
        found[key[:60]] = {"en": en, **({"zh": zh} if zh else {})}
    return found


def write_choices(choices: Mapping[str, Text]) -> str:
    """The lines that `read_choices` reads."""
    return "\n".join(f"{key}: {label.get('en', key)}"
                     + (f" | {label['zh']}" if label.get("zh") else "")
                     for key, label in choices.items())


def key_for(label: str, taken: set[str]) -> str:
    """A key for a field called `label`, not yet in `taken`."""
    stem = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:40] or "field"
    stem = stem if stem.isidentifier() else f"field_{stem}"
    number = 1
    while (key := stem if number == 1 else f"{stem}_{number}") in taken:
        number += 1
    return key


def _components(components: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    for component in components if isinstance(components, list) else []:
        if isinstance(component, dict) and depth < _DEEPEST:
            yield component
            yield from _components(component.get("components"), depth + 1)


def _check(row: Row, number: int, seen: set[str]) -> None:
    if not row.label.get("en") and not row.label.get("zh"):
        raise Invalid("Field {number} needs a label.", field=f"row-{number}", number=number)
    if not row.key.isidentifier() or not row.key.isascii():
        raise Invalid("The key {key} of field {number} must be letters, digits and _, and begin "
                      "with a letter.", field=f"row-{number}", key=row.key, number=number)
    if row.key in seen:
        raise Invalid("The field {key} stands in this form twice.", field=f"row-{number}",
                      key=row.key)
    if row.type in ("choice", "list") and not row.choices:
        raise Invalid("Field {number} needs choices: write one on each line.",
                      field=f"row-{number}", number=number)
    seen.add(row.key)


def _component(row: Row, before: Mapping[str, Any]) -> dict[str, Any]:
    same = _kind(before) == row.type
    made = copy.deepcopy(dict(before)) if same else dict(_SHAPES[row.type])
    made |= {"id": before.get("id") or f"Field_{row.key}", "key": row.key}
    label = row.label.get("en") or next(iter(row.label.values()))
    made["label"] = label
    if made["type"] == "datetime":
        made["dateLabel"] = label
        made |= {"timeLabel": made.get("timeLabel", "Time")} if row.type == "datetime" else {}
    if row.type in ("choice", "list"):
        made["values"] = [{"label": text.get("en") or value, "value": value}
                          for value, text in row.choices.items()]
    rules = {key: value for key, value in (made.pop("validate", None) or {}).items()
             if key != "required"} | ({"required": True} if row.required else {})
    return {**made, "validate": rules} if rules else made


def _label(component: Mapping[str, Any]) -> Text:
    return {"en": str(component.get("label") or component.get("dateLabel")
                      or component.get("key"))[:120]}


def _choices(component: Mapping[str, Any]) -> dict[str, Text]:
    return {str(each.get("value")): {"en": str(each.get("label") or each.get("value"))}
            for each in component.get("values") or [] if isinstance(each, dict)}
