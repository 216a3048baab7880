"""Timers that can't be fired or set: tried again, told once, and their rhythm stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.intake.settings import StepSettings
from engine.journal import facts
from engine.people.access import SYSTEM
from engine.people.calendars import CalendarSpec
from engine.runtime.command import Command
from tests.support.bpmn import Drawing
from tests.support.operated import Operated


@pytest.fixture
def house(database, now, tmp_path):
    made = Operated(database, now, tmp_path)
    yield made
    made.baton.close()


def chased(rule: str) -> Drawing:
    """Someone asks; until the answer a reminder goes out again and again."""
    return (Drawing().start().user("Ask")
            .boundary_timer("Remind", "Ask", rule, "timeCycle", interrupting=False)
            .element("task", "Reminded").end().end("Sent")
            .path("Begin", "Ask", "Finish").path("Remind", "Reminded", "Sent"))


def fails(*_: object, **__: object) -> None:
    raise ValueError("the printer is out of paper")


def timer(house, case, element="Remind"):
    with house.baton.query() as services:
        return next(w for w in services.cases.waits(case) if w.element == element)


def test_a_timer_that_fails_again_and_again_is_one_incident_with_its_tries(house, monkeypatch):
    case = house.start(house.publish(chased("R/P1D")))
    with monkeypatch.context() as broken:
        broken.setattr(Command, "fire", fails)
        for _ in range(3):
            house.pass_time(hours=25)
    [incident] = house.incidents(case)
    assert (incident.kind, incident.element, incident.tries) == ("timer", "Remind", 3)
    house.pass_time(hours=2)
    assert house.incidents(case) == []
    assert len(house.facts(case, facts.TimerFired)) == 1


def test_a_cycle_that_failed_once_keeps_its_rhythm_and_tells_how_late_it_was(house, monkeypatch):
    begun = house.now()
    case = house.start(house.publish(chased("R/P1D")))
    with monkeypatch.context() as broken:
        broken.setattr(Command, "fire", fails)
        house.pass_time(days=1)
    house.pass_time(hours=2)
    [fired] = house.facts(case, facts.TimerFired)
    assert (fired.due_at, fired.late_seconds) == (begun + timedelta(days=1), 7200)
    assert timer(house, case).due_at == begun + timedelta(days=2)


def test_a_cycle_that_is_retried_does_not_begin_anew(house, monkeypatch):
    case = house.start(house.publish(chased("R3/P1D")))
    house.pass_time(days=1)
    with monkeypatch.context() as broken:
        broken.setattr(Command, "fire", fails)
        house.pass_time(days=1)
    with house.operations() as operations:
        [incident] = house.incidents(case)
        operations.retry(incident.id, by=house.max)
    for days in (0, 1, 1, 1):
        house.pass_time(days=days)
    assert len(house.facts(case, facts.TimerFired)) == 3


def test_a_calendar_changed_while_a_case_is_suspended_moves_its_timers(house):
    """Eight working hours from Monday nine: that evening, or Tuesday when only mornings count."""
    drawing = (Drawing().start().user("Answer").boundary_timer("Late", "Answer", "PT8H")
               .user("Chase").end().end("Chased")
               .path("Begin", "Answer", "Finish").path("Late", "Chase", "Chased"))
    case = house.start(house.publish(drawing, steps={"Late": StepSettings(calendar="journey")}))
    whole_days = timer(house, case, "Late").due_at
    with house.operations() as operations:
        operations.suspend(case, reason="Audit", by=house.max)
    with house.baton.command() as services:
        services.people.departments.set_calendar(
            "service-desk", CalendarSpec(("Mon-Fri 09:00-13:00",)), by=SYSTEM)
        services.cases.calendar_changed("service-desk")
    house.baton.work_once()
    with house.operations() as operations:
        operations.resume(case, by=house.max)
    assert timer(house, case, "Late").due_at > whole_days
    assert timer(house, case, "Late").due_at == datetime(2026, 3, 3, 5, tzinfo=UTC)
