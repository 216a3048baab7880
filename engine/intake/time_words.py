"""Durations as people say them: `PT90M` is “1 hour 30 minutes”; “after 7 days” gives `P7D`."""

from __future__ import annotations

import re

from engine.intake.words import Text

_PARTS = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
                    r"(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_UNITS = (("year", "年"), ("month", "个月"), ("week", "周"), ("day", "天"),
          ("hour", "小时"), ("minute", "分钟"), ("second", "秒"))
_WORKING = {"day": ("working day", "个工作日"), "hour": ("working hour", "个工作小时"),
            "minute": ("working minute", "个工作分钟"),
            "second": ("working second", "个工作秒")}
_LETTERS = ("P{}Y", "P{}M", "P{}W", "P{}D", "PT{}H", "PT{}M", "PT{}S")
#: How the units are written in the names of events, in the order of `_UNITS`.
_WRITTEN = (r"years?|年", r"months?|个月", r"weeks?|wks?|周|星期", r"days?|d|天|日",
            r"hours?|hrs?|h|小时", r"minutes?|mins?|分钟", r"seconds?|secs?|秒钟?")
_NAMED = re.compile(r"(?<![\d.,/:-])(\d{1,4})[\s-]*(?:" + "|".join(
    f"({unit})" for unit in _WRITTEN) + r")(?![A-Za-z\d])", re.IGNORECASE)
_MINUTES_OF_HOUR = 60


def in_words(duration: str, *, working: bool = False) -> Text:
    """An ISO 8601 duration in words; one with fractions stays as it is.

    `working`: it counts business time, which weeks, months and years have none of.
    """
    match = _PARTS.fullmatch(duration)
    if match is None or not any(match.groups()):
        return {"en": duration, "zh": duration}
    amounts = [int(part or 0) for part in match.groups()]
    hours, amounts[5] = divmod(amounts[5], _MINUTES_OF_HOUR)
    amounts[4] += hours
    units = [_WORKING.get(unit[0], unit) if working else unit for unit in _UNITS]
    said = [(amount, *unit) for amount, unit in zip(amounts, units, strict=True) if amount]
    return {"en": " ".join(f"{amount} {en}{'s' if amount != 1 else ''}"
                           for amount, en, _ in said) or duration,
            "zh": " ".join(f"{amount} {zh}" for amount, _, zh in said) or duration}


def named_duration(name: str) -> str:
    """The one duration that the name of an event says, in ISO 8601; "" for none or several."""
    found = list(_NAMED.finditer(name[:200]))
    if len(found) != 1 or re.search(r"business|working|工作", name, re.IGNORECASE):
        return ""  # working time is another unit; which calendar, the name doesn't say
    amount, *units = found[0].groups()
    return _LETTERS[next(at for at, unit in enumerate(units) if unit)].format(int(amount))
