"""Suspending, resuming and cancelling a case, on both databases."""

from __future__ import annotations

import pytest

from engine.infra.errors import Conflict, Forbidden, Invalid, NotFound
from engine.journal import facts
from engine.runtime.errors import CaseEnded, CaseSuspended
from tests.support.bpmn import Drawing
from tests.support.operated import Operated


@pytest.fixture
def house(database, now, tmp_path):
    made = Operated(database, now, tmp_path)
    yield made
    made.baton.close()


def answered() -> Drawing:
    """A step with a deadline of two hours, after which someone else chases it."""
    return (Drawing().start().user("Answer").boundary_timer("Late", "Answer", "PT2H")
            .user("Chase").message("Reply", "reply").end("Sent").end("Chased")
            .path("Begin", "Answer", "Reply", "Sent").path("Late", "Chase", "Chased"))


def suspend(house: Operated, case, reason: str = "The court looks at it.", **more):
    with house.operations() as operations:
        return operations.suspend(case, reason=reason, by=house.max, **more)


def resume(house: Operated, case):
    with house.operations() as operations:
        return operations.resume(case, by=house.max)


def test_nothing_happens_to_a_suspended_case(house):
    case = house.start(house.publish(answered()))
    suspended = suspend(house, case)
    assert (suspended.state, suspended.suspend_reason) == ("suspended", "The court looks at it.")
    with pytest.raises(CaseSuspended, match="The court looks at it"):
        house.do(case, "Answer")
    [item] = house.items(case)
    assert item.suspended
    with pytest.raises(Conflict, match="suspended"), house.baton.command() as services:
        services.work.claim(item.id, by=house.lin)
    house.pass_time(hours=5)
    assert house.waiting(case) == ["Answer", "Late"]
    assert resume(house, case).state == "open"
    assert not house.items(case)[0].suspended


def test_a_timer_that_came_due_meanwhile_fires_once_when_the_case_is_resumed_marked_late(house):
    case = house.start(house.publish(answered()))
    suspend(house, case)
    house.pass_time(hours=5)
    resume(house, case)
    house.pass_time(seconds=1)
    assert house.waiting(case) == ["Chase"]
    [fired] = house.facts(case, facts.TimerFired)
    assert fired.late_seconds == 3 * 3600 + 1
    house.pass_time(hours=5)
    assert len(house.facts(case, facts.TimerFired)) == 1


def test_a_timer_that_is_not_due_yet_keeps_its_moment(house):
    case = house.start(house.publish(answered()))
    with house.baton.query() as services:
        due = {w.element: w.due_at for w in services.cases.waits(case)}["Late"]
    suspend(house, case)
    house.pass_time(hours=1)
    with house.baton.query() as services:
        assert {w.element: w.due_at for w in services.cases.waits(case)}["Late"] == due
    resume(house, case)
    house.pass_time(minutes=30)
    assert house.waiting(case) == ["Answer", "Late"]
    house.pass_time(minutes=31)
    assert house.waiting(case) == ["Chase"]


def test_a_message_from_outside_is_refused_with_the_reason(house):
    case = house.start(house.publish(answered()))
    house.do(case, "Answer")
    suspend(house, case)
    with pytest.raises(CaseSuspended, match="resumed first"), house.baton.command() as services:
        services.cases.deliver(case, "reply")
    resume(house, case)
    with house.baton.command() as services:
        services.cases.deliver(case, "reply")
    assert house.case(case).state == "completed"


def test_the_story_says_who_suspended_and_resumed_and_why(house):
    case = house.start(house.publish(answered()))
    suspend(house, case)
    resume(house, case)
    [suspended] = house.facts(case, facts.CaseSuspended)
    assert suspended.person == house.max.person
    with house.baton.query() as services:
        told = services.operations.interventions(case)
    assert told[suspended.intervention].reason == "The court looks at it."
    assert [t.kind for t in told.values()] == ["suspended", "resumed"]


def test_what_makes_no_sense_is_a_conflict(house):
    case = house.start(house.publish(answered()))
    with pytest.raises(Conflict, match="not suspended"):
        resume(house, case)
    with pytest.raises(Invalid):
        suspend(house, case, reason="  ")
    seen = house.case(case).revision
    house.do(case, "Answer")
    with pytest.raises(Conflict, match="changed meanwhile"):
        suspend(house, case, seen=seen)
    suspend(house, case)
    with pytest.raises(CaseSuspended):
        suspend(house, case)
    with house.operations() as operations:
        operations.cancel(case, reason="Withdrawn", by=house.max)
    with pytest.raises(CaseEnded):
        resume(house, case)


def test_only_those_who_may_operate_cases_suspend_them(house):
    case = house.start(house.publish(answered()))
    with pytest.raises(Forbidden), house.operations() as operations:
        operations.suspend(case, reason="Because", by=house.lin)
    with pytest.raises(NotFound), house.operations() as operations:
        operations.suspend(case, reason="Because", by=house.bo)


def test_promises_run_on_unless_the_standard_pauses_on_suspension(house):
    promise = {"name": "Answered", "target": "4 hours", "start": "case", "stop": "Reply"}
    case = house.start(house.publish(answered(), standards=(
        {**promise, "key": "strict"}, {**promise, "key": "fair", "pause": ["suspended"]})))
    suspend(house, case)
    house.pass_time(hours=3)
    resume(house, case)
    house.pass_time(seconds=1)
    with house.baton.query() as services:
        left = {p.clock.standard: p.left for p in services.promises.of_case(case)}
    assert left == {"strict": 3600 - 1, "fair": 4 * 3600 - 1}
    before = left
    with house.baton.command() as services:
        services.promises.recompute(case)
    with house.baton.query() as services:
        assert {p.clock.standard: p.left for p in services.promises.of_case(case)} == before


def test_a_cancelled_case_leaves_no_incident_behind(house):
    drawing = Drawing().start().script("Share", "share = amount / people").end().path(
        "Begin", "Share", "Finish")
    case = house.start(house.publish(drawing), amount=1, people=0)
    assert len(house.incidents(case)) == 1
    with house.operations() as operations:
        operations.cancel(case, reason="Entered twice", by=house.max)
    assert house.incidents(case) == []
    assert house.facts(case, facts.IncidentResolved)[0].how == "cancelled"
    assert house.case(case).open_incidents == 0


def test_what_a_called_case_brings_waits_until_its_caller_is_resumed(house):
    called = Drawing("Repairs").start().user("Repair").end().path("Begin", "Repair", "Finish")
    house.publish(called, "repairs")
    caller = (Drawing().start().element("callActivity", "Call", "Have it repaired").user("Send")
              .end().path("Begin", "Call", "Send", "Finish"))
    case = house.start(house.publish(caller, choices={"calls": {"Call": "journey:repairs"}}))
    with house.baton.query() as services:
        [child] = services.cases.together(services.cases.case(case))
    suspend(house, case)
    house.do(child.id, "Repair")
    assert house.case(child.id).state == "completed"
    assert house.waiting(case) == ["Call"]
    resume(house, case)
    assert house.waiting(case) == ["Send"]
