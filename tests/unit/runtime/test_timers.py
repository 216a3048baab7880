"""When a timer is due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.runtime.errors import ModelFault
from engine.runtime.model import TimerRule
from engine.runtime.timers import Due, due, is_literal, next_cycle, set_timer
from engine.worktime.calendar import WorkCalendar

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(("text", "expected"), [
    ("PT1H", NOW + timedelta(hours=1)),
    ("P1DT2H30M", NOW + timedelta(days=1, hours=2, minutes=30)),
    ("P2W", NOW + timedelta(weeks=2)),
    ("PT0.5S", NOW + timedelta(seconds=0.5)),
    ("P1M", datetime(2026, 2, 28, 12, tzinfo=UTC)),
    ("P1Y", datetime(2027, 1, 31, 12, tzinfo=UTC)),
])
def test_durations_are_counted_from_now(text, expected):
    assert due("duration", text, NOW, "UTC") == Due(expected)


def test_a_date_without_a_zone_is_in_the_zone_of_the_journey():
    expected = datetime(2026, 4, 30, 16, tzinfo=UTC)
    assert due("date", "2026-05-01T00:00", NOW, "Asia/Shanghai").at == expected
    assert due("date", "2026-05-01", NOW, "Asia/Shanghai").at == expected
    assert due("date", date(2026, 5, 1), NOW, "Asia/Shanghai").at == expected
    assert due("date", "2026-05-01T00:00+02:00", NOW, "Asia/Shanghai").at == datetime(
        2026, 4, 30, 22, tzinfo=UTC)


def test_a_cycle_says_how_often_it_comes_again():
    assert due("cycle", "R3/PT10H", NOW, "UTC") == Due(NOW + timedelta(hours=10), 2)
    assert due("cycle", "R/P1D", NOW, "UTC").cycles_left > 1000
    assert due("cycle", "R2/2026-02-01T00:00Z/P1D", NOW, "UTC") == Due(
        datetime(2026, 2, 1, tzinfo=UTC), 1)


def test_moments_missed_during_an_outage_are_not_made_up_for():
    last = NOW
    later = NOW + timedelta(hours=25)
    assert next_cycle("R9/PT10H", last, later, 9, "UTC") == Due(NOW + timedelta(hours=30), 6)


@pytest.mark.parametrize("value", ["tomorrow", "P", "PT", "R0/PT1H", "P99999Y", 5, None])
def test_what_is_no_time_is_a_fault(value):
    with pytest.raises(ModelFault):
        due("duration", value, NOW, "UTC")


@given(st.integers(0, 400), st.integers(0, 100), st.integers(0, 100))
def test_days_hours_and_minutes_add_up(days, hours, minutes):
    text = f"P{days}DT{hours}H{minutes}M"
    assert is_literal(text)
    assert due("duration", text, NOW, "UTC").at == NOW + timedelta(
        days=days, hours=hours, minutes=minutes)


@pytest.mark.parametrize("text", ["visit_day", "'PT1H'", "now + wait"])
def test_an_expression_is_no_literal(text):
    assert not is_literal(text)


# --- cycles under any sweep ----------------------------------------------------------------------

_SWEEPS = st.lists(st.integers(1, 200_000), min_size=1, max_size=40)
_OFFICE = WorkCalendar.build(("Mon-Fri 09:00-17:00",), "Asia/Shanghai")


def swept(text: str, sweeps: list[int], calendar: WorkCalendar | None = None) -> list[datetime]:
    """What a repeating timer set at NOW was due at, each time that it fired, when the sweep comes
    after so many seconds each time."""
    row: Due | None = due("cycle", text, NOW, "UTC", calendar)
    now, fired = NOW, []
    for seconds in sweeps:
        now += timedelta(seconds=seconds)
        if row is not None and row.at <= now:
            fired.append(row.at)
            row = next_cycle(text, row.at, now, row.cycles_left, "UTC", calendar) \
                if row.cycles_left else None
            assert row is None or row.at > now
    return fired


@given(st.integers(1, 12), st.integers(60, 90_000), _SWEEPS)
def test_a_cycle_fires_once_for_each_sweep_that_finds_a_round_over(times, every, sweeps):
    rounds = [NOW + timedelta(seconds=every * number) for number in range(1, times + 1)]
    expected, last = [], NOW
    for seconds in sweeps:
        passed = [each for each in rounds if last < each <= last + timedelta(seconds=seconds)]
        expected += passed[:1]
        last += timedelta(seconds=seconds)
    assert swept(f"R{times}/PT{every}S", sweeps) == expected


@given(st.integers(1, 12), st.sampled_from(["PT30M", "PT3H", "P1D", "P1DT4H", "P1W", "P1M"]),
       st.booleans(), _SWEEPS)
def test_a_cycle_never_multiplies_nor_goes_back(times, every, by_calendar, sweeps):
    fired = swept(f"R{times}/{every}", sweeps, _OFFICE if by_calendar else None)
    assert len(fired) <= min(times, len(sweeps))
    assert fired == sorted(set(fired))


@given(st.integers(1, 12), st.sampled_from(["PT30M", "PT3H", "P1D", "P1W", "P1M"]),
       st.booleans())
def test_a_cycle_that_is_swept_in_time_fires_as_often_as_it_says(times, every, by_calendar):
    calendar = _OFFICE if by_calendar else None
    row, fired = due("cycle", f"R{times}/{every}", NOW, "UTC", calendar), []
    while row is not None:
        fired.append(row.at)
        row = next_cycle(f"R{times}/{every}", row.at, row.at, row.cycles_left, "UTC", calendar)
    assert len(fired) == times


def test_a_monthly_cycle_keeps_to_its_day():
    for rule in (TimerRule("cycle", "R5/P1M"), TimerRule("cycle", "R6/2026-01-31T20:00/P1M")):
        row, text = set_timer(rule, NOW, "Asia/Shanghai", str)
        days = []
        while row is not None:
            days.append((row.at.month, row.at.day))
            row = next_cycle(text, row.at, row.at, row.cycles_left, "Asia/Shanghai")
        assert days[-5:] == [(2, 28), (3, 31), (4, 30), (5, 31), (6, 30)]


@pytest.mark.parametrize("text", [
    f"P{'9' * 400}Y", f"PT{'0' * 300}1H", f"R{'9' * 5000}/PT1H", f"P{'9' * 200}Y",
    f"R3/PT{'9' * 40}H", f"R3/P{'9' * 200}D", f"R3/P{'9' * 40}M",
    f"R3/2020-01-01/P{'9' * 12}D", f"R3/2020-01-01/PT{'9' * 40}H"])
@pytest.mark.parametrize("calendar", [None, WorkCalendar.always()])
def test_a_monstrous_time_is_a_fault(text, calendar):
    kind = "cycle" if text.startswith("R") else "duration"
    with pytest.raises(ModelFault):
        due(kind, text, NOW, "UTC", calendar)


def test_more_rounds_than_anyone_counts_are_without_end():
    assert due("cycle", "R99999999999/PT1H", NOW, "UTC").cycles_left < 2**31


@pytest.mark.parametrize(("begun", "every", "timezone", "then"), [
    ("2026-03-01T00:00", "P1M", "Asia/Shanghai", "2026-04-01T00:00"),
    ("2026-03-28T08:00", "P1D", "Europe/Berlin", "2026-03-29T08:00"),
    ("2026-10-24T08:00", "P1D", "Europe/Berlin", "2026-10-25T08:00"),
    ("2026-10-19T08:00", "P1W", "Europe/Berlin", "2026-10-26T08:00"),
    ("2026-10-25T00:30", "PT24H", "Europe/Berlin", "2026-10-25T23:30")])
def test_days_and_months_are_those_of_the_journeys_zone(begun, every, timezone, then):
    """The clocks of Berlin are put forward on 29 March and back on 25 October."""
    start = datetime.fromisoformat(begun).replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)
    wanted = datetime.fromisoformat(then).replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)
    assert due("duration", every, start, timezone).at == wanted
    row, text = set_timer(TimerRule("cycle", f"R3/{begun}/{every}"), start, timezone, str)
    for late in (timedelta(), timedelta(minutes=5)):
        assert next_cycle(text, row.at, row.at + late, row.cycles_left, timezone).at == wanted


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(6, 20), st.floats(0.01, 40))
def test_rounds_missed_at_a_change_of_the_clocks_are_counted_one_by_one(day, hour, days):
    """Reckoned at once or one after the other, the next round is the same."""
    begun = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    text, now = f"R/{begun.isoformat()}/P1D", begun + timedelta(days=days)
    at_once = next_cycle(text, begun, now, 60, "Europe/Berlin")
    each = Due(begun, 60)
    while each is not None and each.at <= now:
        each = next_cycle(text, each.at, each.at, each.cycles_left, "Europe/Berlin")
    assert at_once == each
