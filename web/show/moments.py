"""Template filters for time: `moment`, `day`, `span` and `time_left`, in the reader's zone."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from flask import Flask
from flask_babel import get_locale, gettext
from markupsafe import Markup

from web.i18n import zone
from web.show import time
from web.unit import baton


def install(app: Flask) -> None:
    """Register the filters."""
    app.jinja_env.filters.update(moment=moment, day=day, weekday=weekday, span=span)
    app.jinja_env.globals["time_left"] = time_left


def moment(at: datetime | None) -> str:
    """A <time> element with the short words, and the full moment as its title."""
    if at is None:
        return ""
    where, locale = ZoneInfo(zone()), get_locale()
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        at.isoformat(), time.full_moment(at, where, locale),
        time.moment(at, baton().now(), where, locale, gettext))


def day(at: datetime | date | None) -> str:
    """A day in words; a date is taken as it is."""
    if at is None:
        return ""
    locale = get_locale()
    if not isinstance(at, datetime):
        return format_date(at, "medium", locale=locale)
    where = ZoneInfo(zone())
    return time.day(at.astimezone(where), baton().now().astimezone(where), locale)


def weekday(on: date) -> str:
    """A date with its weekday, short: "Tue 24 Nov"."""
    return format_skeleton("MMMEd", on, locale=get_locale())


def span(seconds: float | None, days: bool = False) -> str:
    """A span in words; an em dash where there is none."""
    return "–" if seconds is None else time.span(seconds, gettext, days=days)


def time_left(left: float, target: float, paused: bool = False, days: bool = False,
              ) -> time.TimeLeft:
    """Words and level of a clock, for the badge (parts/badges.html)."""
    return time.time_left(left, target, gettext, paused=paused, days=days)
