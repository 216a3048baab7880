"""Public holidays by country, and China's weekends that are worked in exchange for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

import chinese_calendar
from holidays import country_holidays

from engine.infra.errors import Invalid


@dataclass(frozen=True)
class PublicDays:
    """The dates on which a country's calendar departs from its week."""

    closed: frozenset[date]
    #: Weekend days that are worked (China swaps them for longer holidays).
    worked: frozenset[date] = frozenset()


def public_days(country: str, first_year: int, last_year: int) -> PublicDays:
    """Closed and swapped dates of the years `first_year` to `last_year`, both included.

    `country` is an ISO 3166 code, with a part of the country where its holidays differ
    ("CN", "DE", "DE-BY", "US-CA"); "" has no holidays. Raises Invalid for an unknown one.
    """
    years = [_days_of(country.strip().upper(), year) for year in range(first_year, last_year + 1)]
    return PublicDays(frozenset().union(*(year.closed for year in years)),
                      frozenset().union(*(year.worked for year in years)))


@cache
def _days_of(country: str, year: int) -> PublicDays:
    if not country:
        return PublicDays(frozenset())
    if country in ("CN", "CHN") and _is_announced(year):
        return PublicDays(
            frozenset(day for day in chinese_calendar.holidays if day.year == year),
            frozenset(day for day in chinese_calendar.workdays if day.year == year))
    code, _, part = country.partition("-")
    try:
        days = country_holidays(code, subdiv=part or None, years=year)
    except NotImplementedError:
        raise Invalid('There are no holidays for "{country}"; give a country code such as CN, '
                      "DE or DE-BY, or leave it empty.", country=country,
                      field="holidays") from None
    # Beyond the years that China has announced, `holidays` knows the days off but the worked
    # weekends of some years only.
    worked = getattr(days, "weekend_workdays", ())
    return PublicDays(frozenset(days), frozenset(day for day in worked if day.year == year))


def _is_announced(year: int) -> bool:
    """China announces each year the autumn before; National Day stands in every such list."""
    return date(year, 10, 1) in chinese_calendar.holidays
