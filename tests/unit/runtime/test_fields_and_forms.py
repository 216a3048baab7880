"""What may be written into a case, from a form or from REST."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.infra.errors import Invalid
from engine.runtime import tagged
from engine.runtime.fields import FieldRule, accept, bounded
from engine.runtime.forms import read_form

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-10**9, 10**9) | st.text(max_size=20)
    | st.decimals(allow_nan=False, allow_infinity=False, places=2) | st.dates()
    | st.datetimes(timezones=st.just(UTC)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner,
                                                                max_size=3), max_leaves=8)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), json_values, max_size=5))
def test_what_is_stored_comes_back_the_same(document):
    assert tagged.loads(tagged.dumps(document)) == document


@pytest.mark.parametrize("sent", [{"$decimal": "much"}, {"$date": "2026-02-30"}, {"$uuid": 5},
                                  [{"$datetime": "soon"}]])
def test_what_only_looks_like_a_decimal_or_date_stays_as_it_was_sent(sent):
    document = accept({"thing": sent}, {})
    assert tagged.loads(bounded(document)) == {"thing": sent}


def test_half_a_letter_is_refused():
    with pytest.raises(Invalid, match="half of a letter"):
        bounded({"name": "\ud800"})


@pytest.mark.parametrize(("type_", "given_", "kept"), [
    ("integer", "7", 7), ("integer", 7.0, 7), ("decimal", 1.1, Decimal("1.1")),
    ("boolean", "on", True), ("date", "2026-03-31", date(2026, 3, 31)),
    ("datetime", "2026-03-31T10:00Z", datetime(2026, 3, 31, 10, tzinfo=UTC)),
    ("text", "a", "a"), ("list", [1], [1]), ("text", "", None)])
def test_a_value_is_read_as_its_field_says(type_, given_, kept):
    assert accept({"f": given_}, {"f": FieldRule("f", type_)}) == {"f": kept}


def test_a_moment_without_a_zone_is_the_writers():
    rules = {"f": FieldRule("f", "datetime")}
    assert accept({"f": "2026-03-31T10:00"}, rules, "Asia/Shanghai")["f"].astimezone(
        UTC) == datetime(2026, 3, 31, 2, tzinfo=UTC)


@pytest.mark.parametrize(("type_", "given_"), [
    ("integer", "7.5"), ("integer", True), ("decimal", "much"), ("decimal", "NaN"),
    ("decimal", "1e999"), ("boolean", "perhaps"), ("date", "31.3.2026"), ("text", 5),
    ("datetime", "noon"), ("list", "a"), ("file", "not-an-id")])
def test_a_value_that_does_not_fit_is_refused_by_field(type_, given_):
    with pytest.raises(Invalid) as refused:
        accept({"f": given_}, {"f": FieldRule("f", type_)})
    assert refused.value.field == "f"


@pytest.mark.parametrize("key", ["", "a b", "1st", "class", "_x", "a-b"])
def test_a_key_that_would_break_expressions_is_refused(key):
    with pytest.raises(Invalid):
        accept({key: 1}, {})


FORM = {"type": "default", "components": [
    {"type": "textfield", "key": "name", "label": "Name",
     "validate": {"required": True, "maxLength": 5}},
    {"type": "group", "components": [
        {"type": "number", "key": "amount", "label": "Amount", "validate": {"min": 1, "max": 9}}]},
    {"type": "select", "key": "cause", "label": "Cause", "values": [{"value": "a", "label": "A"}]},
    {"type": "textfield", "key": "why", "label": "Why", "validate": {"required": True},
     "conditional": {"hide": "=cause != \"a\""}},
    {"type": "textfield", "key": "shown", "label": "Shown", "disabled": True,
     "validate": {"required": True}},
    {"type": "text", "text": "Hello"}]}


def test_a_form_accepts_what_fits():
    form = read_form("f", json.dumps(FORM).encode())
    assert [field.key for field in form.fields] == ["name", "amount", "cause", "why", "shown"]
    form.check({"name": "Ann", "amount": "5", "cause": "a"})


@pytest.mark.parametrize(("data", "field"), [
    ({}, "name"), ({"name": "too long"}, "name"), ({"name": "A", "amount": 0}, "amount"),
    ({"name": "A", "amount": 10}, "amount"), ({"name": "A", "amount": "x"}, "amount"),
    ({"name": "A", "cause": "b"}, "cause")])
def test_a_form_names_the_field_that_does_not_fit(data, field):
    with pytest.raises(Invalid) as refused:
        read_form("f", json.dumps(FORM).encode()).check(data)
    assert refused.value.field == field


@pytest.mark.parametrize("source", [b"", b"{", b"[]", b'{"a": 1}', b"[" * 100_000])
def test_what_is_no_form_is_refused(source):
    with pytest.raises(Invalid):
        read_form("f", source)


@pytest.mark.parametrize(("kind", "value"), [("number", 0), ("number", 0.0), ("radio", False)])
def test_nought_and_no_are_answers_to_what_is_required(kind, value):
    component = {"type": kind, "key": "k", "validate": {"required": True},
                 **({"values": [{"label": "No", "value": False}]} if kind == "radio" else {})}
    form = read_form("f", json.dumps({"components": [component]}).encode())
    form.check({"k": value})
    with pytest.raises(Invalid):
        form.check({"k": None})
