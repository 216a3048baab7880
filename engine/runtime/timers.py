"""When a timer is due: ISO 8601 dates, durations and repeating intervals, from the injected now.

With a calendar, days are its working days and hours, minutes and seconds its open time; years,
months and weeks, and days without one, are those of the calendar on the journey's wall.
"""

from __future__ import annotations

import calendar as months
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.runtime.errors import ModelFault
from engine.runtime.model import TimerRule
from engine.worktime.calendar import WorkCalendar
from engine.worktime.errors import WorktimeError

_DURATION = re.compile(
    r"P(?=.)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+(?:[.,]\d+)?)W)?"
    r"(?:(?P<days>\d+(?:[.,]\d+)?)D)?(?:T(?=.)(?:(?P<hours>\d+(?:[.,]\d+)?)H)?"
    r"(?:(?P<minutes>\d+(?:[.,]\d+)?)M)?(?:(?P<seconds>\d+(?:[.,]\d+)?)S)?)?")
_CYCLE = re.compile(r"R(?P<times>-?\d*)/(?P<first>[^/]+)(?:/(?P<second>[^/]+))?")
_UNBOUNDED = 1_000_000
#: Of what a timer's definition gives: more is no time, and has no room in its row.
LONGEST_TEXT = 200
#: A timer that repeats more often would keep the sweep busy for itself.
_SHORTEST_CYCLE = 1.0  # seconds


@dataclass(frozen=True)
class Due:
    """A moment (UTC), and for a repeating timer how often it will come again after it."""

    at: datetime
    cycles_left: int = 0


