"""Dates, times and durations of FEEL as values: years and months apart from days and seconds."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

_DAYS = re.compile(r"(-)?P(?=.)(?:(\d+)W)?(?:(\d+)D)?"
                   r"(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")
_MONTHS = re.compile(r"(-)?P(?=.)(?:(\d+)Y)?(?:(\d+)M)?")


@dataclass(frozen=True, order=True)
class Months:
    """A duration of years and months: how many days it has depends on where it begins."""

    count: int


def duration(text: str) -> timedelta | Months:
    """`P1DT2H` or `P1Y6M`. Raises ValueError for what is neither."""
    months = _MONTHS.fullmatch(text)
    if months:
        count = 12 * int(months[2] or 0) + int(months[3] or 0)
        return Months(-count if months[1] else count)
    days = _DAYS.fullmatch(text)
    if not days:
        raise ValueError(text)
    weeks, whole, hours, minutes = (int(days[i] or 0) for i in range(2, 6))
    found = timedelta(weeks=weeks, days=whole, hours=hours, minutes=minutes,
                      seconds=float(days[6] or 0))
    return -found if days[1] else found


def moment(text: str, zone: tzinfo) -> datetime:
    """A date and time; without an offset it is in `zone`. Raises ValueError."""
    found = datetime.fromisoformat(re.sub(r"@[\w/]+$", "", text))
    return found if found.tzinfo else found.replace(tzinfo=zone)


def add_months(day: date, months: Months) -> date:
    """`day` so many months later, or the last day of a shorter month. Raises ValueError."""
    year, month = divmod(day.year * 12 + day.month - 1 + months.count, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))


def iso_duration(value: timedelta | Months) -> str:
    """A duration as ISO 8601 writes it."""
    if isinstance(value, Months):
        years, months = divmod(abs(value.count), 12)
        sign = "-" if value.count < 0 else ""
        return f"{sign}P{f'{years}Y' if years else ''}{f'{months}M' if months or not years else ''}"
    sign, span = ("-", -value) if value < timedelta() else ("", value)
    minutes, seconds = divmod(span.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    clock = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if n)
    days = f"{span.days}D" if span.days else ""
    return f"{sign}P{days}{f'T{clock}' if clock else ''}" if days or clock else "PT0S"


def clock_time(text: str) -> time:
    """A time of day. Raises ValueError."""
    return time.fromisoformat(text)
