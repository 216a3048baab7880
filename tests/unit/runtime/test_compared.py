"""The values at which a model's ways divide, read from its expressions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from engine.intake.dmn.read import read_decisions
from engine.runtime.compared import compared

PACKS = Path(__file__).resolve().parents[3] / "processes"


def values(text, kind="condition"):
    return {path: set(map(str, found)) for path, found in compared([(kind, text)]).items()}


@pytest.mark.parametrize(("text", "path", "found"), [
    ("amount > 200", ("amount",), {200, 199, 201}),
    ("200 >= (refund or 0)", ("refund",), {200, 199, 201}),
    ("amount == Decimal('9.5')", ("amount",), {Decimal("9.5"), Decimal("8.5"), Decimal("10.5")}),
    ('cause == "damage"', ("cause",), {"damage", "other"}),
    ('cause in ("damage", "delay")', ("cause",), {"damage", "delay", "other"}),
    ("approved", ("approved",), {True, False}),
    ("not approved or late", ("late",), {True, False}),
    ("answer is None", ("answer",), {None, "x"}),
    ("order.total >= 5", ("order", "total"), {5, 4, 6}),
    ('order["kind"] == "a"', ("order", "kind"), {"a", "other"}),
    ("day > date(2026, 1, 1)", ("day",), {date(2026, 1, 1), date(2025, 12, 31), date(2026, 1, 2)}),
    ("-1 < balance", ("balance",), {-1, -2, 0}),
    ("low < middle < 7", ("middle",), {1, 2, 3, 7, 6, 8}),
])
def test_both_sides_of_a_comparison_are_found(text, path, found):
    assert values(text)[path] == set(map(str, found))


def test_a_length_is_compared_with_lists_of_lengths_around_it():
    found = compared([("condition", "len(items) > 2")])
    assert {len(each) for each in found["items",]} >= {1, 2, 3}


def test_what_is_expected_of_an_expression_tells_what_a_lone_name_may_be():
    assert compared([("count", "n")])["n",] == (1, 2, 3)
    assert compared([("list", "items")])["items",] == ([], ["a"], ["a", "b"])
    assert compared([("timer", "visit_at")])["visit_at",] == ("PT1H", "P1D")
    assert compared([("timer", "PT2H"), ("timer", "2026-03-02")]) == {}


def test_scripts_need_what_they_read_and_not_what_they_write():
    assert list(compared([("script", "total = price * 2\nn = total + 1")])) == [("price",)]


@pytest.mark.parametrize("text", ["", "((", "a" * 30_000, "(" * 500, "x ==", "\x00"])
def test_what_cannot_be_read_is_passed_over(text):
    compared([("condition", text), ("script", text)])


def test_decision_tables_give_the_values_of_their_cells():
    found = compared([], read_decisions((PACKS / "complaint" / "approval.dmn").read_bytes()))
    assert set(found["customer_tier",]) == {"silver", "gold", "other"}
    assert {200, 201, 500, 501, 1000, 1001} <= set(found["total_cost",])