@dataclass(frozen=True)
class Length:
    """A duration in its parts: of `seconds` and `days` a calendar decides what they are."""

    months: int
    weeks: float
    days: float
    seconds: float

    @property
    def is_months(self) -> bool:
        """Whether it is whole months or years."""
        return self.months > 0 and not (self.weeks or self.days or self.seconds)

    def after(self, start: datetime, timezone: str, calendar: WorkCalendar | None) -> datetime:
        """The moment (UTC) this long after `start`; months, weeks and days end at the same time
        of day in `timezone`. Raises ModelFault beyond the calendar."""
        try:
            moment = start
            days = self.weeks * 7 + (self.days if calendar is None else 0)
            if self.months or days:
                local = _add_months(start.astimezone(ZoneInfo(timezone)), self.months)
                moment = (local + timedelta(days=days)).astimezone(UTC)
            if calendar is None:
                return moment + timedelta(seconds=self.seconds)
            if self.days != int(self.days):
                raise ModelFault("timer", "A part of a working day has no length: give hours.")
            if self.days:
                moment = calendar.add_days(moment, int(self.days))
            return calendar.add(moment, self.seconds)
        except (OverflowError, ValueError, WorktimeError) as error:
            raise ModelFault("timer", f"This time leads beyond the calendar: {error}") from error

    def rounds(self, start: datetime, now: datetime, calendar: WorkCalendar | None) -> int:
        """How many of these certainly fit between `start` and `now`, where that can be told
        without counting."""
        if self.months or now <= start:
            return 0
        try:
            if calendar is None:
                # Days are longer by an hour or two where the clocks are put back.
                spare = timedelta(hours=2 if self.weeks or self.days else 0)
                return max(0, (now - start - spare) // timedelta(
                    weeks=self.weeks, days=self.days, seconds=self.seconds))
            if self.weeks or self.days:
                return 0
            return int(calendar.between(start, now) // self.seconds)
        except (OverflowError, WorktimeError) as error:
            raise ModelFault("timer", f"This time leads beyond the calendar: {error}") from error

    def times(self, count: int) -> Length:
        """This, `count` times one after the other."""
        return Length(self.months * count, self.weeks * count, self.days * count,
                      self.seconds * count)


def set_timer(rule: TimerRule, now: datetime, timezone: str, evaluate: Callable[[str], object],
              calendar: WorkCalendar | None = None) -> tuple[Due, str | None]:
    """When a timer is due, and what to repeat it by or to reckon it again from.

    `evaluate` gives the value of a rule that is an expression. Raises ModelFault.
    """
    value: object = rule.text if is_literal(rule.text) else evaluate(rule.text)
    text = value if isinstance(value, str) else None
    if isinstance(value, timedelta):
        text = f"PT{value.total_seconds():f}S"
    found = due(rule.kind, value, now, timezone, calendar)
    return found, _anchored(text, now, timezone) if text is not None and found.cycles_left else text


def reckoned(interval: str | None, start: datetime, timezone: str,
             calendar: WorkCalendar) -> datetime | None:
    """When a timer that was set at `start` is due by a calendar that was changed; None for one
    that no calendar moves. Raises ModelFault."""
    match = _CYCLE.fullmatch(interval or "")
    if match is not None and _DURATION.fullmatch(match["second"] or ""):
        return None
    text = match["first"] if match else interval or ""
    return length(text).after(start, timezone, calendar) if _DURATION.fullmatch(text) else None


def is_literal(text: str) -> bool:
    """Whether `text` is ISO 8601 as it stands, rather than an expression that gives it."""
    text = text.strip()
    return bool(_DURATION.fullmatch(text) or _CYCLE.fullmatch(text)
                or re.match(r"\d{4}-\d{2}-\d{2}", text))


def due(kind: str, value: object, now: datetime, timezone: str,
        calendar: WorkCalendar | None = None) -> Due:
    """The first due moment of a timer whose definition gave `value`.

    `kind` is date, duration or cycle; zone-less dates are in `timezone`; with `calendar`
    durations count its business time. Raises ModelFault when the value is none of these.
    """
    if isinstance(value, timedelta):
        return Due(Length(0, 0, 0, value.total_seconds()).after(now, timezone, calendar))
    if isinstance(value, date):
        return Due(_moment(value, timezone))
    if not isinstance(value, str):
        raise ModelFault("timer", f"{value!r} is no date, duration or repeating interval.")
    text = value.strip()
    if len(text) > LONGEST_TEXT:
        raise ModelFault("timer", f"{text[:LONGEST_TEXT]!r}… is too long for a time.")
    if kind == "cycle" or _CYCLE.fullmatch(text):
        return _first_of_cycle(text, now, timezone, calendar)
    if _DURATION.fullmatch(text):
        return Due(length(text).after(now, timezone, calendar))
    return Due(_moment(text, timezone))


def next_cycle(text: str, last: datetime, now: datetime, cycles_left: int, timezone: str,
               calendar: WorkCalendar | None = None) -> Due | None:
    """The next round of a repeating timer that was due at `last` and has just fired.

    Rounds whose moment has passed (an outage) are not made up for: they count, and the next one
    lies ahead in the same rhythm. None when no round is left. Raises ModelFault.
    """
    interval = _interval(text)
    begun = _begun(text) if interval.is_months else None
    if begun is not None:
        return _next_month(interval, begun, last, now, cycles_left, timezone)
    missed = min(interval.rounds(last, now, calendar), cycles_left)
    if missed:
        last = interval.times(missed).after(last, timezone, calendar)
        cycles_left -= missed
    while cycles_left > 0:
        last, cycles_left = interval.after(last, timezone, calendar), cycles_left - 1
        if last > now:
            return Due(last, cycles_left)
    return None


def _next_month(interval: Length, begun: datetime, last: datetime, now: datetime,
                cycles_left: int, timezone: str) -> Due | None:
    """The next round of so many months, counted from the first: after 28 February comes the 31st
    of March again."""
    while cycles_left > 0:
        first, latest = (each.astimezone(ZoneInfo(timezone)) for each in (begun, last))
        passed = (latest.year - first.year) * 12 + latest.month - first.month
        last = interval.times(passed // interval.months + 1).after(begun, timezone, None)
        cycles_left -= 1
        if last > now:
            return Due(last, cycles_left)
    return None


def _anchored(text: str, now: datetime, timezone: str) -> str:
    """A cycle in months says when it began: a month's length depends on it."""
    if not _interval(text).is_months:
        return text
    match = _CYCLE.fullmatch(text.strip())
    if match is None or match["second"] is None:
        return f"R/{now.isoformat()}/{match['first'] if match else text.strip()}"
    if not _DURATION.fullmatch(match["second"]):
        return text
    return f"R/{_moment(match['first'], timezone).isoformat()}/{match['second']}"


def _begun(text: str) -> datetime | None:
    """The moment that `_anchored` wrote down."""
    match = _CYCLE.fullmatch(text.strip())
    if match is None or not _DURATION.fullmatch(match["second"] or ""):
        return None
    begun = datetime.fromisoformat(match["first"])
    return begun if begun.tzinfo is not None else None


def length(text: str) -> Length:
    """An ISO 8601 duration. Raises ModelFault for another text."""
    match = _DURATION.fullmatch(text.strip()) if len(text) <= LONGEST_TEXT else None
    if match is None:
        raise ModelFault("timer", f"{text[:LONGEST_TEXT]!r} is no duration such as PT2H or P3D.")
    part = {name: float((value or "0").replace(",", ".")) for name, value in
            match.groupdict().items()}
    return Length(int(part["years"]) * 12 + int(part["months"]), part["weeks"], part["days"],
                  part["hours"] * 3600 + part["minutes"] * 60 + part["seconds"])


def _first_of_cycle(text: str, now: datetime, timezone: str,
                    calendar: WorkCalendar | None) -> Due:
    match = _CYCLE.fullmatch(text)
    if match is None and not _DURATION.fullmatch(text):
        raise ModelFault("timer", f"{text!r} is no repeating interval such as R3/PT10H.")
    interval, times = _interval(text), match["times"] if match else ""
    count = min(int(times), _UNBOUNDED) if times and not times.startswith("-") else _UNBOUNDED
    if count < 1:
        raise ModelFault("timer", f"{text!r} repeats no times.")
    if match is None or match["second"] is None or not _DURATION.fullmatch(match["second"]):
        return Due(interval.after(now, timezone, calendar), count - 1)
    first = _moment(match["first"], timezone)
    if first >= now:
        return Due(first, count - 1)
    # It began before anyone waited for it: the next round, or the last one where none is left.
    return next_cycle(text, first, now, count - 1, timezone, calendar) or Due(now)


def _interval(text: str) -> Length:
    match = _CYCLE.fullmatch(text.strip())
    parts = [match["first"], match["second"] or ""] if match else [text.strip()]
    found = next((length(part) for part in parts if _DURATION.fullmatch(part)), None)
    if found is None:
        raise ModelFault("timer", f"{text!r} has no interval such as PT10H.")
    seconds = (found.weeks * 7 + found.days) * 86400 + found.seconds
    if not found.months and seconds < _SHORTEST_CYCLE:
        raise ModelFault("timer", f"{text!r} repeats more often than every second.")
    return found


def _add_months(start: datetime, count: int) -> datetime:
    """The same day `count` months on, or the last day of a month that is too short."""
    index = start.year * 12 + start.month - 1 + count
    year, month = divmod(index, 12)
    day = min(start.day, months.monthrange(year, month + 1)[1])
    return start.replace(year=year, month=month + 1, day=day)


def _moment(value: str | date, timezone: str) -> datetime:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError as error:
            raise ModelFault("timer", f"{value!r} is no date or duration.") from error
    elif not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - zone is set below
    if value.tzinfo is None:
        value = value.replace(tzinfo=ZoneInfo(timezone))
    return value.astimezone(UTC)
