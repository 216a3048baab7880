"""Whatever an expression of a model does, its case stops with a reason and no other one notices
(law 6), by each way in: scripts, conditions, rounds, instances, timers, decisions, mappings."""

from __future__ import annotations

import pytest

from engine.intake.dmn.read import Decision, Rule
from tests.support.bpmn import Drawing
from tests.support.runtime import Runtime

HOSTILE = {
    "time": "sum(x for x in range(10 ** 12))",
    "memory": "[0] * 10 ** 10",
    "output": "'x' * 10 ** 8",
    "digits": "9 ** (9 ** 9)",
    "inside": "().__class__.__base__.__subclasses__()",
    "outside": "__import__('os').system('true')",
}


@pytest.fixture
def runtime(database, now):
    return Runtime(database, now)


def script(text: str) -> Drawing:
    return Drawing().start().script("X", f"x = {text}").end().path("Begin", "X", "Finish")


def condition(text: str) -> Drawing:
    return (Drawing().start().gateway("X").end().user("Other").flow("X", "Finish", f"({text}) == 1")
            .flow("X", "Other", "False").path("Begin", "X").path("Other", "Finish"))


def inclusive(text: str) -> Drawing:
    return (Drawing().start().gateway("X", "inclusive").end().user("Other")
            .flow("X", "Finish", f"({text}) == 1").flow("X", "Other", "False")
            .path("Begin", "X").path("Other", "Finish"))


def rounds(text: str) -> Drawing:
    return (Drawing().start().end().element("scriptTask", "X", inner=(
        "<bpmn:script>y = 1</bpmn:script><bpmn:standardLoopCharacteristics><bpmn:loopCondition>"
        f"({text}) == 1</bpmn:loopCondition></bpmn:standardLoopCharacteristics>"))
        .path("Begin", "X", "Finish"))


def instances(text: str) -> Drawing:
    return (Drawing().start().end().element("userTask", "X", inner=(
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>"
        f"{text}</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"))
        .path("Begin", "X", "Finish"))


def timer(text: str) -> Drawing:
    return Drawing().start().timer("X", text).end().path("Begin", "X", "Finish")


def decided(cell: str) -> tuple[Drawing, dict[str, Decision]]:
    table = Decision("D", "D", "FIRST", None, ("text",), ("y",), (Rule("1", (cell,), ("1",)),))
    return (Drawing().start().element("businessRuleTask", "X", baton__decision="D").end()
            .path("Begin", "X", "Finish")), {"D": table}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("way_in", [script, condition, inclusive, rounds, instances, timer])
def test_a_hostile_expression_stops_its_own_case_with_a_reason(runtime, way_in, text):
    case = runtime.start(runtime.publish(way_in(text)))
    assert runtime.state(case) == "open"
    reasons = [wait.reason for wait in runtime.waits(case) if wait.reason]
    with runtime.cases() as cases:
        reasons += [each.message for each in cases.incidents(case)]
    assert reasons, "neither an incident nor a question that says why"
    assert all(len(reason) <= 600 for reason in reasons)
    healthy = runtime.start(runtime.publish(script("1 + 1")))
    assert runtime.state(healthy) == "completed"


@pytest.mark.parametrize("cell", [
    "count(for x in 1..100000, y in 1..100000 return x) > 0",
    "some x in 1..999999999 satisfies x < 0",
    "2 ** 999999999 > ?",
])
def test_a_hostile_cell_of_a_table_stops_its_own_case_with_a_reason(runtime, cell):
    drawing, tables = decided(cell)
    case = runtime.start(runtime.publish(drawing, decisions=tables), text="a")
    with runtime.cases() as cases:
        [incident] = cases.incidents(case)
    assert incident.kind in ("decision", "budget")
    assert runtime.state(case) == "open"
