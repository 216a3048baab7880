"""Spans and moments in words. Pure: the language comes in as a translate function and a locale."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton, format_time

#: Translates a message with %(name)s placeholders, as flask_babel.gettext does.
Translate = Callable[..., str]

#: From this share of the promised time on, a clock is amber.
AMBER_SHARE = 0.75

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


@dataclass(frozen=True)
class TimeLeft:
    """Time left on a promise: words, and how loud they are (quiet, amber or red)."""

    words: str
    level: str


def span(seconds: float, _: Translate, *, days: bool = False) -> str:
    """A span of time in its two largest units, such as "3 h 20 min".

    Hours are never folded into days unless `days` is true, since a day of business time is
    as long as a calendar says; pass `days=True` for time on the wall.
    """
    whole = int(abs(seconds))
    if whole < _MINUTE:
        return _("%(s)d s", s=whole) if whole else _("0 min")
    if days and whole >= 2 * _DAY:
        day, rest = divmod(whole, _DAY)
        hours = rest // _HOUR
        if day >= 10 or not hours:
            return _("%(d)d d", d=day)
        return _("%(d)d d %(h)d h", d=day, h=hours)
    hours, rest = divmod(whole, _HOUR)
    minutes = rest // _MINUTE
    if not hours:
        return _("%(m)d min", m=minutes)
    if hours >= 10 or not minutes:
        return _("%(h)d h", h=hours)
    return _("%(h)d h %(m)d min", h=hours, m=minutes)


def time_left(left: float, target: float, _: Translate, *, paused: bool = False,
              days: bool = False) -> TimeLeft:
    """The words and the level for a clock with `left` seconds of its `target` seconds to go.

    Both are business seconds, or seconds on the wall with `days=True`; a negative `left` is over.
    """
    words = span(left, _, days=days)
    if paused:
        return TimeLeft(_("paused, %(span)s left", span=words) if left >= 0
                        else _("paused, %(span)s over", span=words), "quiet")
    if left < 0:
        return TimeLeft(_("%(span)s over", span=words), "red")
    used = 1 - left / target if target > 0 else 1.0
    return TimeLeft(_("%(span)s left", span=words), "amber" if used >= AMBER_SHARE else "quiet")


def moment(at: datetime, now: datetime, zone: tzinfo, locale: Locale, _: Translate) -> str:
    """A moment as short as can be understood: "14:05", "yesterday 14:05", "24 Nov 14:05"."""
    here, today = at.astimezone(zone), now.astimezone(zone)
    clock = format_time(here, "HH:mm", locale=locale)
    days = (today.date() - here.date()).days
    if days == 0:
        return clock
    if days == 1:
        return _("yesterday %(time)s", time=clock)
    if days == -1:
        return _("tomorrow %(time)s", time=clock)
    return f"{day(here, today, locale)} {clock}"


def day(at: datetime, now: datetime, locale: Locale) -> str:
    """The day alone, with its year only where it isn't this year's; both moments in one zone."""
    if at.year == now.year:
        return format_skeleton("MMMd", at, locale=locale)
    return format_date(at, "medium", locale=locale)


def full_moment(at: datetime, zone: tzinfo, locale: Locale) -> str:
    """A moment in full, with its zone, for titles: "Tuesday, 24 November 2026 at 14:05 …"."""
    return format_datetime(at.astimezone(zone), "full", tzinfo=zone, locale=locale)
