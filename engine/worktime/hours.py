"""Opening hours as people write them: "Mon-Fri 09:00-12:00", "Sat,Sun 10:00-14:00", "24x7"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.worktime.errors import BadHours

#: Open stretches of one local day, in minutes since midnight: sorted, disjoint, half-open.
Windows = tuple[tuple[int, int], ...]
#: The windows of Monday to Sunday.
Week = tuple[Windows, Windows, Windows, Windows, Windows, Windows, Windows]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = 24 * 60
ALL_DAY: Windows = ((0, MIDNIGHT),)

_RANGE = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")


def parse_week(lines: Iterable[str]) -> Week:
    """The week that `lines` describe; each is days, a space, and times, or "24x7".

    Days: "Mon", "Mon-Fri", "Fri-Mon", "Mon,Wed"; times: "09:00-12:00", several parted by
    commas. Times that end at or before they begin run on into the next day. Raises BadHours.
    """
    days: list[list[tuple[int, int]]] = [[] for _ in DAYS]
    for line in lines:
        text = line.strip()
        if text.lower() in {"24x7", "24/7"}:
            for day in days:
                day.extend(ALL_DAY)
            continue
        names, _, times = text.partition(" ")
        ranges = _ranges(times, line)
        for number in _day_numbers(names, line):
            for start, end in ranges:
                days[number].append((start, min(end, MIDNIGHT)))
                if end > MIDNIGHT:
                    days[(number + 1) % 7].append((0, end - MIDNIGHT))
    merged = [_merge(day) for day in days]
    return (merged[0], merged[1], merged[2], merged[3], merged[4], merged[5], merged[6])


def parse_day(times: Iterable[str]) -> Windows:
    """The windows of one date, from times such as ["09:00-12:00", "13:00-18:00"].

    Here no time may run past midnight (write "22:00-24:00"). Raises BadHours.
    """
    ranges = [span for text in times for span in _ranges(text, text)]
    for _, end in ranges:
        if end > MIDNIGHT:
            raise BadHours("The hours of a single date can't run past midnight; end them at 24:00.")
    return _merge(ranges)


def _day_numbers(names: str, line: str) -> list[int]:
    numbers: list[int] = []
    for part in names.lower().split(","):
        first, _, last = part.partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            raise BadHours('"{line}" has no such days; write Mon Tue Wed Thu Fri Sat Sun, '
                           "as in Mon-Fri 09:00-17:00.", line=line)
        start, end = DAYS.index(first), DAYS.index(last or first)
        numbers.extend((start + step) % 7 for step in range((end - start) % 7 + 1))
    return numbers


def _ranges(times: str, line: str) -> list[tuple[int, int]]:
    ranges = []
    for part in times.split(","):
        match = _RANGE.fullmatch(part.strip())
        if not match:
            raise BadHours('"{line}" has no times that can be read; write them as in '
                           "Mon-Fri 09:00-12:00.", line=line)
        start, end = _minute(match[1], match[2], line), _minute(match[3], match[4], line)
        if start in (MIDNIGHT, end):
            raise BadHours('"{line}" opens for no time at all.', line=line)
        ranges.append((start, end if end > start else end + MIDNIGHT))
    return ranges


def _minute(hour: str, minute: str, line: str) -> int:
    value = int(hour) * 60 + int(minute)
    if int(minute) > 59 or value > MIDNIGHT:
        raise BadHours('"{line}" holds a time of day that does not exist; times go from 00:00 '
                       "to 24:00.", line=line)
    return value


def _merge(ranges: Iterable[tuple[int, int]]) -> Windows:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if start == end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
