"""A journey is played without a case, on the drawing, and time jumps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from engine.infra.errors import Conflict, Invalid
from engine.intake.rule import Known, Published
from engine.intake.understand import understand
from engine.runtime.rehearsal import Rehearsal
from engine.runtime.versions import runnable
from engine.worktime.calendar import WorkCalendar
from tests.support.intake import drawn, flow, line, two_pools, when

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
TIMER = "<timerEventDefinition><timeDuration>P3D</timeDuration></timerEventDefinition>"


def rehearse(data: bytes, *, entry: str | None = None, **values: object) -> Rehearsal:
    return Rehearsal(runnable(understand(data)), at=NINE, data=values, entry=entry)


def elements(rehearsal: Rehearsal) -> list[str]:
    return [happened.element for happened in rehearsal.trace]


def move(rehearsal: Rehearsal, element: str) -> str:
    return next(each.id for each in rehearsal.moves() if each.element == element)


def test_steps_are_done_in_the_order_of_the_drawing():
    played = rehearse(line('<userTask id="a"/>', '<userTask id="b"/>'))
    assert [each.element for each in played.moves()] == ["a"]
    played.play(move(played, "a"))
    played.play(move(played, "b"))
    assert played.state == "completed"
    assert elements(played) == ["begin", "a", "b", "finish"]


def test_time_jumps_to_the_earliest_timer_and_stands_still_otherwise():
    played = rehearse(line(
        '<userTask id="a"/>', more=f'<boundaryEvent id="late" attachedToRef="a">{TIMER}'
        '</boundaryEvent><userTask id="call"/>' + flow("late", "call")))
    jump = next(each for each in played.moves() if each.kind == "time")
    assert jump.due_at == NINE + timedelta(days=3)
    assert played.now == NINE
    played.play(jump.id)
    assert played.now == NINE + timedelta(days=3)
    assert [each.element for each in played.moves()] == ["call"], "the timer takes the step away"
    assert played.trace[-1].how == "fired"


def test_time_in_business_hours_jumps_over_the_weekend():
    wait = ('<intermediateCatchEvent id="wait" baton:calendar="journey"><timerEventDefinition>'
            "<timeDuration>PT16H</timeDuration></timerEventDefinition></intermediateCatchEvent>")
    version = replace(runnable(understand(line(wait))), owner="desk")
    office = WorkCalendar.build(("Mon-Fri 09:00-17:00",), "UTC")
    friday = NINE + timedelta(days=4, hours=6)
    played = Rehearsal(version, at=friday, calendar_of={"desk": office}.__getitem__)
    assert played.moves()[0].due_at == datetime(2026, 3, 10, 15, tzinfo=UTC)
    assert Rehearsal(version, at=friday).moves()[0].due_at == friday + timedelta(hours=16)


def test_a_called_case_may_end_with_what_the_drawing_catches():
    border = ('<boundaryEvent id="out" attachedToRef="c"{}><{}EventDefinition/></boundaryEvent>'
              '<userTask id="u"/>' + flow("out", "u"))
    for kind, cancels, then in (("error", "", ["u"]),
                                ("escalation", ' cancelActivity="false"', ["c", "out", "u"])):
        data = line('<callActivity id="c"/>', more=border.format(cancels, kind))
        known = Known(journeys={"repairs": Published({"en": "Repairs"}, "R")},
                      choices={"calls": {"c": "journey:repairs"}})
        played = Rehearsal(runnable(understand(data, known=known)), at=NINE)
        assert [each.element for each in played.moves()] == ["c", "out"]
        played.play(move(played, "out"))
        assert sorted(each.element for each in played.moves()) == then
        assert played.trace[-1].element == "out"
        assert played.trace[-1].how == "message"


def test_a_question_wants_one_of_its_answers():
    played = rehearse(drawn(
        '<startEvent id="s"/><exclusiveGateway id="g"/><userTask id="a"/><userTask id="b"/>'
        + flow("s", "g") + flow("g", "a") + flow("g", "b")))
    question = played.moves()[0]
    assert [answer.flow for answer in question.answers] == ["g-a", "g-b"]
    with pytest.raises(Invalid):
        played.play(question.id)
    with pytest.raises(Invalid):
        played.play(question.id, ["g-a", "g-b"])
    played.play(question.id, ["g-b"])
    assert [each.element for each in played.moves()] == ["b"]
    with pytest.raises(Conflict):
        played.play(question.id, ["g-a"])


def test_a_gateway_whose_conditions_all_fail_asks_a_person_and_says_why():
    played = rehearse(drawn(
        '<startEvent id="s"/><exclusiveGateway id="g"/><userTask id="a"/><userTask id="b"/>'
        + flow("s", "g") + flow("g", "a", when("amount &gt; 5"))
        + flow("g", "b", when("amount &lt; 0"))), amount=3)
    question = played.moves()[0]
    assert (question.kind, question.element) == ("answer", "g")
    assert "None of the conditions" in question.reason
    played.play(question.id, ["g-b"])
    assert elements(played) == ["s", "g"]
    assert played.state == "open"


def test_an_inclusive_join_stops_waiting_for_a_branch_that_has_ended_elsewhere():
    played = rehearse(drawn(
        '<startEvent id="s"/><inclusiveGateway id="fork"/><userTask id="a"/><userTask id="b"/>'
        '<exclusiveGateway id="x"/><inclusiveGateway id="join"/><userTask id="after"/>'
        '<endEvent id="stop"/>' + flow("s", "fork") + flow("fork", "a") + flow("fork", "b")
        + flow("a", "join") + flow("b", "x") + flow("x", "join") + flow("x", "stop")
        + flow("join", "after")))
    played.play(move(played, "fork"), ["fork-a", "fork-b"])
    played.play(move(played, "a"))
    assert [each.element for each in played.moves()] == ["b"], "b may still come to the join"
    played.play(move(played, "b"))
    played.play(move(played, "x"), ["x-stop"])
    assert [each.element for each in played.moves()] == ["after"]


def test_tokens_that_come_too_many_wait_at_a_parallel_join():
    """One way brings two tokens and the other one: BPMN keeps the second (10.6.5)."""
    played = rehearse(drawn(
        '<startEvent id="s"/><parallelGateway id="fork"/><exclusiveGateway id="m"/>'
        '<userTask id="a"/><userTask id="b"/><userTask id="c"/><parallelGateway id="join"/>'
        '<userTask id="after"/>' + flow("s", "fork") + flow("fork", "a") + flow("fork", "b")
        + flow("fork", "c") + flow("a", "m") + flow("b", "m") + flow("m", "join")
        + flow("c", "join") + flow("join", "after")))
    for each in ("a", "b", "c", "after"):
        played.play(move(played, each))
    assert played.state == "stuck"
    assert ("P", "join") in played.tokens()


def test_pools_of_one_drawing_run_side_by_side_and_their_messages_arrive():
    played = rehearse(two_pools(), entry="Customer")
    assert [(each.process, each.element) for each in played.moves()] == [("Customer", "order")]
    played.play(move(played, "order"))
    assert {each.element for each in played.moves() if not each.inside} == {"pack"}
    played.play(move(played, "pack"))
    collected = next(each for each in played.moves() if each.element == "collected")
    assert collected.kind == "message" and not collected.inside, "it comes from the outside"
    played.play(collected.id)
    assert played.state == "completed"
    assert elements(played) == ["wish", "order", "ordered", "pack", "collected", "send", "done",
                                "arrived"]


def test_a_message_that_comes_before_its_step_is_kept_for_it():
    data = two_pools().replace(
        flow("order", "arrived").encode(),
        ('<userTask id="wait_at_home"/>' + flow("order", "wait_at_home")
         + flow("wait_at_home", "arrived")).encode())
    played = rehearse(data, entry="Customer")
    for each in ("order", "pack", "collected", "wait_at_home"):
        played.play(move(played, each))
    assert played.state == "completed"


def test_a_default_way_is_chosen_alone():
    played = rehearse(drawn(
        '<startEvent id="s"/><inclusiveGateway id="g" default="g-b"/><userTask id="a"/>'
        '<userTask id="b"/><userTask id="c"/>' + flow("s", "g") + flow("g", "a") + flow("g", "b")
        + flow("g", "c")))
    question = played.moves()[0]
    assert [answer.alone for answer in question.answers] == [False, True, False]
    with pytest.raises(Invalid, match="alone"):
        played.play(question.id, ["g-a", "g-b"])
    played.play(question.id, ["g-a", "g-c"])
    assert [each.element for each in played.moves()] == ["a", "c"]


def test_an_error_is_caught_on_the_border_around_it_and_not_beside_it():
    """Two sub-processes go on side by side and both catch errors of the same code."""
    def sub(n: int) -> str:
        return (
            f'<subProcess id="s{n}"><startEvent id="b{n}"/><userTask id="t{n}"/>'
            f'<endEvent id="err{n}"><errorEventDefinition errorRef="X"/></endEvent>'
            + flow(f"b{n}", f"t{n}") + flow(f"t{n}", f"err{n}") + "</subProcess>"
            f'<boundaryEvent id="e{n}" attachedToRef="s{n}"><errorEventDefinition errorRef="X"/>'
            f'</boundaryEvent><userTask id="fix{n}"/>' + flow(f"e{n}", f"fix{n}"))
    played = rehearse(drawn(
        '<startEvent id="s"/><parallelGateway id="f"/>' + flow("s", "f") + flow("f", "s1")
        + flow("f", "s2") + sub(1) + sub(2), roots='<error id="X" errorCode="x"/>'))
    played.play(move(played, "t1"))
    assert [each.element for each in played.moves()] == ["fix1", "t2"]
