"""Clocks on the cases that broke the clocks of others (research/peers.md, part e)."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.sla import clocks
from engine.sla.standards import parse_standards
from engine.worktime.calendar import WorkCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = ["Mon-Fri 09:00-12:00", "Mon-Fri 13:00-18:00"]
#: Wednesday 4 March is a holiday here.
OFFICE = WorkCalendar.build(HOURS, "Asia/Shanghai", closed=[date(2026, 3, 4)])


def at(day, hour, minute=0, month=3):
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


def begin(target, when, calendar=OFFICE):
    standard, = parse_standards([{"key": "s", "target": target, "warn": [50]}])
    return clocks.begin(standard, calendar, id=uuid4(), case=uuid4(), at=when)


def test_created_outside_hours_the_time_begins_with_the_next_opening():
    clock = begin("2 business hours", at(6, 20))  # Friday evening
    assert clock.due_at == at(9, 11)
    assert clocks.used(clock, at(8, 12), OFFICE) == 0


def test_a_business_day_is_not_eight_business_hours():
    assert begin("1 business day", at(2, 15)).due_at == at(3, 15)
    assert begin("8 business hours", at(2, 16)).due_at == at(3, 16)
    assert begin("1 business day", at(3, 15)).due_at == at(5, 15), "the holiday is no working day"
    assert begin("24 business hours", at(2, 9)).due_at == at(5, 18)


def test_a_day_on_the_wall_clock_is_24_hours_whatever_the_office_does():
    always = WorkCalendar.always()
    assert begin("1 day", at(3, 15), always).due_at == at(4, 15)


def test_a_hold_entered_on_a_holiday_costs_nothing_and_gives_nothing():
    clock = begin("4 business hours", at(3, 17))
    held = clocks.pause(clock, at(4, 10), "Wait", OFFICE)
    assert held.used_seconds == 3600 and held.due_at is None
    again = clocks.resume(held, at(4, 16), OFFICE)
    assert again.due_at == begin("4 business hours", at(3, 17)).due_at == at(5, 12)


def test_a_paused_clock_keeps_what_it_has_left():
    held = clocks.pause(begin("4 business hours", at(2, 9)), at(2, 10), "Wait", OFFICE)
    assert clocks.time_left(held, at(9, 10), OFFICE) == 3 * 3600
    assert not clocks.is_breached(held, at(9, 10))
    assert clocks.resume(held, at(9, 10), OFFICE).due_at == at(9, 14)


def test_a_pause_that_ends_at_night_runs_on_in_the_morning():
    held = clocks.pause(begin("4 business hours", at(2, 9)), at(2, 10), "Wait", OFFICE)
    again = clocks.resume(held, at(2, 23), OFFICE)
    assert again.due_at == at(3, 12)


def test_done_exactly_at_the_due_moment_is_done_in_time():
    clock = begin("2 business hours", at(2, 9))
    assert clocks.finish(clock, at(2, 11), OFFICE).state == clocks.MET
    late = clocks.finish(clock, at(2, 11) + timedelta(microseconds=1), OFFICE)
    assert late.state == clocks.MISSED and late.breached_at == at(2, 11)


def test_a_breach_stays_one_whatever_comes_after():
    clock = begin("2 business hours", at(2, 9))
    held = clocks.pause(clock, at(2, 15), "Wait", OFFICE)
    assert held.breached_at == held.due_at == at(2, 11)
    done = clocks.finish(clocks.resume(held, at(3, 9), OFFICE), at(3, 10), OFFICE)
    assert (done.state, done.breached_at) == (clocks.MISSED, at(2, 11))
    assert done.used_seconds == (5 + 1) * 3600
    gone = clocks.cancel(held, at(3, 9), OFFICE)
    assert (gone.state, gone.breached_at) == (clocks.CANCELLED, at(2, 11))


def test_warnings_have_moments_in_working_time():
    clock = begin("8 business hours", at(2, 16))
    assert clocks.moments(clock, (50,), OFFICE) == {
        50: at(3, 11), 100: at(3, 16) + timedelta(microseconds=1)}


def test_nobody_knows_when_a_paused_clock_will_warn():
    held = clocks.pause(begin("8 business hours", at(2, 9)), at(2, 10), "Wait", OFFICE)
    assert clocks.moments(held, (50,), OFFICE) == {}
    late = clocks.pause(begin("8 business hours", at(2, 9)), at(2, 17), "Wait", OFFICE)
    assert clocks.moments(late, (50,), OFFICE) == {50: at(2, 17)}, "passed, though not yet told"


def test_two_targets_do_not_disturb_each_other():
    long, short = begin("8 business hours", at(2, 9)), begin("2 business hours", at(2, 9))
    assert clocks.is_breached(short, at(2, 14)) and not clocks.is_breached(long, at(2, 14))


@pytest.mark.parametrize(("target", "due_hour"), [("24 hours", 11), ("1 business day", 10)])
def test_the_hour_that_summer_time_takes_is_no_time_on_the_wall_and_no_work(target, due_hour):
    berlin = ZoneInfo("Europe/Berlin")
    office = WorkCalendar.build(["24x7"], "Europe/Berlin") if "business" in target \
        else WorkCalendar.always()
    start = datetime(2026, 3, 28, 10, tzinfo=berlin)  # the clocks go forward that night
    due = begin(target, start.astimezone(UTC), office).due_at
    assert due.astimezone(berlin) == datetime(2026, 3, 29, due_hour, tzinfo=berlin)


def test_a_hold_over_the_change_of_time_takes_nothing():
    berlin = ZoneInfo("Europe/Berlin")
    office = WorkCalendar.build(["Mon-Fri 09:00-17:00"], "Europe/Berlin")
    friday, monday = (datetime(2026, 3, day, 10, tzinfo=berlin) for day in (27, 30))
    held = clocks.pause(begin("4 business hours", friday - timedelta(hours=1), office),
                        friday, "Wait", office)
    assert clocks.resume(held, monday, office).due_at == monday + timedelta(hours=3)


def test_facts_with_an_earlier_moment_never_turn_a_clock_back():
    held = clocks.pause(begin("4 business hours", at(2, 10)), at(2, 9), "Wait", OFFICE)
    assert held.since == at(2, 10) and held.used_seconds == 0


SECONDS = st.integers(0, 20 * 86_400)


@given(SECONDS, st.lists(SECONDS, max_size=8))
def test_pauses_never_make_or_lose_time(start, gaps):
    """However often it stands: what it used and what is left make up its target."""
    now = at(2, 0) + timedelta(seconds=start)
    clock = begin("16 business hours", now)
    running = 0.0
    for number, gap in enumerate(gaps):
        then, now = now, now + timedelta(seconds=gap)
        if number % 2 == 0:
            running += OFFICE.between(then, now)
            clock = clocks.pause(clock, now, "Wait", OFFICE)
        else:
            clock = clocks.resume(clock, now, OFFICE)
        assert clocks.used(clock, now, OFFICE) == pytest.approx(running)
        # A promise for closing time is broken in the evening, though no working time has passed.
        broken = clocks.is_breached(clock, now)
        assert broken if running > clock.target_seconds else True
        assert running >= clock.target_seconds if broken else True
        if clock.due_at is not None and clock.breached_at is None:
            assert clock.due_at >= now
            assert OFFICE.between(now, clock.due_at) == pytest.approx(
                clocks.time_left(clock, now, OFFICE))
