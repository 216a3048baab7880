"""What holds for every calendar, tried on many, beside a slow and obvious oracle."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.worktime.calendar import WorkCalendar

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Shanghai",
         "Australia/Lord_Howe", "Asia/Kathmandu"]
#: Around the days on which clocks change in Europe and America (Brazil's did so at midnight).
CHANGES = [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC),
           datetime(2026, 3, 8, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC),
           datetime(2018, 11, 4, tzinfo=UTC), datetime(2019, 2, 17, tzinfo=UTC)]

clock_times = st.integers(0, 96).map(lambda quarter: (quarter // 4, quarter % 4 * 15))
windows = st.tuples(clock_times, clock_times).filter(lambda pair: pair[0] < pair[1])


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    hours = [f"{day} {start[0]:02}:{start[1]:02}-{end[0]:02}:{end[1]:02}"
             for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
             for start, end in draw(st.lists(windows, max_size=2))]
    near = draw(st.sampled_from(CHANGES)).date()
    dates = st.integers(-5, 5).map(lambda days: near + timedelta(days=days))
    return WorkCalendar.build([*hours, "Wed 09:00-12:00"], draw(st.sampled_from(ZONES)),
                              closed=draw(st.sets(dates, max_size=3)),
                              extra=dict.fromkeys(draw(st.sets(dates, max_size=2))))


@st.composite
def moments(draw: st.DrawFn) -> datetime:
    seconds = draw(st.floats(-6 * 86400, 6 * 86400, allow_nan=False))
    return draw(st.sampled_from(CHANGES)) + timedelta(seconds=seconds)


amounts = st.floats(0.000001, 40 * 3600)


def open_by_the_wall(calendar: WorkCalendar, at: datetime) -> bool:
    local = at.astimezone(ZoneInfo(calendar.timezone))
    minute = local.hour * 60 + local.minute
    day: date = local.date()
    hours = dict(calendar.extra).get(
        day, () if day in calendar.closed else calendar.week[day.weekday()])
    return any(start <= minute < end for start, end in hours)


@given(calendars(), st.sampled_from(CHANGES), st.integers(-3000, 3000), st.integers(0, 3000))
@settings(max_examples=40, deadline=None)
def test_between_agrees_with_counting_minute_by_minute(
        calendar: WorkCalendar, near: datetime, first: int, length: int) -> None:
    start = near + timedelta(minutes=first)
    slow = sum(open_by_the_wall(calendar, start + timedelta(minutes=minute))
               for minute in range(length))
    assert calendar.between(start, start + timedelta(minutes=length)) == slow * 60
    assert calendar.is_open(start) == open_by_the_wall(calendar, start)


@given(calendars(), moments(), amounts)
@settings(deadline=None)
def test_what_was_added_lies_between(calendar: WorkCalendar, start: datetime,
                                     amount: float) -> None:
    end = calendar.add(start, amount)
    assert abs(calendar.between(start, end) - amount) <= 1e-6
    # and not a microsecond earlier
    assert calendar.between(start, end - timedelta(microseconds=1)) < amount + 5e-7


@given(calendars(), moments(), moments(), moments())
@settings(deadline=None)
def test_time_is_the_sum_of_its_parts(calendar: WorkCalendar, one: datetime, two: datetime,
                                      three: datetime) -> None:
    whole = calendar.between(one, three)
    assert abs(calendar.between(one, two) + calendar.between(two, three) - whole) < 1e-6


@given(calendars(), moments(), amounts, amounts)
@settings(deadline=None)
def test_adding_twice_is_adding_the_sum(calendar: WorkCalendar, start: datetime, one: float,
                                        two: float) -> None:
    one, two = round(one, 6), round(two, 6)
    assert abs(calendar.between(calendar.add(start, one + two),
                                calendar.add(calendar.add(start, one), two))) <= 2e-6


@given(calendars(), moments(), moments(), amounts, st.integers(1, 9))
@settings(deadline=None)
def test_who_starts_earlier_is_never_due_later(calendar: WorkCalendar, one: datetime,
                                               two: datetime, amount: float, days: int) -> None:
    first, second = sorted((one, two))
    assert calendar.add(first, amount) <= calendar.add(second, amount)
    assert calendar.next_open(first) <= calendar.next_open(second)


@given(calendars(), moments(), st.integers(1, 9))
@settings(deadline=None)
def test_business_days_end_within_or_at_the_end_of_working_time(
        calendar: WorkCalendar, start: datetime, days: int) -> None:
    end = calendar.add_days(start, days)
    assert end > start
    if days > 1:
        assert end > calendar.add_days(start, days - 1)
    zone = ZoneInfo(calendar.timezone)
    if not any(abs(end - change) < timedelta(days=2) for change in CHANGES):
        assert calendar.is_open(end) or calendar.is_open(end - timedelta(microseconds=1))
    assert end.astimezone(zone).date() > start.astimezone(zone).date()


@given(calendars(), moments())
@settings(deadline=None)
def test_the_next_opening_is_open_and_nothing_before_it_is(calendar: WorkCalendar,
                                                           at: datetime) -> None:
    opens = calendar.next_open(at)
    assert calendar.is_open(opens)
    assert calendar.between(at, opens) == 0
