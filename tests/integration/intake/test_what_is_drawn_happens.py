"""Adapted drawings, run: what the drawing says is what happens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from tests.support.intake import drawn, flow, line, look, when
from tests.support.runtime import Runtime

EVENT = "<{0}EventDefinition>{1}</{0}EventDefinition>"


@dataclass(frozen=True)
class Adapted:
    """An adapted drawing, as the runtime's test support takes it."""

    data: bytes
    process: str

    def xml(self) -> bytes:
        return self.data


@pytest.fixture
def runtime(sqlite_database, now) -> Runtime:
    return Runtime(sqlite_database, now)


@pytest.fixture
def start(runtime):
    def begin(data: bytes, **values: object):
        found = look(data, fields=("amount",))
        assert found.verdict != "cannot_run", [f.message["en"] for f in found.errors]
        return runtime.start(runtime.publish(Adapted(found.adapted_xml, found.process)), **values)
    return begin


def report(runtime: Runtime, case, element: str) -> None:
    """A person says that what `element` waits for has happened."""
    wait = next(w for w in runtime.waits(case) if w.element == element)
    with runtime.cases() as cases:
        cases.deliver(case, wait.message)


def test_steps_of_every_kind_are_offered_to_people_one_after_the_other(start, runtime):
    case = start(line('<task id="a"/>', '<serviceTask id="b"/>', '<scriptTask id="c"/>',
                      '<businessRuleTask id="d"/>', '<callActivity id="e"/>',
                      '<subProcess id="f"/>', '<sendTask id="g"/>'))
    for step in "abcdefg":
        assert runtime.waiting(case) == [step]
        runtime.do(case, step)
    assert runtime.state(case) == "completed"


def test_an_open_gateway_asks_and_follows_the_answer_only(start, runtime):
    case = start(drawn('<startEvent id="s"/><exclusiveGateway id="g"/><task id="a"/><task id="b"/>'
                       + flow("s", "g") + flow("g", "a") + flow("g", "b")))
    assert runtime.waiting(case) == ["g"]
    runtime.do(case, "g", "g-b")
    assert runtime.waiting(case) == ["b"]


def test_an_arrow_with_a_condition_is_followed_beside_one_without(start, runtime):
    data = line('<task id="t"/>', '<task id="always"/>', more=(
        '<task id="large"/>' + flow("t", "large", when("amount &gt; 5"))))
    for amount, expected in ((9, ["always", "large"]), (1, ["always"])):
        case = start(data, amount=amount)
        runtime.do(case, "t")
        assert runtime.waiting(case) == expected
        for step in expected:
            runtime.do(case, step)
        assert runtime.state(case) == "completed"


def test_an_arrow_whose_condition_is_prose_is_asked_for_on_the_arrow(start, runtime):
    case = start(line('<task id="t"/>', '<task id="always"/>', more=(
        '<task id="x"/>' + flow("t", "x", when("if needed"))
        + '<task id="y"/>' + flow("t", "y", when("or this")))))
    runtime.do(case, "t")
    assert runtime.waiting(case) == ["always", "t-x"]
    runtime.do(case, "t-x", "t-x", "t-y")
    assert runtime.waiting(case) == ["always", "x", "y"]


def test_without_start_and_end_events_all_loose_steps_begin_and_the_case_ends(start, runtime):
    case = start(drawn('<task id="a"/><task id="b"/>'))
    assert runtime.waiting(case) == ["a", "b"]
    runtime.do(case, "a")
    runtime.do(case, "b")
    assert runtime.state(case) == "completed"


def test_of_several_starts_a_person_chooses_one(start, runtime):
    case = start(drawn('<startEvent id="phone"/><startEvent id="mail"/><task id="a"/>'
                       '<task id="b"/>' + flow("phone", "a") + flow("mail", "b")))
    question, = runtime.waiting(case)
    runtime.do(case, question, "mail")
    assert runtime.waiting(case) == ["b"]


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_event_sub_process_ends_the_rest_or_runs_beside_it(start, runtime, interrupting):
    case = start(line('<task id="work"/>', more=(
        '<subProcess id="e" triggeredByEvent="true">'
        f'<startEvent id="call" isInterrupting="{str(interrupting).lower()}">'
        + EVENT.format("message", "") + '</startEvent><task id="calm"/>' + flow("call", "calm")
        + "</subProcess>")))
    assert runtime.waiting(case) == ["call", "work"]
    report(runtime, case, "call")
    # What doesn't interrupt can happen again while the work goes on.
    assert runtime.waiting(case) == (["calm"] if interrupting else ["call", "calm", "work"])
    runtime.do(case, "calm")
    if not interrupting:
        runtime.do(case, "work")
    assert runtime.state(case) == "completed"


