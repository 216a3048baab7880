"""When a work item is due, from what its step's settings say.

Valid: `2 business hours` on the department's calendar, `P1DT2H`, `2026-03-31` (by the end of
that day), a moment, or an expression that gives one of these.
Invalid: an expression that gives nothing, or no time: the item has no due moment.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.runtime.errors import ModelFault
from engine.runtime.timers import due as timer_due
from engine.worktime.calendar import WorkCalendar
from engine.worktime.errors import BadSpan
from engine.worktime.span import Span
from engine.worktime.span import due as span_due

_LAST_MINUTE = time(23, 59)
_YEARS = range(2, 9998)


def due_moment(value: object, now: datetime, timezone: str,
               calendar: WorkCalendar | None) -> datetime | None:
    """The moment (UTC) that `value` stands for, reckoned from `now`; None for no time.

    Days and moments without a zone are those of `timezone`.
    """
    found = None
    try:
        if isinstance(value, str):
            found = _from_text(value.strip(), now, timezone, calendar)
        elif isinstance(value, timedelta):
            found = now + value
        elif isinstance(value, date):
            found = _moment(value, timezone)
    except (ModelFault, OverflowError, ValueError):
        return None
    return found if found is not None and found.year in _YEARS else None


def _from_text(text: str, now: datetime, timezone: str,
               calendar: WorkCalendar | None) -> datetime | None:
    if len(text) == len("2026-03-31") and text[4] == "-":
        return _moment(date.fromisoformat(text), timezone)
    try:
        span = Span.parse(text)
    except BadSpan:
        return timer_due("duration", text, now, timezone).at
    if span.business and calendar is None:
        return None
    return span_due(now, span, calendar) if calendar is not None else now + timedelta(
        seconds=span.amount * {"minute": 60, "hour": 3600, "day": 86_400}[span.unit])


def _moment(value: date, timezone: str) -> datetime:
    if not isinstance(value, datetime):
        value = datetime.combine(value, _LAST_MINUTE)
    zoned = value if value.tzinfo else value.replace(tzinfo=ZoneInfo(timezone))
    return zoned.astimezone(UTC)
