"""Events that wait for several things, and events that happen more than once."""

from __future__ import annotations

import pytest

from tests.support.intake import drawn, flow, line, look
from tests.support.play import Play

HOUR = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
MESSAGE = "<messageEventDefinition/>"


def catching(inner: str, attributes: str = "") -> Play:
    event = f'<intermediateCatchEvent id="w"{attributes}>{inner}</intermediateCatchEvent>'
    return Play(look(line(event, '<task id="u"/>')))


def on_border(inner: str, *, cancels: bool, activity: str = '<task id="t"/>') -> Play:
    event = (f'<boundaryEvent id="w" attachedToRef="t" cancelActivity="{str(cancels).lower()}">'
             f'{inner}</boundaryEvent><task id="call"/>' + flow("w", "call"))
    return Play(look(line(activity, '<task id="u"/>', more=event)))


def test_the_first_of_several_events_goes_on():
    assert catching(MESSAGE + HOUR).waiting == ["w", "w"]
    for case in (catching(MESSAGE + HOUR).report("w"), catching(MESSAGE + HOUR).fire("w")):
        assert case.waiting == ["u"]
        assert case.passed == ["begin", "w"]


def test_all_of_several_events_are_waited_for_where_the_drawing_says_so():
    case = catching(MESSAGE + HOUR, ' parallelMultiple="true"').report("w")
    assert case.waiting == ["w"] and case.passed == ["begin"]
    assert case.fire("w").waiting == ["u"] and case.passed == ["begin", "w"]


def test_each_of_several_events_on_a_border_leads_the_same_way():
    for case in (on_border(MESSAGE + HOUR, cancels=True).report("w"),
                 on_border(MESSAGE + HOUR, cancels=True).fire("w")):
        assert case.waiting == ["call"]


def test_several_events_together_on_a_border_are_reported_by_a_person():
    event = ('<boundaryEvent id="w" attachedToRef="t" parallelMultiple="true">' + MESSAGE + HOUR
             + "</boundaryEvent>")
    case = Play(look(line('<task id="t"/>', more=event)))
    assert case.waiting == ["t", "w"]
    assert case.report("w").finished


def test_what_does_not_interrupt_can_happen_again_while_the_activity_goes_on():
    case = on_border(MESSAGE, cancels=False).report("w").report("w")
    assert case.waiting == ["call", "call", "t", "w"]
    assert case.do("t").waiting == ["call", "call", "u"]


def test_an_escalation_is_caught_each_time_it_is_thrown():
    throw = '<intermediateThrowEvent id="{}"><escalationEventDefinition/></intermediateThrowEvent>'
    activity = ('<subProcess id="t"><task id="a"/>' + throw.format("e1") + '<task id="b"/>'
                + throw.format("e2") + '<task id="c"/>' + flow("a", "e1") + flow("e1", "b")
                + flow("b", "e2") + flow("e2", "c") + "</subProcess>")
    case = on_border("<escalationEventDefinition/>", cancels=False, activity=activity)
    assert case.do("a").waiting == ["b", "call"]
    assert case.do("b").waiting == ["c", "call", "call"]


@pytest.mark.parametrize("levels", [1, 2, 3])
def test_an_error_leaves_as_many_levels_as_it_must(levels):
    inner = ('<task id="a"/><endEvent id="e"><errorEventDefinition/></endEvent>' + flow("a", "e"))
    for level in range(levels - 1):
        inner = f'<subProcess id="s{level}">{inner}</subProcess>'
    case = on_border("<errorEventDefinition/>", cancels=True,
                     activity=f'<subProcess id="t">{inner}</subProcess>')
    assert case.do("a").waiting == ["call"]


def test_a_step_after_a_sub_process_waits_for_what_an_event_began_inside():
    scope = ('<subProcess id="s"><task id="work"/><subProcess id="e" triggeredByEvent="true">'
             '<startEvent id="ring" isInterrupting="false">' + MESSAGE + '</startEvent>'
             '<task id="answer"/>' + flow("ring", "answer") + "</subProcess></subProcess>")
    case = Play(look(line(scope, '<task id="u"/>'))).report("ring").do("work")
    assert case.waiting == ["answer"]
    assert case.do("answer").waiting == ["u"]


def test_an_event_on_the_border_of_a_later_step_goes_its_way():
    event = ('<boundaryEvent id="w" attachedToRef="t">' + MESSAGE + '</boundaryEvent>'
             '<task id="call"/>' + flow("w", "call") + flow("call", "finish"))
    case = Play(look(line('<task id="first"/>', '<task id="t"/>', '<task id="u"/>', more=event)))
    assert case.do("first").report("w").waiting == ["call"]
    assert case.do("call").finished


@pytest.mark.parametrize("around", ["process", "sub-process"])
def test_a_terminate_end_ends_what_an_event_began_beside_it_too(around):
    inner = ('<startEvent id="b"/><task id="work"/><endEvent id="stop"><terminateEventDefinition/>'
             '</endEvent>' + flow("b", "work") + flow("work", "stop")
             + '<subProcess id="e" triggeredByEvent="true"><startEvent id="ring" '
             'isInterrupting="false">' + MESSAGE + '</startEvent><task id="answer"/>'
             + flow("ring", "answer") + "</subProcess>")
    data = drawn(inner) if around == "process" else line(
        f'<subProcess id="s">{inner}</subProcess>', '<task id="u"/>')
    case = Play(look(data)).report("ring")
    assert case.waiting == ["answer", "ring", "work"]
    assert case.do("work").waiting == ([] if around == "process" else ["u"])
    assert case.passed.count("stop") == 1


@pytest.mark.parametrize(("thrown", "caught"), [
    ("escalation", "escalation"), ("error", "error"), ("terminate", None)])
def test_nothing_goes_on_in_what_was_just_ended(thrown, caught):
    inner = ('<startEvent id="b"/><parallelGateway id="p"/><endEvent id="stop"><'
             + thrown + 'EventDefinition/></endEvent><intermediateThrowEvent id="on1"/>'
             '<intermediateThrowEvent id="on2"/><task id="never"/>' + flow("b", "p")
             + flow("p", "stop") + flow("p", "on1") + flow("on1", "on2") + flow("on2", "never"))
    event = "message" if caught is None else caught
    data = line(f'<subProcess id="t">{inner}</subProcess>', '<task id="u"/>', more=(
        f'<boundaryEvent id="w" attachedToRef="t"><{event}EventDefinition/></boundaryEvent>'
        '<task id="call"/>' + flow("w", "call")))
    case = Play(look(data))
    assert case.waiting == (["u"] if caught is None else ["call"])
    assert "on2" not in case.passed[case.passed.index("stop"):]
