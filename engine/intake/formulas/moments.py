"""Dates, moments and durations that are written out in an expression."""

from __future__ import annotations

import re
from datetime import date, datetime

from engine.intake.formulas.tree import Unreadable

_DURATION = re.compile(r"(?P<minus>-)?P(?=.)(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
                       r"(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?"
                       r"(?:(?P<seconds>\d+)S)?)?")


def literal_moment(kind: str, text: str) -> str:
    """A `date`, `date and time` or `duration` as Python.

    Raises Unreadable for what is none, and for months and years: their length varies.
    """
    text = text.strip()
    try:
        if kind == "date":
            day = date.fromisoformat(text)
            return f"date({day.year}, {day.month}, {day.day})"
        if kind == "date and time":
            moment = datetime.fromisoformat(text)
            zone = "" if moment.tzinfo else ".astimezone()"
            return f"datetime.fromisoformat({text!r}){zone}"
    except ValueError as error:
        raise Unreadable(text) from error
    match = _DURATION.fullmatch(text)
    if match is None or not any(match[name] for name in match.groupdict() if name != "minus"):
        raise Unreadable(text)
    parts = ", ".join(f"{name}={int(value)}" for name, value in match.groupdict().items()
                      if value and name != "minus")
    return f"{match['minus'] or ''}timedelta({parts})"
