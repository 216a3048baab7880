"""Forms as rows, and rows as forms."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.infra.errors import Invalid
from engine.intake.form_rows import (
    Row,
    fields_after,
    fields_in,
    key_for,
    read_choices,
    rows_of,
    schema_of,
    write_choices,
)
from engine.intake.settings import FIELD_TYPES, FieldSettings, read_toml

PACKS = Path(__file__).parents[3] / "processes"


@pytest.mark.parametrize("path", sorted(PACKS.glob("*/forms/*.json")), ids=lambda p: p.stem)
def test_a_packs_form_stays_as_it_is_when_its_rows_are_saved_unchanged(path):
    fields = read_toml((path.parents[1] / "journey.toml").read_bytes()).fields
    schema = json.loads(path.read_text())
    made = schema_of(rows_of(schema, fields), schema, path.stem)
    for before, after in zip(schema["components"], made["components"], strict=True):
        assert {**after, "label": 0, "values": 0, "dateLabel": 0} == {
            **before, "label": 0, "values": 0, "dateLabel": 0} or before == after
    assert {k: v for k, v in made.items() if k != "components"} == {
        k: v for k, v in schema.items() if k != "components"}
    assert fields_after(rows_of(schema, fields), fields) == fields


@pytest.mark.parametrize("kind", FIELD_TYPES)
def test_every_type_of_field_comes_back_from_its_component(kind):
    choices = {"x": {"en": "X"}} if kind in ("choice", "list") else {}
    row = Row("a", kind, {"en": "A"}, True, choices)
    schema = schema_of([row], {}, "f")
    [back] = rows_of(schema, {})
    assert (back.key, back.type, back.required) == ("a", kind, True)
    assert fields_in(schema)["a"].type == kind


def test_what_rows_do_not_show_of_a_component_is_kept():
    before = {"components": [{"type": "textarea", "key": "a", "label": "A", "id": "F",
                              "validate": {"maxLength": 9, "required": True},
                              "conditional": {"hide": "=b"}}]}
    [row] = rows_of(before, {})
    [made] = schema_of([Row("a", "text", {"en": "New"}, was=row.was)], before, "f")["components"]
    assert made == {"type": "textarea", "key": "a", "label": "New", "id": "F",
                    "validate": {"maxLength": 9}, "conditional": {"hide": "=b"}}


def test_what_is_no_field_can_be_moved_but_stays():
    before = {"components": [{"type": "text", "text": "Hi"},
                             {"type": "textfield", "key": "a", "label": "A"}]}
    text, field = rows_of(before, {})
    assert text.other == "text"
    made = schema_of([field, text], before, "f")
    assert [c["type"] for c in made["components"]] == ["textfield", "text"]


@pytest.mark.parametrize(("rows", "why"), [
    ([Row("a")], "needs a label"), ([Row("1a", label={"en": "A"})], "letters, digits"),
    ([Row("a", label={"en": "A"})] * 2, "twice"),
    ([Row("a", "choice", {"en": "A"})], "needs choices")])
def test_a_row_that_is_no_field_is_named(rows, why):
    with pytest.raises(Invalid, match=why):
        schema_of(rows, {}, "f")


def test_choices_are_lines():
    found = read_choices("delay: Delay | 延误\n\nBroken glass\nOther | 其他")
    assert found == {"delay": {"en": "Delay", "zh": "延误"}, "broken_glass": {"en": "Broken glass"},
                     "other": {"en": "Other", "zh": "其他"}}
    assert read_choices(write_choices(found)) == found


def test_a_field_gets_a_key_from_its_label_that_is_still_free():
    assert key_for("Order number", set()) == "order_number"
    assert key_for("Order number", {"order_number"}) == "order_number_2"
    assert key_for("订单号", set()).isidentifier() and key_for("3rd", set()) == "field_3rd"


def test_a_ready_forms_fields_are_found_at_any_depth():
    form = {"components": [{"type": "group", "components": [
        {"type": "number", "key": "n", "label": "N"}]}]}
    assert fields_in(form) == {"n": FieldSettings("decimal", {"en": "N"})}
    with pytest.raises(Invalid, match="can't be kept"):
        fields_in({"components": [{"type": "textfield", "key": "a.b"}]})
