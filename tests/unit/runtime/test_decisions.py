"""Decision tables as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.infra.errors import Invalid
from engine.intake.dmn.read import Decision, Rule, read_decisions
from engine.runtime.decisions.evaluate import decide
from engine.runtime.errors import ModelFault
from engine.runtime.sandbox import Sandbox

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def table(policy, *rows, aggregation=None, inputs=("x",)):
    rules = tuple(Rule(str(i), tuple(row[:-1]), (row[-1],)) for i, row in enumerate(rows))
    return Decision("D", "D", policy, aggregation, inputs, ("out",), rules)


def out(decision, **values):
    with Sandbox(NOW, budget=5) as sandbox:
        return decide(decision, values, sandbox)["out"]


@pytest.mark.parametrize(("cell", "hits", "misses"), [
    ("5", [5, Decimal(5)], [4, None]),
    ("5, 6", [5, 6], [7, None]),
    ("not(5)", [4], [5]),
    ("not(5, 6)", [4, 7], [5, 6]),
    ("[1..5]", [1, 3, 5], [0, 6, None]),
    ("(1..5]", [2, 5], [1, 6]),
    ("]1..5[", [2, 4], [1, 5]),
    ("< 5", [4, -1], [5, None]),
    (">= 5", [5, 6], [4, None]),
    ("< 2, > 8", [1, 9], [5]),
    ("-", [1, None, "a"], []),
    ("", [1, None], []),
    ("null", [None], [0, ""]),
    ("not(null)", [0], [None]),
    ('"gold"', ["gold"], ["silver", None]),
    ('"gold", "silver"', ["gold", "silver"], ["none"]),
    ("true", [True], [False, None]),
    ("-5", [-5], [5]),
    ("2 * 3", [6], [5]),
    ("y", [7], [6]),
    ('date("2026-01-31")', [date(2026, 1, 31)], [date(2026, 2, 1)]),
    ('>= date("2026-01-31")', [date(2026, 2, 1)], [date(2026, 1, 1), None]),
    ('[date("2026-01-01")..date("2026-01-31")]', [date(2026, 1, 15)], [date(2026, 2, 1)]),
    ("0.5", [0.5], [0.4]),
    ("? > 3 and ? < 6", [4, 5], [3, 6]),
])
def test_a_cell_matches_what_it_says(cell, hits, misses):
    decision = table("FIRST", (cell, '"yes"'))
    assert [out(decision, x=value, y=7) for value in hits] == ["yes"] * len(hits)
    assert [out(decision, x=value, y=7) for value in misses] == [None] * len(misses)


def test_unique_refuses_two_hits_and_names_the_rows():
    decision = table("UNIQUE", ("> 1", "1"), ("> 2", "2"))
    assert out(decision, x=2) == 1
    with pytest.raises(ModelFault, match="rules 1 and 2"):
        out(decision, x=3)


def test_first_takes_the_first_and_any_wants_them_equal():
    assert out(table("FIRST", ("> 1", "1"), ("> 2", "2")), x=3) == 1
    assert out(table("ANY", ("> 1", "1"), ("> 2", "1")), x=3) == 1
    with pytest.raises(ModelFault, match="ANY"):
        out(table("ANY", ("> 1", "1"), ("> 2", "2")), x=3)


@pytest.mark.parametrize(("aggregation", "result"), [
    (None, [1, 2]), ("SUM", 3), ("MIN", 1), ("MAX", 2), ("COUNT", 2)])
def test_collect_and_its_aggregations(aggregation, result):
    decision = table("COLLECT", ("> 1", "1"), ("> 2", "2"), ("> 9", "3"),
                     aggregation=aggregation)
    assert out(decision, x=5) == result


def test_several_inputs_all_have_to_match():
    decision = table("FIRST", ("> 100", '"gold"', '"desk"'), ("-", "-", '"finance"'),
                     inputs=("amount", "customer.tier"))
    assert out(decision, amount=150, customer={"tier": "gold"}) == "desk"
    assert out(decision, amount=150, customer={"tier": "none"}) == "finance"


def test_a_cell_that_can_not_be_read_is_a_fault_with_its_text():
    with pytest.raises(ModelFault, match="quarter"):
        out(table("FIRST", ("@quarter", "1")), x=1)


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=8, unique=True), st.integers(-60, 60))
def test_bands_cut_at_any_points_cover_every_number_exactly_once(cuts, value):
    cuts = sorted(cuts)
    rows = [(f"< {cuts[0]}", "0")]
    rows += [(f"[{low}..{high}[", str(i + 1)) for i, (low, high) in
             enumerate(zip(cuts, cuts[1:], strict=False))]
    rows += [(f">= {cuts[-1]}", str(len(cuts)))]
    assert out(table("UNIQUE", *rows), x=value) == sum(value >= cut for cut in cuts)


DMN = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d">
 <decision id="Limit" name="Limit"><decisionTable id="t" hitPolicy="RULE ORDER">
  <input id="i"><inputExpression id="e"><text>amount</text></inputExpression></input>
  <output id="o" name="level" typeRef="string"/>
  <rule id="r1"><inputEntry id="c1"><text>&lt; 10</text></inputEntry>
    <outputEntry id="c2"><text>"low"</text></outputEntry></rule>
 </decisionTable></decision></definitions>"""


def test_a_dmn_file_is_read():
    [decision] = read_decisions(DMN)
    assert (decision.id, decision.hit_policy, decision.inputs, decision.outputs) == (
        "Limit", "RULE ORDER", ("amount",), ("level",))
    assert decision.rules[0].tests == ("< 10",)


@pytest.mark.parametrize("source", [
    b"no xml", DMN.replace(b"RULE ORDER", b"SOMETIMES"),
    b'<!DOCTYPE d [<!ENTITY e "x">]>' + DMN,
    DMN.replace(b'<inputEntry id="c1"><text>&lt; 10</text></inputEntry>', b"")])
def test_an_unreadable_file_is_refused_with_a_sentence(source):
    with pytest.raises(Invalid):
        read_decisions(source)
