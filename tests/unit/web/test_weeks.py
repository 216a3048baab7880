"""A calendar as a picture."""

from __future__ import annotations

from datetime import date

from engine.people.calendars import CalendarSpec, work_calendar
from web.show.weeks import fortnight


def test_each_day_shows_the_hours_that_clocks_count(now):
    calendar = work_calendar(CalendarSpec(("Mon-Fri 09:00-12:00", "Mon-Fri 13:00-18:00"),
                                          closed=("2026-03-03",)), "Asia/Shanghai")
    days = fortnight(calendar, now())
    assert len(days) == 14 and days[0].day == date(2026, 3, 2)
    assert days[0].times == ("09:00–12:00", "13:00–18:00")
    assert days[0].stretches == ((0.375, 0.5), (13 / 24, 0.75))
    assert days[1].closed and days[5].closed and not days[7].closed
