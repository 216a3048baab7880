"""The form builder's rows, as they were sent."""

from __future__ import annotations

from flask import request

from engine.intake.form_rows import Row, key_for, read_choices
from engine.intake.settings import FIELD_TYPES, FieldSettings


def sent_rows(fields: dict[str, FieldSettings]) -> list[Row]:
    """The rows in their order; a row without a key gets one from its label."""
    rows: list[Row] = []
    for number in request.form.getlist("row")[:200]:
        def sent(name: str, number: str = number) -> str:
            return request.form.get(f"{name}-{number}", "").strip()

        was = int(sent("was")) if sent("was").isdigit() else None
        label = {code: text for code in ("en", "zh") if (text := sent(f"label_{code}")[:120])}
        if sent("other"):
            rows.append(Row(was=was, other=sent("other"), label=label))
            continue
        taken = {row.key for row in rows} | set(fields)
        key = sent("key") or (key_for(label.get("en", ""), taken) if label else "")
        rows.append(Row(
            key=key, type=sent("type") if sent("type") in FIELD_TYPES else "text", label=label,
            required=bool(sent("required")), choices=read_choices(sent("choices")), was=was))
    return rows


def moved(rows: list[Row], act: str, fields: dict[str, FieldSettings]) -> tuple[list[Row], int]:
    """The rows after a button: up:2, down:2, remove:2, add; and the row to go on with."""
    name, _, place = act.partition(":")
    at = int(place) if place.isdigit() else -1
    rows = list(rows)
    if name == "add":
        known = fields.get(request.form.get("field", ""))
        rows.append(Row(key=request.form["field"], type=known.type, label=known.label,
                        choices=known.choices) if known is not None else Row())
        return rows, len(rows) - 1
    if not 0 <= at < len(rows):
        return rows, -1
    row = rows.pop(at)
    if name == "remove":
        return rows, min(at, len(rows) - 1)
    to = max(at - 1, 0) if name == "up" else at + 1
    rows.insert(to, row)
    return rows, min(to, len(rows) - 1)
