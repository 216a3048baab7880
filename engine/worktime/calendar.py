"""A department's working calendar, and arithmetic in the time that it is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.worktime.errors import BadHours, NoWorkingTime, OutOfRange
from engine.worktime.hours import ALL_DAY, Week, Windows, parse_day, parse_week
from engine.worktime.intervals import MINUTE, SECOND, Line, micros, moment, open_intervals

#: Calendars cover these years; beyond them every question is an OutOfRange, never a long search.
FIRST_YEAR, LAST_YEAR = 1900, 2199

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class WorkCalendar:
    """When work is done: weekly hours in a time zone, closed dates, and extra open dates.

    A moment is open when the wall clock in `timezone` lies within the hours of that local
    date. Moments given must be aware; moments returned are UTC. Safe to share between threads.
    """

    timezone: str
    week: Week
    closed: frozenset[date] = frozenset()
    #: Dates with hours of their own, such as China's swapped working days; they win over `closed`.
    extra: tuple[tuple[date, Windows], ...] = ()
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _days: dict[int, Windows] = field(init=False, repr=False, compare=False)
    _years: dict[int, list[tuple[int, int]]] = field(init=False, repr=False, compare=False)
    _line: Line = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        days: dict[int, Windows] = {_day_number(day): () for day in self.closed}
        days.update((_day_number(day), windows) for day, windows in self.extra)
        object.__setattr__(self, "_zone", _zone(self.timezone))
        object.__setattr__(self, "_days", days)
        object.__setattr__(self, "_years", {})
        object.__setattr__(self, "_line", Line(0, 0, ()))

    @classmethod
    def build(
        cls, hours: Iterable[str], timezone: str, *, closed: Iterable[date] = (),
        extra: Mapping[date, Sequence[str] | None] | None = None,
    ) -> WorkCalendar:
        """A calendar from hours as people write them ("Mon-Fri 09:00-12:00", or "24x7").

        `extra` maps dates to their times (["09:00-13:00"]); None stands for the hours of the
        week's first working day. Raises BadHours.
        """
        week = parse_week(hours)
        usual = next((windows for windows in week if windows), ())
        dates = {day: usual if times is None else parse_day(times)
                 for day, times in (extra or {}).items()}
        return cls(timezone, week, frozenset(closed), tuple(sorted(dates.items())))

    @classmethod
    def always(cls, timezone: str = "UTC") -> WorkCalendar:
        """The calendar that never closes: its business time is wall-clock time."""
        return cls(timezone, (ALL_DAY,) * 7)

    @property
    def weekly_seconds(self) -> int:
        """Open seconds of an ordinary week; 0 when nothing but single dates is open, if that."""
        return sum(end - start for windows in self.week for start, end in windows) * 60

    def add(self, start: datetime, seconds: float) -> datetime:
        """The first moment by which `seconds` (0 or more) of open time have passed since `start`.

        So two hours before closing plus two hours is closing time, not the next opening.
        Raises NoWorkingTime when the calendar never has that much, OutOfRange past its years.
        """
        at, amount = micros(start), round(seconds * SECOND)
        if amount <= 0:
            if amount < 0:
                raise ValueError("time can only be added forwards")
            return moment(at)
        line = self._line
        if not line.low <= at < line.high:
            line = self._cover(at, at)
        total = line.open_before(at) + amount
        while (reached := line.reached(total)) is None:
            line = self._further(line)
            # Growing at the far end keeps `low`, so that `total` still counts from there.
        return moment(reached)

    def between(self, start: datetime, end: datetime) -> float:
        """Open seconds from `start` to `end`; negative when `end` comes first."""
        first, last = micros(start), micros(end)
        line = self._line
        if not (line.low <= first < line.high and line.low <= last < line.high):
            line = self._cover(min(first, last), max(first, last))
        return (line.open_before(last) - line.open_before(first)) / SECOND

    def is_open(self, at: datetime) -> bool:
        """Whether work is done at `at`; the moment of closing is closed."""
        now = micros(at)
        return self._cover(now, now).next_open(now) == now

    def next_open(self, at: datetime) -> datetime:
        """`at` itself when open, else the next opening. Raises NoWorkingTime, OutOfRange."""
        now = micros(at)
        line = self._cover(now, now)
        while (opens := line.next_open(now)) is None:
            line = self._further(line)
        return moment(opens)

    def add_days(self, start: datetime, days: int) -> datetime:
        """The same local time of day, `days` (1 or more) working days later.

        A working day is a local date with any open hours. A `start` outside hours counts from
        the next opening. Where the last day is closed at that time of day, the moment falls
        back to the closing before it, or, before the day's first opening, waits for that.
        Raises NoWorkingTime, OutOfRange.
        """
        if days < 1:
            raise ValueError("business days are counted from 1")
        local = moment(micros(self.next_open(start))).astimezone(self._zone)
        day = self._working_day(_day_number(local.date()), days)
        wall = local.replace(tzinfo=None)
        time_of_day = (wall - wall.replace(hour=0, minute=0, second=0, microsecond=0)) // _MICRO
        naive = _DAY_ZERO + timedelta(days=day,
                                      microseconds=_within(self._windows(day), time_of_day))
        return naive.replace(tzinfo=self._zone).astimezone(UTC)

    def _working_day(self, day: int, count: int) -> int:
        """The `count`-th working day after `day`."""
        last = _day_number(date(LAST_YEAR, 12, 31)) if any(self.week) else max(self._days)
        while count:
            day += 1
            if day > last:
                raise _no_time()
            count -= bool(self._windows(day))
        return day

    def _windows(self, day: int) -> Windows:
        windows = self._days.get(day)
        return self.week[(day + 3) % 7] if windows is None else windows  # 1970 began on a Thursday

    def _cover(self, first: int, last: int) -> Line:
        """The line, compiled so far that it holds both moments."""
        line = self._line
        if line.low <= first and last < line.high:
            return line
        low, high = moment(first).year, moment(last).year
        if line.high:
            low, high = min(low, moment(line.low).year), max(high, moment(line.high).year - 1)
        return self._compile(low, high)

    def _further(self, line: Line) -> Line:
        """The line, about twice as far into the future."""
        low, high = moment(line.low).year, moment(line.high).year - 1
        if not any(self.week) and all(_day_of_year(day) <= high for day in self._days):
            raise _no_time()
        if high == LAST_YEAR:
            raise OutOfRange("Working calendars end with the year {year}.", year=LAST_YEAR)
        return self._compile(low, min(LAST_YEAR, high + high - low + 1))

    def _compile(self, low: int, high: int) -> Line:
        if low < FIRST_YEAR or high > LAST_YEAR:
            raise OutOfRange("Working calendars cover the years {first} to {last}.",
                             first=FIRST_YEAR, last=LAST_YEAR)
        for year in range(low, high + 1):
            if year not in self._years:
                self._years[year] = open_intervals(
                    _new_year(year), _new_year(year + 1), self._zone, self._windows)
        intervals = (interval for year in range(low, high + 1) for interval in self._years[year])
        line = Line(_new_year(low), _new_year(high + 1), intervals)
        # One assignment of a finished object: readers in other threads see the old or the new.
        object.__setattr__(self, "_line", line)
        return line


_MICRO = timedelta(microseconds=1)
_DAY_ZERO = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall-clock date, its zone is added later


def _within(windows: Windows, wanted: int) -> int:
    """The microsecond of a local day that comes closest to `wanted`, as `add_days` tells."""
    before = [closes for opens, closes in windows if opens * MINUTE <= wanted]
    if not before:
        return windows[0][0] * MINUTE
    return min(wanted, before[-1] * MINUTE)


def _new_year(year: int) -> int:
    return micros(datetime(year, 1, 1, tzinfo=UTC))


def _day_number(day: date) -> int:
    return day.toordinal() - _EPOCH_ORDINAL


def _day_of_year(day: int) -> int:
    return date.fromordinal(day + _EPOCH_ORDINAL).year


def _no_time() -> NoWorkingTime:
    return NoWorkingTime("This calendar has too little working time; give it weekly hours.")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, malformed, a folder of the zone database
        raise BadHours('There is no time zone "{name}"; write one such as Asia/Shanghai.',
                       name=name) from None
