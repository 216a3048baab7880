"""Business time, as a person with a wall calendar would count it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from threading import Thread
from zoneinfo import ZoneInfo

import pytest

from engine.worktime.calendar import WorkCalendar
from engine.worktime.errors import BadHours, NoWorkingTime, OutOfRange
from engine.worktime.span import Span, due

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = ["Mon-Fri 09:00-12:00", "Mon-Fri 13:00-18:00"]
HOUR = 3600.0


def shanghai(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


@pytest.fixture
def office() -> WorkCalendar:
    return WorkCalendar.build(HOURS, "Asia/Shanghai")


def test_two_hours_before_lunch_end_after_lunch(office: WorkCalendar) -> None:
    assert office.add(shanghai(3, 2, 11), 2 * HOUR) == shanghai(3, 2, 14)


def test_time_that_runs_out_at_closing_ends_at_closing(office: WorkCalendar) -> None:
    assert office.add(shanghai(3, 2, 16), 2 * HOUR) == shanghai(3, 2, 18)


def test_work_that_comes_at_night_starts_counting_in_the_morning(office: WorkCalendar) -> None:
    assert office.add(shanghai(3, 6, 22), 2 * HOUR) == shanghai(3, 9, 11)
    assert office.between(shanghai(3, 6, 22), shanghai(3, 9, 11)) == 2 * HOUR


def test_between_counts_backwards_below_zero(office: WorkCalendar) -> None:
    assert office.between(shanghai(3, 3, 9), shanghai(3, 2, 17)) == -HOUR


def test_nothing_added_moves_nothing(office: WorkCalendar) -> None:
    assert office.add(shanghai(3, 7, 3), 0) == shanghai(3, 7, 3)


def test_a_closed_date_takes_no_time() -> None:
    calendar = WorkCalendar.build(HOURS, "Asia/Shanghai", closed=[date(2026, 3, 3)])
    assert calendar.add(shanghai(3, 2, 17), 2 * HOUR) == shanghai(3, 4, 10)
    assert not calendar.is_open(shanghai(3, 3, 10))


def test_a_swapped_saturday_works_the_usual_hours_even_if_also_closed() -> None:
    calendar = WorkCalendar.build(HOURS, "Asia/Shanghai", closed=[date(2026, 2, 14)],
                                  extra={date(2026, 2, 14): None})
    assert calendar.between(shanghai(2, 14, 0), shanghai(2, 15, 0)) == 8 * HOUR


def test_an_extra_date_can_have_hours_of_its_own() -> None:
    calendar = WorkCalendar.build(HOURS, "Asia/Shanghai",
                                  extra={date(2026, 3, 7): ["10:00-11:30"]})
    assert calendar.next_open(shanghai(3, 7, 8)) == shanghai(3, 7, 10)
    assert calendar.between(shanghai(3, 7, 0), shanghai(3, 8, 0)) == 1.5 * HOUR


def test_open_includes_opening_and_excludes_closing(office: WorkCalendar) -> None:
    assert office.is_open(shanghai(3, 2, 9))
    assert not office.is_open(shanghai(3, 2, 12))
    assert office.next_open(shanghai(3, 2, 12)) == shanghai(3, 2, 13)
    assert office.next_open(shanghai(3, 2, 10)) == shanghai(3, 2, 10)


def test_a_calendar_that_never_closes_counts_wall_clock_time() -> None:
    start = datetime(2026, 3, 28, 12, tzinfo=UTC)
    for calendar in (WorkCalendar.always(), WorkCalendar.build(["24x7"], "Europe/Berlin")):
        assert calendar.add(start, 48 * HOUR) == start + timedelta(hours=48)
        assert calendar.between(start, start + timedelta(days=400)) == 400 * 24 * HOUR


def test_a_night_shift_runs_through_midnight_and_the_hour_that_comes_twice() -> None:
    nights = WorkCalendar.build(["Sat 22:00-06:00"], "Europe/Berlin")
    berlin = ZoneInfo("Europe/Berlin")
    ordinary = datetime(2026, 10, 17, 12, tzinfo=berlin)
    longer = datetime(2026, 10, 24, 12, tzinfo=berlin)
    shorter = datetime(2026, 3, 28, 12, tzinfo=berlin)
    day = timedelta(days=1)
    assert nights.between(ordinary, ordinary + day) == 8 * HOUR
    assert nights.between(longer, longer + day) == 9 * HOUR
    assert nights.between(shorter, shorter + day) == 7 * HOUR


@pytest.mark.parametrize(("zone", "before", "after"), [
    ("Europe/Berlin", (2026, 3, 27), (2026, 3, 30)),
    ("America/New_York", (2026, 3, 6), (2026, 3, 9)),
    ("Europe/Berlin", (2026, 10, 23), (2026, 10, 26)),
    ("America/New_York", (2026, 10, 30), (2026, 11, 2)),
])
def test_office_hours_keep_their_wall_clock_when_the_clocks_change(
        zone: str, before: tuple[int, int, int], after: tuple[int, int, int]) -> None:
    calendar = WorkCalendar.build(["Mon-Fri 09:00-17:00"], zone)
    friday = datetime(*before, 16, tzinfo=ZoneInfo(zone))
    monday = datetime(*after, 10, tzinfo=ZoneInfo(zone))
    assert calendar.add(friday, 2 * HOUR) == monday
    assert calendar.add_days(monday - timedelta(days=3), 1) == monday


def test_a_skipped_date_has_no_hours() -> None:
    samoa = WorkCalendar.build(["Mon-Sun 09:00-17:00"], "Pacific/Apia")
    zone = ZoneInfo("Pacific/Apia")  # 30 December 2011 did not happen there
    assert samoa.between(datetime(2011, 12, 29, 9, tzinfo=zone),
                         datetime(2012, 1, 1, 9, tzinfo=zone)) == 16 * HOUR


@pytest.mark.parametrize(("start", "end"), [
    (shanghai(3, 2, 10, 30), shanghai(3, 3, 10, 30)),
    (shanghai(3, 6, 15), shanghai(3, 9, 15)),           # Friday to Monday
    (shanghai(3, 7, 15), shanghai(3, 10, 9)),           # Saturday counts from Monday, 9:00
    (shanghai(3, 2, 20), shanghai(3, 4, 9)),            # after closing: from Tuesday, 9:00
    (shanghai(3, 2, 7), shanghai(3, 3, 9)),
    (shanghai(3, 2, 12, 30), shanghai(3, 3, 13)),       # lunch: from one o'clock
])
def test_one_business_day_ends_at_the_same_time_on_the_next_working_day(
        office: WorkCalendar, start: datetime, end: datetime) -> None:
    assert office.add_days(start, 1) == end


def test_a_business_day_that_would_end_after_closing_ends_at_closing() -> None:
    calendar = WorkCalendar.build(["Mon-Thu 09:00-17:00", "Fri 10:00-12:00"], "Asia/Shanghai")
    assert calendar.add_days(shanghai(3, 5, 16), 1) == shanghai(3, 6, 12)
    assert calendar.add_days(shanghai(3, 5, 9, 30), 1) == shanghai(3, 6, 10)


def test_a_business_day_is_not_24_business_hours(office: WorkCalendar) -> None:
    monday = shanghai(3, 2, 10)
    assert due(monday, Span.parse("1 business day"), office) == shanghai(3, 3, 10)
    assert due(monday, Span.parse("24 business hours"), office) == shanghai(3, 5, 10)
    assert due(monday, Span.parse("P1D"), office) == shanghai(3, 3, 10)


def test_business_days_skip_closed_dates_and_take_swapped_ones() -> None:
    calendar = WorkCalendar.build(HOURS, "Asia/Shanghai", closed=[date(2026, 3, 9)],
                                  extra={date(2026, 3, 7): None})
    assert calendar.add_days(shanghai(3, 6, 11), 1) == shanghai(3, 7, 11)
    assert calendar.add_days(shanghai(3, 6, 11), 2) == shanghai(3, 10, 11)


def test_an_empty_calendar_says_so_instead_of_searching_for_ever() -> None:
    empty = WorkCalendar.build([], "UTC")
    at = shanghai(3, 2, 9)
    for ask in (lambda: empty.add(at, 1), lambda: empty.next_open(at),
                lambda: empty.add_days(at, 1)):
        with pytest.raises(NoWorkingTime):
            ask()
    assert empty.between(at, at + timedelta(days=9)) == 0
    assert empty.weekly_seconds == 0


def test_single_open_dates_run_out() -> None:
    calendar = WorkCalendar.build([], "Asia/Shanghai", extra={date(2027, 3, 2): ["09:00-10:00"]})
    assert calendar.add(shanghai(3, 2, 9), HOUR) == datetime(2027, 3, 2, 10, tzinfo=SHANGHAI)
    for ask in (lambda: calendar.add(shanghai(3, 2, 9), HOUR + 1),
                lambda: calendar.add_days(shanghai(3, 2, 9), 1)):
        with pytest.raises(NoWorkingTime):
            ask()


def test_far_away_years_are_refused() -> None:
    office = WorkCalendar.build(HOURS, "UTC")
    with pytest.raises(OutOfRange):
        office.between(datetime(1, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(OutOfRange):
        office.add(datetime(2026, 1, 1, tzinfo=UTC), 1e10)


def test_earlier_and_later_years_give_the_same_answers_in_any_order() -> None:
    moments = [datetime(year, 6, 1, 10, tzinfo=UTC) for year in (2026, 2013, 2031, 2020)]
    used = WorkCalendar.build(HOURS, "Europe/Berlin")
    for one in moments:
        for other in moments:
            fresh = WorkCalendar.build(HOURS, "Europe/Berlin")
            assert used.between(one, other) == fresh.between(one, other)
            assert used.add(one, 5e6) == fresh.add(one, 5e6)


def test_threads_may_share_one_calendar() -> None:
    shared = WorkCalendar.build(HOURS, "Europe/Berlin")
    wrong: list[int] = []

    def ask(year: int) -> None:
        for _ in range(50):
            got = shared.between(datetime(year, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
            if got <= 0:
                wrong.append(year)

    threads = [Thread(target=ask, args=(year,)) for year in range(1990, 2020, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_naive_moments_are_refused(office: WorkCalendar) -> None:
    with pytest.raises(TypeError):
        office.add(datetime(2026, 3, 2, 9), 1)  # noqa: DTZ001


def test_equal_calendars_are_equal_after_use(office: WorkCalendar) -> None:
    office.is_open(shanghai(3, 2, 9))
    assert office == WorkCalendar.build(HOURS, "Asia/Shanghai")
    assert hash(office) == hash(WorkCalendar.build(HOURS, "Asia/Shanghai"))


@pytest.mark.parametrize("line", [
    "", "Mon", "Mon-Fri", "Monday 09:00-17:00", "Mon 9-17", "Mon 09:00-25:00", "Mon 09:60-10:00",
    "Mon 09:00-09:00", "Mon 24:00-08:00", "Mo-Fr 09:00-17:00", "Mon 08:00-24:30",
])
def test_hours_that_cannot_be_read_are_named(line: str) -> None:
    with pytest.raises(BadHours) as error:
        WorkCalendar.build([line], "UTC")
    assert f'"{line}"' in str(error.value)


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "America", "/etc/passwd"])
def test_unknown_time_zones_are_named(zone: str) -> None:
    with pytest.raises(BadHours, match="time zone"):
        WorkCalendar.build(HOURS, zone)


def test_days_and_times_can_be_listed() -> None:
    one = WorkCalendar.build(["Fri-Mon,Wed 09:00-12:00, 11:00-13:00"], "UTC")
    assert one.week == (((540, 780),), (), ((540, 780),), (), ((540, 780),), ((540, 780),),
                        ((540, 780),))


def test_the_hours_of_one_date_end_by_midnight() -> None:
    with pytest.raises(BadHours):
        WorkCalendar.build(HOURS, "UTC", extra={date(2026, 3, 7): ["22:00-06:00"]})
