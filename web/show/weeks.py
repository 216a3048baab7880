"""A working calendar as a picture: the next days, each with its open hours as bars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.worktime.calendar import WorkCalendar

_MINUTES = 24 * 60
_STEP = 5


@dataclass(frozen=True)
class Day:
    """One day: stretches are (from, to) as shares of the day 0..1, and the same as clock times."""

    day: date
    stretches: tuple[tuple[float, float], ...]
    times: tuple[str, ...]

    @property
    def closed(self) -> bool:
        """Whether nobody works that day."""
        return not self.stretches


def fortnight(calendar: WorkCalendar, now: datetime, count: int = 14) -> list[Day]:
    """The `count` days from today on in the calendar's own zone, asked of the calendar itself,
    so that what is shown is what clocks count.
    """
    first = now.astimezone(ZoneInfo(calendar.timezone)).date()
    return [_day(calendar, first + timedelta(days=offset)) for offset in range(count)]


def _day(calendar: WorkCalendar, day: date) -> Day:
    """Follow the calendar from one opening to the next through the day."""
    zone = ZoneInfo(calendar.timezone)
    start = datetime(day.year, day.month, day.day, tzinfo=zone)
    opened = [calendar.is_open(start + timedelta(minutes=minute))
              for minute in range(0, _MINUTES, _STEP)]
    stretches: list[tuple[int, int]] = []
    for index, is_open in enumerate(opened):
        at = index * _STEP
        if is_open and stretches and stretches[-1][1] == at:
            stretches[-1] = (stretches[-1][0], at + _STEP)
        elif is_open:
            stretches.append((at, at + _STEP))
    return Day(day, tuple((a / _MINUTES, b / _MINUTES) for a, b in stretches),
               tuple(f"{_clock(a)}–{_clock(b)}" for a, b in stretches))


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
