"""JUEL, FEEL and Java say in the sandbox what they say at home, also about nothing."""

from __future__ import annotations

import ast
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.intake.expressions import readable, value_of
from engine.runtime.errors import ModelFault
from engine.runtime.sandbox import Sandbox

DATA = {
    "amount": 5, "status": "open", "urgent": False, "nothing": None, "items": [1, 2, 3],
    "order": {"total": 250.5, "customer": {"name": "Ann"}, "lines": [{"price": 3}]},
    "price": Decimal("2.50"), "due": date(2026, 4, 2), "approved": True, "paid": "true",
    "risks": ["red", "yellow"], "Service_Level": "Premium",
}


def value(text: str) -> object:
    expression = readable(text, DATA)
    assert expression is not None, text
    with Sandbox(datetime(2026, 3, 31, 9, tzinfo=UTC), budget=5) as sandbox:
        return sandbox.evaluate(expression, DATA, kind="condition")


@pytest.mark.parametrize(("text", "expected"), [
    ("${amount > 2 && !urgent}", True), ("${amount lt 2 or urgent}", False),
    ("${nothing > 2}", False), ("${!nothing}", True), ("${!(nothing > 2)}", True),
    ("${empty nothing}", True), ("${not empty items}", True),
    ("${order.total > 100}", True), ("${order['customer'].name == 'Ann'}", True),
    ("${order.lines[0].price == 3}", True), ("${order.customer.name.equals('Bob')}", False),
    ("${amount + nothing == 5}", True), ("${price * 1.1 > 2.7}", True),
    ("${items.contains(2)}", True), ("${items.size() > 2}", True), ("${paid}", "true"),
    ("${paid == true || paid == 'true'}", True), ("${approved == 'true'}", True),
    ("${paid == true && approved != false}", True), ("${nothing == false}", False),
    ("${nothing != true}", True), ("${(amount > 3) == true}", True),
    ("${dateTime().plusDays(3).toDate()}", datetime(2026, 4, 3, 9, tzinfo=UTC)),
    ("${status == 'open' ? 1 : 2}", 1), ("${var:get('amount') >= 5}", True),
    ("${variables:equals(status, 'open')}", True), ("${fn:contains(status, 'pe')}", True),
])
def test_juel(text, expected):
    assert value(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("execution.getVariable('amount') > 3", True), ("status.equals(\"open\")", True),
    ("amount >= 3 && status != 'x'", True), ("!urgent", True),
    ("bpmn:getDataObject('status') = 'open'", True),
    ("not(bpmn:getDataObject('approved'))", False), ("status = \"open\"", True),
    ("Service Level = 'Premium'", True), ("execution.hasVariable('nothing')", False),
])
def test_java_groovy_xpath_and_names_with_spaces(text, expected):
    assert value(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("= amount > 3", True), ("= nothing > 3", False), ("= not(nothing > 3)", False),
    ("= not(amount > 7)", True), ("= not(nothing)", False), ("= not(approved)", False),
    ("= not(urgent or nothing > 3)", False), ("= nothing = null", True),
    ("= nothing != 3", True), ("= amount in [1..5]", True), ("= amount in (1..5)", False),
    ("= amount in ]1..5]", True), ("= nothing in [1..5]", False),
    ("= amount in (1, 5, 7)", True), ("= amount in (< 3, >= 5)", True),
    ("= amount between 6 and 9", False), ("= status in (\"open\", \"new\")", True),
    ("= if amount > 3 then \"a\" else \"b\"", "a"), ("= if nothing > 3 then 1 else 2", 2),
    ("= due < date(\"2026-05-01\")", True), ("= due - today() > duration(\"P1D\")", True),
    ("= now() + duration(\"PT1H\") > date and time(\"2026-03-31T09:30:00Z\")", True),
    ("= date(\"2026-03-31\").year = 2026", True), ("= @\"2026-03-31\" < due", True),
    ("= contains(status, \"pe\")", True), ("= contains(nothing, \"pe\")", False),
    ("= starts with(status, \"o\") and ends with(status, \"n\")", True),
    ("= matches(status, \"^o.*n$\")", True), ("= string length(status) = 4", True),
    ("= upper case(status)", "OPEN"), ("= upper case(nothing)", None),
    ("= count(items) = 3 and sum(items) = 6", True), ("= max(1, 2, 3) = 3", True),
    ("= min(items)", 1), ("= floor(order.total) = 250", True), ("= abs(-3)", 3),
    ("= decimal(price, 1)", Decimal("2.5")), ("= price * 1.1", Decimal("2.750")),
    ("= price = 2.5", True), ("= order.total = 250.5", True), ("= nothing + 1", None),
    ("= some r in risks satisfies r = \"red\"", True),
    ("= every r in risks satisfies r = \"red\"", False),
    ("= not(some r in risks satisfies r = \"blue\")", True),
    ("= for i in items return i * 2", [2, 4, 6]), ("= items[1]", 1), ("= items[-1]", 3),
    ("= items[9] = null", True), ("= order.nope.name = null", True),
    ("= is defined(nothing)", False), ("= get or else(nothing, 3)", 3),
    ("= list contains(risks, \"red\")", True), ("= string(amount) + \"x\"", "5x"),
    ("= substring(status, 2)", "pen"), ("= substring(status, -2)", "en"),
    ("= {a: 1, \"b c\": amount}", {"a": 1, "b c": 5}), ("= Service Level = \"Premium\"", True),
    ("= even(amount) or odd(amount)", True), ("= append(items, 4)", [1, 2, 3, 4]),
])
def test_feel(text, expected):
    assert value(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("plain text", "plain text"), ("${amount}", 5), ("= amount * 2", 10), ("= \"x\"", "x"),
    ("Dear ${order.customer.name}: ${amount} items", "Dear Ann: 5 items"), ("", ""),
    ("= amount", 5),
])
def test_values_may_be_texts_names_and_texts_with_expressions_inside(text, expected):
    expression = value_of(text)
    assert expression is not None
    with Sandbox(datetime(2026, 3, 31, 9, tzinfo=UTC)) as sandbox:
        assert sandbox.evaluate(expression, DATA, kind="data") == expected


_WORDS = st.sampled_from([
    "amount", "status", "nothing", "items", "order", ".", "total", "(", ")", "[", "]", "{", "}",
    "=", "==", "!=", "<", ">", "and", "or", "not", "&&", "||", "!", "if", "then", "else", "in",
    "between", "some", "satisfies", "for", "return", "1", "0.5", '"x"', "'y'", ",", "..", "+",
    "-", "*", "/", "**", "?", ":", "true", "null", "empty", "date", "duration", '"P1D"', "@",
    "count", "sum", "min", "string length", "contains", "execution.getVariable", "$", "#", "é",
    "\\", '"', "'", "now", "is defined",
])


@given(st.sampled_from(["", "= ", "${"]), st.lists(_WORDS, max_size=14), st.text(max_size=8))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_gives_nothing_or_an_expression_that_the_sandbox_survives(mark, words, rest):
    text = mark + " ".join(words) + rest + ("}" if mark == "${" else "")
    for expression in (readable(text, DATA), value_of(text, DATA)):
        if expression is None:
            continue
        ast.parse(expression, mode="eval")
        with Sandbox(datetime(2026, 3, 31, 9, tzinfo=UTC), budget=1) as sandbox:
            try:
                sandbox.evaluate(expression, DATA, kind="condition")
            except ModelFault as fault:
                assert "can't be read" not in str(fault)
                assert "stopped" not in str(fault)
