"""Timers on a database: those of cases, those that start cases, and those in business time."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, text

from engine.intake.settings import StepSettings
from engine.journal import facts as kinds
from engine.people.access import SYSTEM
from engine.people.calendars import CalendarSpec
from engine.runtime.service import Cases
from engine.runtime.tables import WaitRow
from tests.support.bpmn import Drawing
from tests.support.journeys import cases, department, facts, publish, start, waiting
from tests.support.racing import neighbour, race
from tests.support.web import make_baton

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR = timedelta(hours=1)
MANY = 100_000


@pytest.fixture
def baton(database, now, tmp_path):
    made = make_baton(database, now, tmp_path)
    department(made)
    yield made
    made.close()


def by_time(time: str, kind: str = "timeCycle", **attributes: str) -> bytes:
    """A timer starts its cases."""
    return (Drawing("Round").element("startEvent", "Ring", inner=Drawing._timer(time, kind),
                                     **attributes)
            .user("Look").end().path("Ring", "Look", "Finish")).xml()


def reminding(cycle: str) -> bytes:
    """While someone answers, a reminder comes again and again."""
    return (Drawing("Reminding").start().user("Answer").end()
            .boundary_timer("Remind", "Answer", cycle, "timeCycle", interrupting=False)
            .script("Note", "pass").path("Begin", "Answer", "Finish").flow("Remind", "Note")).xml()


def pausing(time: str, **attributes: str) -> bytes:
    """It waits, then someone goes on."""
    return (Drawing("Pause").start().element(
        "intermediateCatchEvent", "Wait", inner=Drawing._timer(time, "timeDuration"), **attributes)
        .user("Go on").end().path("Begin", "Wait", "Go on", "Finish")).xml().replace(
            b'"Go on"', b'"GoOn"')


def at(day: int, hour: int) -> datetime:
    """A moment of March 2026 in Shanghai; the 2nd is a Monday."""
    return datetime(2026, 3, day, hour, tzinfo=SHANGHAI)


def work(baton) -> None:
    while baton.work_once():
        pass


def fired(baton, case) -> list[kinds.TimerFired]:
    return [each for each in facts(baton, case) if isinstance(each, kinds.TimerFired)]


def due(baton, case) -> datetime:
    [timer] = [each for each in facts(baton, case) if isinstance(each, kinds.TimerSet)][-1:]
    return timer.due_at


# --- cycles --------------------------------------------------------------------------------------


def test_a_reminder_comes_once_for_each_round_and_once_after_an_outage(baton, now):
    case = start(baton, publish(baton, "remind", reminding("R10/PT1H")))
    for _ in range(2):
        now.advance(HOUR)
        work(baton)
    now.advance(timedelta(hours=4, minutes=30))
    work(baton)
    assert [round(each.late_seconds / 60) for each in fired(baton, case.id)] == [0, 0, 3 * 60 + 30]
    for _ in range(20):
        now.advance(timedelta(minutes=30))
        work(baton)
    came = [each.due_at for each in fired(baton, case.id)]
    assert len(came) == 10 - 3
    assert all((after - before) % HOUR == timedelta() for before, after in pairwise(came))


def test_an_outage_longer_than_the_whole_cycle_is_one_late_reminder(baton, now):
    case = start(baton, publish(baton, "remind", reminding("R3/PT1H")))
    now.advance(timedelta(days=9))
    work(baton)
    now.advance(timedelta(days=9))
    work(baton)
    [late] = fired(baton, case.id)
    assert late.late_seconds == timedelta(days=9, hours=-1).total_seconds()
    assert waiting(baton, case.id) == ["Answer"]


# --- timers that start cases ---------------------------------------------------------------------


def test_a_cycle_starts_a_case_each_time_even_with_two_workers(baton, now):
    publish(baton, "round", by_time("R/PT1H"))
    other = neighbour(baton)
    for count in range(1, 4):
        now.advance(HOUR)
        race(*(worker.work_once for worker in (baton, other, baton, other)))
        assert len(cases(baton)) == count
    assert all(waiting(baton, case.id) == ["Look"] for case in cases(baton))
    assert {case.channel for case in cases(baton)} == {"timer"}
    other.close()


def test_a_date_starts_one_case(baton, now):
    publish(baton, "round", by_time("2026-03-02T12:00:00", "timeDate"))
    for hour in range(1, 6):
        now.advance(HOUR)
        work(baton)
        assert len(cases(baton)) == (hour >= 3)


def test_after_an_outage_one_case_is_started_late_and_then_in_the_old_rhythm(baton, now):
    publish(baton, "round", by_time("R/PT24H"))
    now.advance(timedelta(days=9, hours=2))
    work(baton)
    [case] = cases(baton)
    assert fired(baton, case.id)[0].late_seconds == timedelta(days=8, hours=2).total_seconds()
    now.advance(timedelta(hours=21))
    work(baton)
    assert len(cases(baton)) == 1
    now.advance(HOUR)
    work(baton)
    assert len(cases(baton)) == 2


def test_publishing_again_keeps_the_rhythm_unless_the_time_is_another(baton, now):
    publish(baton, "round", by_time("R/PT2H"))
    now.advance(HOUR)
    latest = publish(baton, "round", by_time("R/PT2H"))
    now.advance(HOUR)
    work(baton)
    assert [case.version_id for case in cases(baton)] == [latest]
    publish(baton, "round", by_time("R/PT5H"))
    now.advance(timedelta(hours=4))
    work(baton)
    assert len(cases(baton)) == 1


def test_a_case_that_can_not_be_started_is_said_and_started_late(baton, now, monkeypatch):
    publish(baton, "round", by_time("R/PT24H"))
    whole = Cases.start

    def fail(*_, **__):
        raise ValueError("the disk is full")
    monkeypatch.setattr(Cases, "start", fail)
    now.advance(timedelta(hours=24))
    work(baton)
    with baton.query() as services:
        [failing] = services.starts.failing()
    assert (failing.element, failing.missed_at, failing.reason) == (
        "Ring", now(), "the disk is full")
    monkeypatch.setattr(Cases, "start", whole)
    now.advance(timedelta(minutes=30))
    work(baton)
    assert cases(baton) == []
    now.advance(timedelta(minutes=30))
    work(baton)
    [case] = cases(baton)
    assert fired(baton, case.id)[0].late_seconds == 3600
    with baton.query() as services:
        assert services.starts.failing() == []
    now.advance(timedelta(hours=23))
    work(baton)
    assert len(cases(baton)) == 2


# --- business time -------------------------------------------------------------------------------


def calendar(baton, **how) -> None:
    """Edit the department's calendar, as its page does."""
    with baton.command() as services:
        services.people.departments.set_calendar(
            "service-desk", CalendarSpec(("Mon-Fri 09:00-17:00",), **how), by=SYSTEM)
        services.cases.calendar_changed("service-desk")
        services.starts.calendar_changed("service-desk")


