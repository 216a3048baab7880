"""From stored hours to a calendar."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from engine.infra.errors import Invalid
from engine.people.calendars import CalendarSpec, work_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = ("Mon-Fri 09:00-18:00",)


def _open(spec: CalendarSpec, *day: int) -> bool:
    return work_calendar(spec, "Asia/Shanghai").is_open(datetime(*day, 10, tzinfo=SHANGHAI))


def test_china_rests_on_national_day_and_works_the_swapped_weekend() -> None:
    spec = CalendarSpec(HOURS, "CN")
    assert not _open(spec, 2025, 10, 1)
    assert _open(spec, 2025, 9, 28)  # a Sunday worked for it
    assert not _open(CalendarSpec(HOURS), 2025, 9, 28)


def test_a_day_closed_by_the_department_stays_closed_though_the_country_works() -> None:
    assert not _open(CalendarSpec(HOURS, "CN", closed=("2025-09-28",)), 2025, 9, 28)


def test_an_extra_day_is_open_at_its_own_hours_on_a_holiday_too() -> None:
    spec = CalendarSpec(HOURS, "CN", extra=(("2025-10-01", ("09:00-12:00",)),))
    assert _open(spec, 2025, 10, 1)
    at_two = datetime(2025, 10, 1, 14, tzinfo=SHANGHAI)
    assert not work_calendar(spec, "Asia/Shanghai").is_open(at_two)


@pytest.mark.parametrize(("spec", "field"), [
    (CalendarSpec(("Moonday 09:00-18:00",)), "hours"),
    (CalendarSpec(()), "hours"),
    (CalendarSpec(HOURS, "XX"), "holidays"),
    (CalendarSpec(HOURS, closed=("yesterday",)), "closed"),
    (CalendarSpec(HOURS, extra=(("2025-10-01", ("9 to 5",)),)), "extra"),
])
def test_what_cannot_be_read_is_named_by_its_field(spec: CalendarSpec, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        work_calendar(spec, "UTC")
    assert caught.value.field == field


def test_the_same_content_is_the_same_calendar() -> None:
    assert work_calendar(CalendarSpec(HOURS), "UTC") is work_calendar(CalendarSpec(HOURS), "UTC")
