"""Errors, escalations and terminations: who catches them, and what goes on (BPMN 2.0.2, 10.5.6)."""

from __future__ import annotations

import pytest

from tests.support.intake import drawn, flow, line, look
from tests.support.play import Play

ROOTS = ('<error id="EX" errorCode="X"/><error id="EY" errorCode="Y"/>'
         '<error id="E2" errorCode="X"/>'
         '<escalation id="CX" escalationCode="X"/><escalation id="CY" escalationCode="Y"/>'
         '<signal id="S" name="alarm"/>')
REFERENCE = {"error": "errorRef", "escalation": "escalationRef", "signal": "signalRef"}
INSIDE = {"timer": "<timeDuration>PT1H</timeDuration>",
          "conditional": "<condition>amount &gt; 100</condition>"}
CODED = ("error", "escalation")
THREE = ("<multiInstanceLoopCharacteristics{}><loopCardinality>3</loopCardinality>"
         "</multiInstanceLoopCharacteristics>")


def definition(trigger: str, reference: str = "") -> str:
    about = f' {REFERENCE[trigger]}="{reference}"' if reference else ""
    name = f"{trigger}EventDefinition"
    return f"<{name}{about}>{INSIDE.get(trigger, '')}</{name}>"


def steps(*ids: str) -> str:
    return "".join(f'<userTask id="{each}"/>' for each in ids)


def ways(*pairs: str) -> str:
    return "".join(flow(*pair.split("-")) for pair in pairs)


def end(trigger: str, reference: str = "", id: str = "f") -> str:
    return f'<endEvent id="{id}">{definition(trigger, reference)}</endEvent>'


def scope(id: str, inner: str) -> str:
    return f'<subProcess id="{id}">{inner}</subProcess>'


def throwing(trigger: str, reference: str = "", id: str = "x", more: str = "") -> str:
    """A sub-process: after `a` it ends throwing, `other` goes on beside."""
    return scope(id, more + steps("a", "other") + end(trigger, reference) + ways("a-f"))


def border(id: str, on: str, trigger: str, reference: str = "", cancels: bool = True) -> str:
    """An event on a border, with a step behind it called `by <id>`."""
    return (f'<boundaryEvent id="{id}" attachedToRef="{on}" cancelActivity="{str(cancels).lower()}"'
            f'>{definition(trigger, reference)}</boundaryEvent>' + steps(f"by_{id}")
            + ways(f"{id}-by_{id}"))


def handler(id: str, trigger: str, reference: str = "", cancels: bool = True) -> str:
    """An event sub-process with the step `by_<id>`."""
    return (f'<subProcess id="sub_{id}" triggeredByEvent="true"><startEvent id="{id}" '
            f'isInterrupting="{str(cancels).lower()}">{definition(trigger, reference)}</startEvent>'
            + steps(f"by_{id}") + ways(f"{id}-by_{id}") + "</subProcess>")


def play(data: bytes, *moves: str) -> Play:
    case = Play(look(data.replace(b"<process", ROOTS.encode() + b"<process", 1)))
    for move in moves:
        case.act(move)
    return case


def in_line(activity: str, more: str = "") -> bytes:
    return line(activity, '<userTask id="after"/>', more=more)


def inside(around: str, body: str) -> bytes:
    """`body`, which begins at the step `a`, as a process or as a sub-process of one."""
    body = '<startEvent id="s"/>' + body + ways("s-a")
    return drawn(body) if around == "process" else in_line(scope("x", body))


def called(body: str, more: str) -> bytes:
    """A call of a process of the same file."""
    return drawn('<startEvent id="s"/><callActivity id="c" calledElement="Q"/>' + steps("after")
                 + ways("s-c", "c-after") + more + f'</process><process id="Q">{body}')


# --- who catches ---------------------------------------------------------------------------------


@pytest.mark.parametrize("trigger", CODED)
@pytest.mark.parametrize("order", [1, -1])
def test_the_event_for_this_code_comes_before_the_one_for_all(trigger, order):
    code = {"error": "E", "escalation": "C"}[trigger]
    events = [border("this", "x", trigger, f"{code}X"), border("all", "x", trigger)][::order]
    assert play(in_line(throwing(trigger, f"{code}X"), "".join(events)), "a").waiting == ["by_this"]
    if trigger == "escalation":
        handlers = [handler("this", trigger, "CX"), handler("all", trigger)][::order]
        data = in_line(throwing(trigger, "CX", more="".join(handlers)))
        assert play(data, "a").waiting == ["by_this"]


@pytest.mark.parametrize("trigger", CODED)
@pytest.mark.parametrize("reference", ["Y", ""])
def test_one_without_a_code_catches_what_no_other_does(trigger, reference):
    code = {"error": "E", "escalation": "C"}[trigger]
    events = border("this", "x", trigger, f"{code}X") + border("all", "x", trigger)
    thrown = throwing(trigger, f"{code}{reference}" if reference else "")
    assert play(in_line(thrown, events), "a").waiting == ["by_all"]


@pytest.mark.parametrize("trigger", CODED)
def test_the_nearest_scope_that_catches_wins(trigger):
    code = {"error": "E", "escalation": "C"}[trigger]
    inner = throwing(trigger, f"{code}X", id="in")
    near = scope("x", inner + border("near", "in", trigger))
    assert play(in_line(near, border("far", "x", trigger, f"{code}X")), "a").waiting == ["by_near"]
    deaf = scope("x", inner + border("deaf", "in", trigger, f"{code}Y"))
    assert play(in_line(deaf, border("far", "x", trigger, f"{code}X")), "a").waiting == ["by_far"]


