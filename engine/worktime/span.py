"""A promised length of time: "2 business hours", "1 business day", "48 hours", "PT2H".

Three kinds of time that must not be mixed up: "1 day" is 24 hours on the wall clock,
"24 business hours" is three days of eight hours, and "1 business day" ends at the same
time of day on the next working day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from engine.worktime.calendar import WorkCalendar
from engine.worktime.errors import BadSpan

_SECONDS = {"minute": 60, "hour": 3600, "day": 86_400}
_WORDS = re.compile(r"(\d+(?:\.\d+)?)\s+(business\s+)?(minute|hour|day)s?", re.IGNORECASE)
_ISO = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
#: The longest span, so that no due moment leaves the years that calendars cover.
_MOST = {"minute": 366 * 1440, "hour": 366 * 24, "day": 366}
_MOST_BUSINESS_HOURS = 2000


@dataclass(frozen=True)
class Span:
    """`amount` of `unit` ("minute", "hour" or "day"), in business time or on the wall clock."""

    amount: float
    unit: str
    business: bool = False

    @classmethod
    def parse(cls, text: str) -> Span:
        """Read "90 business minutes", "2 days" or an ISO duration (wall clock). Raises BadSpan."""
        written = text.strip()
        words = _WORDS.fullmatch(written)
        if words:
            return _checked(cls(float(words[1]), words[3].lower(), bool(words[2])), text)
        iso = _ISO.fullmatch(written)
        if iso and any(iso.groups()):
            return _checked(_from_iso(iso), text)
        raise BadSpan('"{text}" is no length of time; write a number and a unit, such as '
                      "2 business hours, 1 business day or 48 hours.", text=text)

    def __str__(self) -> str:
        number = f"{self.amount:g}" if self.amount < 1e6 else f"{self.amount:.0f}"
        business = "business " if self.business else ""
        return f"{number} {business}{self.unit}{'' if self.amount == 1 else 's'}"


def due(start: datetime, span: Span, calendar: WorkCalendar) -> datetime:
    """When `span` from `start` has run out (UTC); `calendar` counts for business spans only.

    Raises NoWorkingTime when the calendar never has that much time.
    """
    if not span.business:
        return start.astimezone(UTC) + timedelta(seconds=span.amount * _SECONDS[span.unit])
    if span.unit == "day":
        return calendar.add_days(start, int(span.amount))
    return calendar.add(start, span.amount * _SECONDS[span.unit])


def seconds(span: Span) -> float | None:
    """The span in seconds of its own kind of time; None for business days, which vary."""
    if span.business and span.unit == "day":
        return None
    return span.amount * _SECONDS[span.unit]


def _from_iso(iso: re.Match[str]) -> Span:
    weeks, days, hours, minutes, secs = (int(part or 0) for part in iso.groups())
    total = (weeks * 7 + days) * 86_400 + hours * 3600 + minutes * 60 + secs
    for unit in ("day", "hour"):
        if total % _SECONDS[unit] == 0:
            return Span(total / _SECONDS[unit], unit)
    return Span(total / 60, "minute")


def _checked(span: Span, text: str) -> Span:
    if span.amount <= 0:
        raise BadSpan('"{text}" is no time at all; give a number above 0.', text=text)
    if span.business and span.unit == "day" and span.amount != int(span.amount):
        raise BadSpan('"{text}" splits a business day; give whole days, or business hours.',
                      text=text)
    hours = span.amount * _SECONDS[span.unit] / 3600
    if span.amount > _MOST[span.unit] or (
            span.business and span.unit != "day" and hours > _MOST_BUSINESS_HOURS):
        raise BadSpan('"{text}" is too long; the most is 366 days or {hours} business hours.',
                      text=text, hours=_MOST_BUSINESS_HOURS)
    return span
