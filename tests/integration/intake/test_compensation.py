"""Compensation and transactions: what was finished is undone, and nothing else."""

from __future__ import annotations

import pytest

from tests.support.intake import drawn, flow, line, look
from tests.support.play import Play

UNDO = "<compensateEventDefinition/>"
CANCEL = "<cancelEventDefinition/>"
THROW = f'<intermediateThrowEvent id="undo">{UNDO}</intermediateThrowEvent>'
NEXT = '<task id="u"/>'
AFTER = '<boundaryEvent id="edge" attachedToRef="s">{}</boundaryEvent><task id="after"/>' + flow(
    "edge", "after")


def undone_by(activity: str, handler: str) -> str:
    return (f'<boundaryEvent id="{activity}_edge" attachedToRef="{activity}">{UNDO}'
            f'</boundaryEvent><task id="{handler}" isForCompensation="true"/>'
            f'<association id="{activity}_to" sourceRef="{activity}_edge" '
            f'targetRef="{handler}"/>')


BOTH = undone_by("hotel", "no_hotel") + undone_by("flight", "no_flight")
TRIP = '<task id="hotel"/><task id="flight"/>' + flow("hotel", "flight") + BOTH


def do(case: Play, *steps: str) -> Play:
    for step in steps:
        assert step in case.waiting, case.waiting
        case.do(step)
    return case


def test_finished_steps_are_undone_the_last_first_before_the_case_goes_on():
    case = Play(look(line('<task id="hotel"/>', '<task id="flight"/>', THROW, NEXT, more=BOTH)))
    assert do(case, "hotel", "flight").waiting == ["no_flight"]
    assert do(case, "no_flight").waiting == ["no_hotel"]
    assert do(case, "no_hotel").waiting == ["u"]


def test_a_step_that_was_not_done_is_not_undone():
    case = Play(look(drawn(
        '<startEvent id="b"/><exclusiveGateway id="g"/><task id="hotel"/><task id="flight"/>'
        + THROW + NEXT + flow("b", "g") + flow("g", "hotel") + flow("g", "flight")
        + flow("hotel", "undo") + flow("flight", "undo") + flow("undo", "u") + BOTH)))
    case.do("g", "g-hotel")
    assert do(case, "hotel").waiting == ["no_hotel"]
    assert do(case, "no_hotel").waiting == ["u"]


def test_an_event_that_names_a_step_undoes_only_that():
    named = THROW.replace("<compensate", '<compensate').replace(
        "EventDefinition/>", 'EventDefinition activityRef="hotel"/>')
    case = Play(look(line('<task id="hotel"/>', '<task id="flight"/>', named, NEXT, more=BOTH)))
    assert do(case, "hotel", "flight", "no_hotel").waiting == ["u"]


def test_an_end_can_undo_too():
    data = line('<task id="hotel"/>', more=undone_by("hotel", "no_hotel")).replace(
        b'<endEvent id="finish"/>', f'<endEvent id="finish">{UNDO}</endEvent>'.encode())
    assert do(Play(look(data)), "hotel", "no_hotel").finished


def test_what_was_done_in_a_finished_sub_process_is_undone():
    case = Play(look(line(f'<subProcess id="s">{TRIP}</subProcess>', THROW, NEXT)))
    assert do(case, "hotel", "flight", "no_flight", "no_hotel").waiting == ["u"]


def test_a_sub_process_that_says_how_it_is_undone_is_undone_as_a_whole():
    own = ('<subProcess id="e" triggeredByEvent="true"><startEvent id="es">' + UNDO
           + '</startEvent><task id="call_off"/>' + flow("es", "call_off") + "</subProcess>")
    case = Play(look(line(f'<subProcess id="s">{TRIP}{own}</subProcess>', THROW, NEXT)))
    assert do(case, "hotel", "flight", "call_off").waiting == ["u"]


@pytest.mark.parametrize(("loop", "times"), [
    ('<standardLoopCharacteristics loopMaximum="3"/>', 3),
    ("<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
     "</multiInstanceLoopCharacteristics>", 2)])
def test_what_was_done_several_times_is_undone_as_often(loop, times):
    case = Play(look(line(f'<task id="hotel">{loop}</task>', THROW, NEXT,
                          more=undone_by("hotel", "no_hotel"))))
    assert do(case, *["hotel"] * times, *["no_hotel"] * times).waiting == ["u"]


def test_a_round_of_a_loop_undoes_its_own_work_only():
    scope = (f'<subProcess id="s"><standardLoopCharacteristics loopMaximum="2"/>'
             f'<task id="hotel"/><exclusiveGateway id="g"/>{THROW}<task id="fine"/>'
             + flow("hotel", "g") + flow("g", "undo") + flow("g", "fine")
             + undone_by("hotel", "no_hotel") + "</subProcess>")
    case = do(Play(look(line(scope, NEXT))), "hotel").do("g", "g-fine")
    do(case, "fine", "hotel").do("g", "g-undo")
    assert do(case, "no_hotel").waiting == ["u"]


def test_a_cancelled_transaction_is_given_up_and_undone_before_its_way_out():
    scope = ('<transaction id="s"><startEvent id="b"/><parallelGateway id="p"/><task id="hotel"/>'
             '<task id="flight"/><endEvent id="no">' + CANCEL + "</endEvent>" + flow("b", "p")
             + flow("p", "hotel") + flow("p", "flight") + flow("hotel", "no") + BOTH
             + "</transaction>")
    case = Play(look(line(scope, NEXT, more=AFTER.format(CANCEL))))
    assert do(case, "hotel").waiting == ["no_hotel"], "the flight was not booked yet"
    assert do(case, "no_hotel").waiting == ["after"]
    assert "s" not in case.passed


def test_a_cancel_end_deep_inside_leaves_the_transaction():
    scope = ('<transaction id="s"><subProcess id="inner"><task id="a"/><endEvent id="no">'
             + CANCEL + "</endEvent>" + flow("a", "no") + "</subProcess></transaction>")
    case = Play(look(line(scope, NEXT, more=AFTER.format(CANCEL))))
    assert do(case, "a").waiting == ["after"]


def test_without_anything_that_undoes_a_person_undoes_what_was_done():
    found = look(line('<task id="hotel"/>', THROW, NEXT))
    assert found.verdict == "runs_with_decisions"
    assert do(Play(found), "hotel", "undo").waiting == ["u"]


def test_an_event_sub_process_undoes_its_own_work_and_that_of_its_scope():
    handler = ('<subProcess id="e" triggeredByEvent="true"><startEvent id="ring">'
               '<messageEventDefinition/></startEvent><task id="flight"/>' + THROW
               + flow("ring", "flight") + flow("flight", "undo") + undone_by("flight", "no_flight")
               + "</subProcess>")
    case = Play(look(drawn('<startEvent id="b"/><task id="hotel"/><task id="walk"/>'
                           + flow("b", "hotel") + flow("hotel", "walk")
                           + undone_by("hotel", "no_hotel") + handler)))
    do(case, "hotel").report("ring")
    assert do(case, "flight", "no_flight", "no_hotel").finished


def test_what_nothing_throws_compensation_for_is_never_started():
    found = look(line('<task id="hotel"/>', NEXT, more=undone_by("hotel", "no_hotel")))
    assert [a.element for a in found.adaptations if a.rule == "compensation"] == ["no_hotel"]
    assert do(Play(found), "hotel", "u").finished
