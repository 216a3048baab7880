"""What decision models mean: hit policies, types, null, and decisions that require others."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.infra.errors import Invalid
from engine.intake.dmn.read import read_decisions
from engine.intake.formulas.feel import parse_feel, parse_tests
from engine.intake.formulas.interpret import Feel, FeelFault
from engine.intake.formulas.tree import Unreadable
from engine.runtime.decisions.evaluate import decide, outcomes
from engine.runtime.errors import ModelFault
from engine.runtime.sandbox import Sandbox

NOW = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
VERSIONS = ["http://www.omg.org/spec/DMN/20151101/dmn.xsd",
            "http://www.omg.org/spec/DMN/20180521/MODEL/",
            "https://www.omg.org/spec/DMN/20191111/MODEL/",
            "https://www.omg.org/spec/DMN/20211108/MODEL/",
            "https://www.omg.org/spec/DMN/20230324/MODEL/"]
DATA = {"n": None, "a": 5, "t": "Open", "yes": True, "no": False, "items": [1, 2, 3]}


def dmn(*decisions, version=VERSIONS[2]):
    return f'<definitions xmlns="{version}" id="d" name="d">{"".join(decisions)}</definitions>' \
        .encode()


def table(key, policy, inputs, outputs, *rules, requires=(), extra=""):
    def cell(tag, text):
        return f"<{tag}><text><![CDATA[{text}]]></text></{tag}>"
    needs = "".join(f'<informationRequirement><requiredDecision href="#{each}"/>'
                    "</informationRequirement>" for each in requires)
    ins = "".join(f'<input><inputExpression typeRef="{kind}"><text>{text}</text>'
                  "</inputExpression></input>" for text, kind in inputs)
    outs = "".join(f'<output name="{name}">{inner}</output>' for name, inner in outputs)
    rows = "".join("<rule>" + "".join(cell("inputEntry", c) for c in rule[:len(inputs)])
                   + "".join(cell("outputEntry", c) for c in rule[len(inputs):]) + "</rule>"
                   for rule in rules)
    return (f'<decision id="{key}" name="{key}">{needs}<decisionTable hitPolicy="{policy}" '
            f"{extra}>{ins}{outs}{rows}</decisionTable></decision>")


def made(source, key, **values):
    found = {each.id: each for each in read_decisions(source)}
    with Sandbox(NOW, "Asia/Shanghai", budget=5) as sandbox:
        return outcomes(found[key], values, sandbox)[key]


RANKED = [("level", '<outputValues><text>"high","medium","low"</text></outputValues>')]
ROWS = [("> 1", '"low"'), ("> 2", '"high"'), ("> 3", '"medium"')]


@pytest.mark.parametrize(("policy", "level", "rules"), [
    ("PRIORITY", "high", (2,)), ("OUTPUT ORDER", ["high", "medium", "low"], (2, 3, 1)),
    ("RULE ORDER", ["low", "high", "medium"], (1, 2, 3)), ("FIRST", "low", (1,)),
    ("P", "high", (2,)), ("COLLECT", ["low", "high", "medium"], (1, 2, 3))])
def test_each_hit_policy_orders_its_hits(policy, level, rules):
    found = made(dmn(table("D", policy, [("x", "number")], RANKED, *ROWS)), "D", x=9)
    assert (found.outputs["level"], found.rules, found.inputs) == (level, rules, (9,))


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_of_dmn_is_read(version):
    source = dmn(table("D", "FIRST", [("x", "")], [("out", "")], ("-", "1")), version=version)
    assert made(source, "D", x=0).outputs == {"out": 1}


def test_several_outputs_and_a_default():
    outs = [("a", "<defaultOutputEntry><text>0</text></defaultOutputEntry>"), ("b", "")]
    source = dmn(table("D", "UNIQUE", [("x", "")], outs, ("1", "10", '"one"')))
    assert made(source, "D", x=1).outputs == {"a": 10, "b": "one"}
    assert made(source, "D", x=2).outputs == {"a": 0, "b": None}


@pytest.mark.parametrize(("kind", "value", "cell"), [
    ("number", "12", "> 5"), ("string", 12, '"12"'), ("boolean", "TRUE", "true"),
    ("date", "2026-03-02", '>= @"2026-03-01"'), ("feel:number", "1.5", "[1..2]"),
    ("time", "10:30:00", '< time("11:00:00")'), ("integer", Decimal(3), "3"),
    ("dateTime", "2026-03-02T10:00:00", '< @"2026-03-02T11:00:00"'),
    ("dayTimeDuration", "PT36H", '> @"P1D"'), ("yearMonthDuration", "P18M", '>= @"P1Y"')])
def test_inputs_become_what_their_type_says(kind, value, cell):
    source = dmn(table("D", "FIRST", [("x", kind)], [("out", "")], (cell, "true")))
    assert made(source, "D", x=value).outputs == {"out": True}


def test_a_value_that_can_not_become_its_type_is_a_fault_naming_it():
    source = dmn(table("D", "FIRST", [("price", "number")], [("out", "")], ("-", "1")))
    with pytest.raises(ModelFault, match="price is 'dear', which is no number"):
        made(source, "D", price="dear")


def test_required_decisions_are_made_first_and_known_by_name():
    literal = ('<decision id="Total" name="Order total"><variable name="Order total" '
               'typeRef="number"/><literalExpression><text>price * count</text>'
               "</literalExpression></decision>")
    source = dmn(literal, table("Size", "FIRST", [("Order total", "number")], [("size", "")],
                                ("> 100", '"big"'), ("-", '"small"'), requires=["Total"]))
    assert made(source, "Size", price=Decimal("25.5"), count=4).outputs == {"size": "big"}
    assert made(source, "Total", price=2, count=4).outputs == {"Order_total": 8}


@pytest.mark.parametrize(("source", "words"), [
    (dmn(table("A", "FIRST", [], [("o", "")], requires=["B"]),
         table("B", "FIRST", [], [("o", "")], requires=["A"])), "A → B → A"),
    (dmn(table("A", "FIRST", [], [("o", "")], requires=["Z"])), "requires Z"),
    (dmn('<decision id="A"><knowledgeRequirement><requiredKnowledge href="#Fee"/>'
         "</knowledgeRequirement><literalExpression><text>1</text></literalExpression>"
         "</decision>"), "knowledge model Fee")])
def test_what_can_not_be_made_is_refused_by_its_name(source, words):
    with pytest.raises(Invalid, match=words):
        read_decisions(source)


@pytest.mark.parametrize(("text", "expected"), [
    ("n > 5", None), ("not(n > 5)", None), ("n = null", True), ("n = 5", False),
    ("n > 5 or yes", True), ("n > 5 or no", None), ("n > 5 and no", False),
    ("n > 5 and yes", None), ('a = "5"', None), ("a in [1..5]", True), ("a in (1..5)", False),
    ("n in [1..5]", None), ("n + 1", None), ("1 / 0", None), ('"a" < 1', None),
    ("if n then 1 else 2", 2), ("0.1 + 0.2", Decimal("0.3")), ("2 ** 10", 1024), ("-a", -5),
    ("some i in items satisfies i > 2", True), ("every i in items satisfies i > n", None),
    ("for i in items return i * i", [1, 4, 9]), ("items[2]", 2), ("items[9]", None),
    ("sum(items) + count(items)", 9), ("min(3, 1, 2)", 1), ("max([])", None), ("mean(items)", 2),
    ("floor(-1.5)", -2), ("ceiling(1.2)", 2), ("round(2.345, 2)", Decimal("2.34")),
    ("round half up(2.5, 0)", 3), ("modulo(-7, 3)", 2), ("upper case(t)", "OPEN"),
    ("substring(t, 2, 2)", "pe"), ("substring(t, -1)", "n"), ("string length(t)", 4),
    ('starts with(t, "O") and contains(t, "pe")', True), ('matches(t, "^O.*n$")', True),
    ("list contains(items, 2)", True), ("string(1.50)", "1.50"), ('number("1,5", " ", ",")',
                                                                 Decimal("1.5")),
    ("distinct values([1, 1, 2])", [1, 2]), ('date("2026-01-31") + @"P1M" = @"2026-02-28"', True),
    ('(@"2026-03-02" - @"2026-03-01").days', 1), ('today() = date("2026-03-03")', True),
    ('day of week(@"2026-03-02")', "Monday"), ('@"2026-03-02".weekday', 1),
    ('now() > date and time("2026-03-03T07:29:00")', True),
    ('years and months duration(@"2024-01-15", @"2026-03-02").years', 2),
    ('upper case(n)', None), ('contains(a, "x")', None), ('date("no date")', None),
])
def test_expressions_mean_what_the_standard_says(text, expected):
    with Sandbox(NOW, "Asia/Shanghai", budget=5) as sandbox:
        feel = Feel(DATA, sandbox.now, lambda pattern, value: sandbox.evaluate(
            "re.search(p, v) is not None", {"p": pattern, "v": value}, kind="decision"))
        found = feel.value(parse_feel(text))
    assert found == expected and (found is None) == (expected is None)


@pytest.mark.parametrize("text", [
    "10 ** (10 ** 8)", "9 ** 9 ** 9 ** 9 ** 9", "for i in items return for j in many return "
    "for k in many return for l in many return 1", "string join(many, big)", "big + big + t"])
def test_too_much_work_is_a_fault_and_ends(text):
    data = {**DATA, "many": list(range(500)), "big": "x" * 40_000}
    with pytest.raises(FeelFault):
        Feel(data, NOW, lambda *_: False).value(parse_feel(
            text.replace("many, big", "for i in many return string(i), big")))


@pytest.mark.parametrize("opening", [
    "[", "(", "x in (", "x in ((x=", "if ", "not(", "-", "[[1..2] ", "x in (]("])
def test_deep_nesting_is_refused_at_once(opening):
    for parse in (parse_feel, parse_tests):
        for count in (30, 300):
            with pytest.raises(Unreadable):
                parse(opening * count)


def test_a_regular_expression_runs_in_the_sandbox():
    source = dmn(table("D", "FIRST", [("x", "")], [("out", "")],
                       ('matches(?, "^[A-Z]{2}[0-9]+$")', "true")))
    assert made(source, "D", x="HR42").outputs == {"out": True}
    assert made(source, "D", x="hr").outputs == {"out": None}


_NUMBER = st.integers(-3, 3)
_VALUES = st.one_of(st.none(), _NUMBER)
_TESTS = st.one_of(
    st.just(("-", lambda v: True)), _NUMBER.map(lambda n: (str(n), lambda v: v == n)),
    _NUMBER.map(lambda n: (f"< {n}", lambda v: v is not None and v < n)),
    _NUMBER.map(lambda n: (f"not({n})", lambda v: v != n)),
    _NUMBER.map(lambda n: (f"not(> {n})", lambda v: v is not None and not v > n)),
    st.tuples(_NUMBER, _NUMBER).map(
        lambda e: (f"]{e[0]}..{e[1]}]", lambda v: v is not None and e[0] < v <= e[1])),
    st.lists(_NUMBER, min_size=2, max_size=3).map(
        lambda ns: (", ".join(map(str, ns)), lambda v: v in ns)))


@given(st.lists(st.tuples(_TESTS, _TESTS, _NUMBER), min_size=1, max_size=5), _VALUES, _VALUES)
@settings(max_examples=100, deadline=None)
def test_random_tables_decide_as_the_slow_obvious_way_does(rows, x, y):
    hits = [(at, out) for at, (a, b, out) in enumerate(rows, 1) if a[1](x) and b[1](y)]
    cells = [(a[0], b[0], str(out)) for a, b, out in rows]
    inputs = [("x", "number"), ("y", "number")]

    def of(policy, extra=""):
        [found] = read_decisions(dmn(table("D", policy, inputs, [("o", "")], *cells, extra=extra)))
        with Sandbox(NOW, budget=5) as sandbox:
            return decide(found, {"x": x, "y": y}, sandbox)["o"]

    outs = [out for _, out in hits]
    assert of("RULE ORDER") == of("COLLECT") == outs
    assert of("FIRST") == (outs[0] if outs else None)
    assert of("COLLECT", 'aggregation="SUM"') == (sum(outs) if outs else None)
    assert of("COLLECT", 'aggregation="COUNT"') == len(outs)
    for policy, fails in (("UNIQUE", len(outs) > 1), ("ANY", len(set(outs)) > 1)):
        if fails:
            with pytest.raises(ModelFault, match=f"rules {hits[0][0]}"):
                of(policy)
        else:
            assert of(policy) == (outs[0] if outs else None)