@pytest.mark.parametrize("trigger", CODED)
def test_an_event_sub_process_inside_comes_before_the_border_outside(trigger):
    data = in_line(throwing(trigger, more=handler("near", trigger)), border("far", "x", trigger))
    case = play(data, "a")
    assert case.waiting == ["by_near"]
    assert case.do("by_near").waiting == ["after"]


def test_an_error_of_an_event_sub_process_goes_out_to_the_border():
    own = ('<subProcess id="h" triggeredByEvent="true"><startEvent id="call">'
           f'{definition("message")}</startEvent>' + end("error", "EX") + ways("call-f")
           + "</subProcess>")
    data = in_line(scope("x", '<startEvent id="s"/>' + steps("a") + ways("s-a") + own),
                   border("out", "x", "error", "EX"))
    assert play(data, "call!").waiting == ["by_out"]


def test_errors_are_told_apart_by_code_and_not_by_name():
    data = in_line(throwing("error", "EX"), border("same", "x", "error", "E2"))
    assert play(data, "a").waiting == ["by_same"]


@pytest.mark.parametrize("trigger", CODED)
def test_a_call_lets_out_what_the_called_process_does_not_catch(trigger):
    body = steps("a", "other") + end(trigger) + ways("a-f")
    assert play(called(body, border("out", "c", trigger)), "a").waiting == ["by_out"]
    own = '<startEvent id="q"/>' + body + ways("q-a", "q-other") + handler("own", trigger)
    assert play(called(own, border("out", "c", trigger)), "a").waiting == ["by_own"]


@pytest.mark.parametrize("trigger", CODED)
@pytest.mark.parametrize("order", ["", ' isSequential="true"'])
def test_one_of_several_instances_ends_them_all(trigger, order):
    one = throwing(trigger, more=THREE.format(order))
    assert play(in_line(one, border("out", "x", trigger)), "a").waiting == ["by_out"]


def test_what_is_caught_inside_an_instance_leaves_the_others_alone():
    inner = throwing("error", id="in") + border("near", "in", "error")
    case = play(in_line(scope("x", THREE.format("") + inner)), "a")
    assert case.waiting == ["a", "a", "by_near", "other", "other"]


# --- what goes on --------------------------------------------------------------------------------


@pytest.mark.parametrize("around", ["process", "sub-process", "call"])
def test_an_error_that_nothing_catches_ends_the_case(around):
    body = steps("a", "other") + end("error", "EX") + ways("a-f")
    data = {"process": drawn(body), "sub-process": in_line(scope("x", body)),
            "call": called(body, "")}[around]
    case = play(data, "a")
    assert case.finished
    assert case.waiting == []
    assert case.passed[-1] == "f"


def test_an_escalation_that_nothing_catches_goes_on():
    throw = f'<intermediateThrowEvent id="t">{definition("escalation", "CX")}' \
            "</intermediateThrowEvent>"
    data = in_line(scope("x", steps("a", "b") + throw + ways("a-t", "t-b")),
                   border("other", "x", "escalation", "CY"))
    assert play(data, "a").waiting == ["b", "other"]


def test_an_escalation_end_ends_only_its_path():
    data = in_line(throwing("escalation", "CX"),
                   border("beside", "x", "escalation", "CX", cancels=False))
    case = play(data, "a")
    assert case.waiting == ["by_beside", "other"]
    assert case.do("other").waiting == ["after", "by_beside"]


def test_a_terminate_end_of_a_called_process_ends_only_that():
    body = steps("a", "other") + end("terminate") + ways("a-f")
    beside = steps("beside") + ways("s-beside")
    assert play(called(body, beside), "a").waiting == ["after", "beside"]


# --- event sub-processes -------------------------------------------------------------------------


@pytest.mark.parametrize("around", ["process", "sub-process"])
@pytest.mark.parametrize("cancels", [True, False])
@pytest.mark.parametrize(("trigger", "happens"), [
    ("message", "report"), ("signal", "report"), ("timer", "fire")])
def test_an_event_sub_process_begins_by_each_kind_of_event(around, cancels, trigger, happens):
    reference = "S" if trigger == "signal" else ""
    case = play(inside(around, steps("a") + handler("h", trigger, reference, cancels)))
    getattr(case, happens)("h")
    again = ["h"] * (not cancels and trigger != "timer")
    assert case.waiting == (["by_h"] if cancels else sorted(["a", "by_h", *again]))


@pytest.mark.parametrize("around", ["process", "sub-process"])
@pytest.mark.parametrize("cancels", [True, False])
def test_a_condition_on_a_field_without_a_value_does_not_hold_yet(around, cancels):
    body = steps("a", "b") + ways("a-b") + handler("h", "conditional", cancels=cancels)
    case = play(inside(around, body))
    assert (case.waiting, case.faults) == (["a", "h"], [])
    case.do("a", amount=101)
    assert case.waiting == (["by_h"] if cancels else ["b", "by_h"])


@pytest.mark.parametrize("around", ["process", "sub-process"])
def test_an_error_begins_an_event_sub_process_and_ends_all_beside_it(around):
    body = steps("a", "other") + end("error", "EX") + ways("a-f", "s-other") \
        + handler("h", "error", "EX")
    assert play(inside(around, body), "a").waiting == ["by_h"]
    nested = scope("in", steps("b", "other") + end("error", "EX") + ways("b-f"))
    body = steps("a") + nested + ways("a-in") + handler("h", "error", "EX")
    assert play(inside(around, body), "a", "b").waiting == ["by_h"]
