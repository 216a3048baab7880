"""Holidays of a country, and the working weekends that pay for them in China."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from engine.infra.errors import Invalid
from engine.people.holidays import public_days
from engine.worktime.calendar import WorkCalendar


def test_china_closes_for_its_festivals_and_works_swapped_weekends() -> None:
    days = public_days("CN", 2025, 2026)
    assert date(2026, 2, 17) in days.closed
    assert date(2026, 2, 14) in days.worked  # a Saturday
    assert date(2026, 2, 14) not in days.closed
    assert {day.year for day in days.closed} == {2025, 2026}


def test_a_swapped_saturday_counts_as_a_working_day() -> None:
    days = public_days("CN", 2026, 2026)
    calendar = WorkCalendar.build(["Mon-Fri 09:00-18:00"], "Asia/Shanghai", closed=days.closed,
                                  extra=dict.fromkeys(days.worked))
    friday = calendar.next_open(_shanghai(2026, 2, 13))
    assert calendar.add_days(friday, 1) == calendar.next_open(_shanghai(2026, 2, 14))
    assert calendar.next_open(_shanghai(2026, 2, 16)) == calendar.next_open(_shanghai(2026, 2, 24))


def test_years_china_has_not_announced_fall_back_to_the_days_known_by_law() -> None:
    days = public_days("CN", 2040, 2040)
    assert {date(2040, 1, 1), date(2040, 5, 1), date(2040, 10, 1)} <= days.closed
    assert days.worked == frozenset()


def test_parts_of_a_country_have_their_own_holidays() -> None:
    epiphany = date(2026, 1, 6)
    assert epiphany in public_days("de-by", 2026, 2026).closed
    assert epiphany not in public_days("DE", 2026, 2026).closed


def test_no_country_has_no_holidays() -> None:
    assert public_days("", 2026, 2030).closed == frozenset()


@pytest.mark.parametrize("country", ["XX", "DE-QQ", "China", "../x"])
def test_an_unknown_country_is_named(country: str) -> None:
    with pytest.raises(Invalid, match="country code"):
        public_days(country, 2026, 2026)


def _shanghai(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=ZoneInfo("Asia/Shanghai"))