def test_after_an_interrupting_event_sub_process_the_path_goes_on(start, runtime):
    inner = ('<subProcess id="visit"><task id="repair"/><subProcess id="e" '
             'triggeredByEvent="true"><startEvent id="ill">' + EVENT.format("escalation", "")
             + '</startEvent><task id="replace"/>' + flow("ill", "replace")
             + "</subProcess></subProcess>")
    case = start(line(inner, '<task id="bill"/>'))
    report(runtime, case, "ill")
    assert runtime.waiting(case) == ["replace"]
    runtime.do(case, "replace")
    assert runtime.waiting(case) == ["bill"]


def test_an_error_thrown_inside_is_caught_on_the_border(start, runtime):
    case = start(line(
        '<subProcess id="s"><task id="try"/><endEvent id="fail">' + EVENT.format("error", "")
        + "</endEvent>" + flow("try", "fail") + "</subProcess>", '<task id="happy"/>', more=(
            '<boundaryEvent id="edge" attachedToRef="s">' + EVENT.format("error", "")
            + '</boundaryEvent><task id="rescue"/>' + flow("edge", "rescue"))))
    runtime.do(case, "try")
    assert runtime.waiting(case) == ["rescue"]


def test_a_link_jumps_to_its_other_end(start, runtime):
    link = '<linkEventDefinition name="A"/>'
    case = start(drawn(
        '<startEvent id="s"/><task id="a"/><intermediateThrowEvent id="out">' + link
        + '</intermediateThrowEvent><intermediateCatchEvent id="in">' + link
        + '</intermediateCatchEvent><task id="b"/>' + flow("s", "a") + flow("a", "out")
        + flow("in", "b")))
    runtime.do(case, "a")
    assert runtime.waiting(case) == ["b"]


def test_a_step_called_end_is_done_and_seen_by_its_drawn_id(start, runtime):
    case = start(line('<task id="Start"/>', '<task id="End"/>', '<task id="P.EndJoin"/>'))
    for step in ("Start", "End", "P.EndJoin"):
        assert runtime.waiting(case) == [step]
        runtime.do(case, step)
    assert runtime.state(case) == "completed"


def test_a_readable_timer_fires_and_an_unreadable_one_waits_for_a_person(start, runtime, now):
    def waits(text: str) -> bytes:
        return line('<intermediateCatchEvent id="w">' + EVENT.format(
            "timer", f"<timeDuration>{text}</timeDuration>") + "</intermediateCatchEvent>")
    timed, vague = start(waits("PT2H")), start(waits("some time"))
    now.advance(timedelta(hours=3))
    assert runtime.sweep() == 1
    assert (runtime.state(timed), runtime.state(vague)) == ("completed", "open")
    report(runtime, vague, "w")
    assert runtime.state(vague) == "completed"


def test_three_instances_are_done_three_times(start, runtime):
    case = start(line('<task id="t"><multiInstanceLoopCharacteristics><loopCardinality>3'
                      "</loopCardinality></multiInstanceLoopCharacteristics></task>"))
    for left in (3, 2, 1):
        assert runtime.waiting(case) == ["t"] * left
        runtime.do(case, "t")
    assert runtime.state(case) == "completed"


def test_undoing_is_a_step_for_a_person(start, runtime):
    case = start(line('<task id="book"/>', '<intermediateThrowEvent id="undo">'
                      + EVENT.format("compensate", "") + "</intermediateThrowEvent>", more=(
                          '<task id="cancel" isForCompensation="true"/>')))
    runtime.do(case, "book")
    assert runtime.waiting(case) == ["undo"]
    runtime.do(case, "undo")
    assert runtime.state(case) == "completed"


def test_a_signal_thrown_at_an_end_reaches_a_wait_in_the_same_case(start, runtime):
    signal = '<signalEventDefinition signalRef="sig"/>'
    data = drawn('<startEvent id="s"/><parallelGateway id="p"/><task id="a"/><endEvent id="ring">'
                 + signal + '</endEvent><intermediateCatchEvent id="w">' + signal
                 + '</intermediateCatchEvent><task id="b"/>' + flow("s", "p") + flow("p", "a")
                 + flow("a", "ring") + flow("p", "w") + flow("w", "b"),
                 roots='<signal id="sig" name="Ready"/>')
    case = start(data)
    assert runtime.waiting(case) == ["a", "w"]
    runtime.do(case, "a")
    assert runtime.waiting(case) == ["b"]
