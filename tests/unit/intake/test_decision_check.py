"""Overlaps, conflicts, gaps and unreadable cells of decision tables, with an example of each."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.intake.dmn.check import problems
from engine.intake.dmn.read import Column, Decision, Rule


def table(policy, inputs, *rows, kinds=()):
    columns = tuple(Column(kind=kind) for kind in kinds) or tuple(Column() for _ in inputs)
    rules = tuple(Rule(str(i), tuple(row[:-1]), (row[-1],)) for i, row in enumerate(rows))
    return Decision("D", "D", policy, None, tuple(inputs), ("out",), rules, columns, (Column(),))


def said(decision):
    return [(each.kind, each.rules, dict(each.example)) for each in problems(decision)]


def test_bands_that_touch_have_neither_overlap_nor_gap():
    assert said(table("UNIQUE", ["x"], ("< 10", "1"), ("[10..20[", "2"), (">= 20", "3"))) == []


def test_a_shared_end_is_an_overlap_and_a_missing_one_a_gap():
    assert said(table("UNIQUE", ["x"], ("<= 10", "1"), (">= 10", "2"))) == [
        ("overlap", (1, 2), {"x": "10"})]
    assert said(table("UNIQUE", ["x"], ("< 10", "1"), ("> 10", "2"))) == [("gap", (), {"x": "10"})]


def test_rules_meet_only_where_every_column_meets():
    rows = [("< 10", '"gold"', "1"), ("> 5", '"silver"', "2"), ("> 8", '"gold"', "3")]
    assert [each for each in said(table("UNIQUE", ["x", "tier"], *rows)) if each[0] == "overlap"] \
        == [("overlap", (1, 3), {"x": "9", "tier": '"gold"'})]


def test_any_is_warned_of_only_where_outputs_differ():
    assert said(table("ANY", ["x"], ("-", "1"), ("> 5", "1"))) == []
    assert said(table("ANY", ["x"], ("-", "1"), ("> 5", "2"))) == [
        ("conflict", (1, 2), {"x": "6"})]


@pytest.mark.parametrize(("rows", "kind", "example"), [
    ([("true", "1")], "boolean", "false"),
    ([('< date("2026-01-01")', "1"), ('> date("2026-01-01")', "2")], "date", "2026-01-01"),
    ([("[1..2]", "1"), ("[3..4]", "2"), ("< 1", "3"), ("> 4", "4")], "number", "2.5"),
])
def test_gaps_of_each_kind_come_with_an_example(rows, kind, example):
    assert said(table("UNIQUE", ["x"], *rows, kinds=[kind])) == [("gap", (), {"x": example})]


def test_whole_numbers_have_no_gap_between_neighbours():
    rows = [("<= 2", "1"), (">= 3", "2")]
    assert said(table("UNIQUE", ["x"], *rows, kinds=["integer"])) == []


def test_an_unreadable_cell_is_named_by_rule_and_column():
    [found] = problems(table("UNIQUE", ["x"], ("< 5", "1"), ("5 6 7", "2")))
    assert (found.kind, found.rules, found.column, found.cell) == ("cell", (2,), "x", "5 6 7")


def test_what_looks_beyond_its_value_is_not_judged():
    assert said(table("UNIQUE", ["x"], ("? > limit", "1"), ("< 5", "2"))) == []


_BOUND = st.integers(0, 4)
_CELL = st.one_of(
    st.just(("-", lambda v: True)),
    _BOUND.map(lambda b: (f"< {b}", lambda v: v < b)),
    _BOUND.map(lambda b: (f">= {b}", lambda v: v >= b)),
    _BOUND.map(lambda b: (f"not({b})", lambda v: v != b)),
    st.tuples(_BOUND, _BOUND).map(lambda e: (f"[{e[0]}..{e[1]}[", lambda v: e[0] <= v < e[1])))


@given(st.lists(st.tuples(_CELL, _CELL), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_random_tables_are_judged_as_trying_every_number_does(rows):
    decision = table("UNIQUE", ["x", "y"], *[(a[0], b[0], "1") for a, b in rows],
                     kinds=["integer", "integer"])
    hits = [sum(a[1](x) and b[1](y) for a, b in rows)
            for x, y in product(range(-2, 8), repeat=2)]
    kinds = {each.kind for each in problems(decision)}
    assert ("overlap" in kinds) == any(count > 1 for count in hits)
    assert ("gap" in kinds) == any(count == 0 for count in hits)
