"""When a timer is due: ISO 8601 dates, durations and repeating intervals, from the injected now."""

from __future__ import annotations

import calendar as months
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.runtime.errors import ModelFault
from engine.runtime.model import TimerRule

_DURATION = re.compile(
    r"P(?=.)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+(?:[.,]\d+)?)W)?"
    r"(?:(?P<days>\d+(?:[.,]\d+)?)D)?(?:T(?=.)(?:(?P<hours>\d+(?:[.,]\d+)?)H)?"
    r"(?:(?P<minutes>\d+(?:[.,]\d+)?)M)?(?:(?P<seconds>\d+(?:[.,]\d+)?)S)?)?")
_CYCLE = re.compile(r"R(?P<times>-?\d*)/(?P<first>[^/]+)(?:/(?P<second>[^/]+))?")
_UNBOUNDED = 1_000_000
#: Adds business seconds to a moment on the right calendar.
AddBusiness = Callable[[datetime, float], datetime]


@dataclass(frozen=True)
class Due:
    """A moment (UTC), and for a repeating timer how often it will come again after it."""

    at: datetime
    cycles_left: int = 0


@dataclass(frozen=True)
class Last:
    """A repeating timer that has just fired: its interval, when it was due, how often still."""

    interval: str
    due_at: datetime
    cycles_left: int


def set_timer(rule: TimerRule, now: datetime, timezone: str, evaluate: Callable[[str], object],
              add_business: AddBusiness | None = None, last: Last | None = None,
              ) -> tuple[Due, str | None]:
    """When a timer is due, and what to repeat it by.

    `evaluate` gives the value of a rule that is an expression. Raises ModelFault.
    """
    if last is not None:
        return next_cycle(last.interval, last.due_at, now, last.cycles_left,
                          add_business), last.interval
    value: object = rule.text if is_literal(rule.text) else evaluate(rule.text)
    return (due(rule.kind, value, now, timezone, add_business),
            value if isinstance(value, str) else None)


def is_literal(text: str) -> bool:
    """Whether `text` is ISO 8601 as it stands, rather than an expression that gives it."""
    text = text.strip()
    return bool(_DURATION.fullmatch(text) or _CYCLE.fullmatch(text)
                or re.match(r"\d{4}-\d{2}-\d{2}", text))


def due(kind: str, value: object, now: datetime, timezone: str,
        add_business: AddBusiness | None = None) -> Due:
    """The first due moment of a timer whose definition gave `value`.

    `kind` is date, duration or cycle; zone-less dates are in `timezone`; with
    `add_business` the hours, minutes and seconds of a duration are business time.
    Raises ModelFault when the value is none of these.
    """
    if isinstance(value, timedelta):
        return Due(now + value)
    if isinstance(value, date):
        return Due(_moment(value, timezone))
    if not isinstance(value, str):
        raise ModelFault("timer", f"{value!r} is no date, duration or repeating interval.")
    text = value.strip()
    if kind == "cycle" or _CYCLE.fullmatch(text):
        return _first_of_cycle(text, now, timezone, add_business)
    if _DURATION.fullmatch(text):
        return Due(_after(text, now, add_business))
    return Due(_moment(text, timezone))


def next_cycle(text: str, last: datetime, now: datetime, cycles_left: int,
               add_business: AddBusiness | None = None) -> Due:
    """The next due moment after one that was due at `last` and has just fired.

    Moments that passed unseen (an outage) are not made up for: the next one lies ahead.
    """
    interval = _interval(text)
    at = _after(interval, last, add_business)
    while at <= now and cycles_left > 1:
        at, cycles_left = _after(interval, at, add_business), cycles_left - 1
    return Due(at, cycles_left - 1)


def _first_of_cycle(text: str, now: datetime, timezone: str,
                    add_business: AddBusiness | None) -> Due:
    match = _CYCLE.fullmatch(text)
    if match is None:
        if _DURATION.fullmatch(text):
            return Due(_after(text, now, add_business), _UNBOUNDED)
        raise ModelFault("timer", f"{text!r} is no repeating interval such as R3/PT10H.")
    times = match["times"]
    count = int(times) if times and not times.startswith("-") else _UNBOUNDED
    if count < 1:
        raise ModelFault("timer", f"{text!r} repeats no times.")
    if match["second"] is None:
        return Due(_after(match["first"], now, add_business), count - 1)
    if _DURATION.fullmatch(match["second"]):
        return Due(_moment(match["first"], timezone), count - 1)
    return Due(_after(match["first"], now, add_business), count - 1)


def _interval(text: str) -> str:
    match = _CYCLE.fullmatch(text.strip())
    parts = [match["first"], match["second"] or ""] if match else [text.strip()]
    return next((part for part in parts if _DURATION.fullmatch(part)), "P1D")


def _after(text: str, start: datetime, add_business: AddBusiness | None) -> datetime:
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ModelFault("timer", f"{text!r} is no duration such as PT2H or P3D.")
    part = {name: float((value or "0").replace(",", ".")) for name, value in
            match.groupdict().items()}
    try:
        moment = _add_months(start, int(part["years"]) * 12 + int(part["months"]))
        moment += timedelta(weeks=part["weeks"], days=part["days"])
        clock = timedelta(hours=part["hours"], minutes=part["minutes"], seconds=part["seconds"])
        if add_business is not None:
            return add_business(moment, clock.total_seconds())
        return moment + clock
    except (OverflowError, ValueError) as error:
        raise ModelFault("timer", f"{text!r} leads beyond the calendar.") from error


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