@pytest.mark.parametrize("said", ["drawing", "settings"])
def test_business_hours_pass_over_the_weekend_and_days_that_are_closed(baton, now, said):
    now.set(at(6, 15))  # a Friday
    calendar(baton, closed=("2026-03-09",))
    drawing = pausing("PT16H", **({"baton__calendar": "journey"} if said == "drawing" else {}))
    steps = {} if said == "drawing" else {"Wait": StepSettings(calendar="service-desk")}
    case = start(baton, publish(baton, "pause", drawing, steps=steps))
    assert due(baton, case.id) == at(11, 15)
    for moment, then in ((at(11, 14), ["Wait"]), (at(11, 15), ["GoOn"])):
        now.set(moment)
        work(baton)
        assert waiting(baton, case.id) == then


def test_a_calendar_that_is_edited_moves_the_timers_that_count_by_it(baton, now):
    now.set(at(6, 15))
    version = publish(baton, "pause", pausing("PT16H", baton__calendar="journey"))
    case, plain = start(baton, version), start(baton, publish(baton, "plain", pausing("PT16H")))
    assert (due(baton, case.id), due(baton, plain.id)) == (at(10, 15), at(7, 7))
    now.set(at(8, 9))
    calendar(baton, closed=("2026-03-10",))
    baton.work_once()
    assert due(baton, case.id) == at(11, 15)
    now.set(at(10, 15))
    work(baton)
    assert waiting(baton, case.id) == ["Wait"]
    calendar(baton)  # open after all: it is due now
    work(baton)
    assert waiting(baton, case.id) == ["GoOn"]


def test_a_timer_in_working_days_starts_a_case(baton, now):
    publish(baton, "round", by_time("R/P2D", baton__calendar="journey"))
    begun = []
    for day in range(3, 14):
        now.set(at(day, 9))
        work(baton)
        begun += [day] * (len(cases(baton)) - len(begun))
    assert begun == [4, 6, 10, 12]
    calendar(baton, closed=("2026-03-16",))
    now.set(at(16, 9))
    work(baton)
    assert len(cases(baton)) == 4


# --- many ----------------------------------------------------------------------------------------


def test_due_timers_are_found_in_an_index_among_many_that_wait(baton, now):
    version = publish(baton, "pause", pausing("PT1H"))
    _copies(baton, start(baton, version).id, now() + timedelta(days=30))
    case = start(baton, version)
    now.advance(HOUR)
    asked = []

    def note(_connection, _cursor, sql, values, *_rest):
        if "due_at" in sql and "case_waits" in sql:
            asked.append((sql, values))
    event.listen(baton.database.engine, "before_cursor_execute", note)
    with baton.query() as services:
        found = services.cases.due_timers(100)
    event.remove(baton.database.engine, "before_cursor_execute", note)
    assert case.id in {each[0] for each in found} and len(found) == 2
    [(sql, values)] = asked
    explain = "EXPLAIN QUERY PLAN " if baton.database.is_sqlite else "EXPLAIN "
    with baton.database.engine.connect() as connection:
        plan = " ".join(str(row) for row in connection.exec_driver_sql(explain + sql, values))
    assert "ix_case_waits_due" in plan and "Seq Scan" not in plan and "SCAN" not in plan
    work(baton)
    assert waiting(baton, case.id) == ["GoOn"]


def _copies(baton, case: UUID, due_at: datetime) -> None:
    """Many more timers of a case, made by the database itself."""
    changed = {"token": "lower(hex(randomblob(16)))", "due_at": ":due", "element": "'Other'"}
    numbers = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < :many)"
    if not baton.database.is_sqlite:
        changed["token"] = "gen_random_uuid()"
        numbers = "WITH r AS (SELECT generate_series(1, :many) AS n)"
    names = [column.name for column in WaitRow.__table__.c]
    values = ", ".join(changed.get(name, name) for name in names)
    with baton.database.write() as session:
        session.execute(text(  # names and texts of this file only
            f"INSERT INTO case_waits ({', '.join(names)}) {numbers} SELECT {values} "  # noqa: S608
            "FROM r, (SELECT * FROM case_waits WHERE case_id = :case) AS like_this"),
            {"case": case.hex, "many": MANY, "due": int(due_at.timestamp()) * 1_000_000})
