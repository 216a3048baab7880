"""From a calendar as it is stored to one to reckon with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from engine.infra.errors import Invalid
from engine.people.holidays import public_days
from engine.worktime.calendar import WorkCalendar
from engine.worktime.errors import WorktimeError

#: The years whose public holidays a calendar knows: any case that Baton may meet, old logs too.
FIRST_YEAR, LAST_YEAR = 2005, 2040


@dataclass(frozen=True)
class CalendarSpec:
    """A department's hours as people write them.

    `hours` are as "Mon-Fri 09:00-12:00"; `holidays` is a country code (or part: "DE-BY") or
    None; `closed` are ISO dates of its own; `extra` are ISO dates with times of their own,
    such as ("2026-10-10", ("09:00-13:00",)), which win over everything else.
    """

    hours: tuple[str, ...]
    holidays: str | None = None
    closed: tuple[str, ...] = ()
    extra: tuple[tuple[str, tuple[str, ...]], ...] = ()


@lru_cache(maxsize=256)
def work_calendar(spec: CalendarSpec, timezone: str) -> WorkCalendar:
    """The calendar of `spec` in the IANA zone `timezone`; the same object for the same content,
    so that what it has compiled is kept. Raises Invalid with the field that can't be read.
    """
    closed = {_day(text, "closed") for text in spec.closed}
    extra: dict[date, tuple[str, ...] | None] = {}
    if spec.holidays:
        public = public_days(spec.holidays, FIRST_YEAR, LAST_YEAR)
        # A day that the department closes itself stays closed, worked weekend or not.
        extra.update((day, None) for day in public.worked - closed)
        closed |= public.closed
    own = {_day(text, "extra"): times for text, times in spec.extra}
    extra.update(own)
    try:
        WorkCalendar.build((), timezone, extra=own)
    except WorktimeError as error:
        raise Invalid(error.message, field="extra", **error.values) from None
    try:
        calendar = WorkCalendar.build(spec.hours, timezone, closed=closed, extra=extra)
    except WorktimeError as error:
        raise Invalid(error.message, field="hours", **error.values) from None
    if not calendar.weekly_seconds:
        raise Invalid("Give at least one stretch of weekly hours, such as Mon-Fri 09:00-17:00.",
                      field="hours")
    return calendar


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid('"{text}" is no date; write it as 2026-10-01.',
                      field=field, text=text) from None
