"""Open time as one sorted line of UTC intervals, searched by bisection.

All moments here are whole microseconds since 1970 in UTC.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.worktime.hours import Windows

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 24 * 60 * MINUTE


def micros(at: datetime) -> int:
    """Whole microseconds since 1970; a naive `at` is a TypeError."""
    delta = at - EPOCH
    return (delta.days * 86_400 + delta.seconds) * SECOND + delta.microseconds


def moment(at: int) -> datetime:
    """The aware UTC datetime of `at` microseconds since 1970."""
    return EPOCH + timedelta(microseconds=at)


class Line:
    """The open intervals between the moments `low` and `high`, with the sum of time before each."""

    __slots__ = ("ends", "high", "low", "sums", "starts")

    def __init__(self, low: int, high: int, intervals: Iterable[tuple[int, int]]) -> None:
        self.low, self.high = low, high
        self.starts: list[int] = []
        self.ends: list[int] = []
        #: sums[i] is the open time from `low` to ends[i].
        self.sums: list[int] = []
        total = 0
        for start, end in intervals:
            total += end - start
            self.starts.append(start)
            self.ends.append(end)
            self.sums.append(total)

    def open_before(self, at: int) -> int:
        """Open time from `low` to `at`."""
        index = bisect_right(self.starts, at) - 1
        if index < 0:
            return 0
        end = self.ends[index]
        return self.sums[index] if at >= end else self.sums[index] - (end - at)

    def reached(self, total: int) -> int | None:
        """The first moment at which `total` (more than 0) has been open since `low`, if any."""
        index = bisect_left(self.sums, total)
        if index == len(self.sums):
            return None
        return self.ends[index] - (self.sums[index] - total)

    def next_open(self, at: int) -> int | None:
        """The first open moment at or after `at`, if any."""
        index = bisect_right(self.starts, at)
        if index and at < self.ends[index - 1]:
            return at
        return self.starts[index] if index < len(self.starts) else None


def open_intervals(
    low: int, high: int, zone: ZoneInfo, windows_of: Callable[[int], Windows],
) -> list[tuple[int, int]]:
    """The moments between `low` and `high` whose local wall time lies in that date's windows.

    `windows_of` takes a local date as days since 1970. Going through stretches of one UTC
    offset each makes daylight saving fall out right: an hour that is skipped isn't there, an
    hour that comes twice counts twice.
    """
    intervals: list[tuple[int, int]] = []
    for start, end, offset in _offsets(low, high, zone):
        for day in range((start + offset) // DAY, (end + offset - 1) // DAY + 1):
            midnight = day * DAY - offset
            for opens, closes in windows_of(day):
                first = max(start, midnight + opens * MINUTE)
                last = min(end, midnight + closes * MINUTE)
                if first >= last:
                    continue
                if intervals and intervals[-1][1] == first:
                    intervals[-1] = (intervals[-1][0], last)
                else:
                    intervals.append((first, last))
    return intervals


def _offsets(low: int, high: int, zone: ZoneInfo) -> list[tuple[int, int, int]]:
    """(start, end, UTC offset) of each stretch between changes of the clock."""
    stretches: list[tuple[int, int, int]] = []
    start, offset, at = low, _offset(low, zone), low
    while at < high:
        following = min(at + DAY, high)
        changed = _offset(following, zone)
        if changed != offset:
            change = _change(at, following, offset, zone)
            stretches.append((start, change, offset))
            start, offset = change, changed
        at = following
    if start < high:
        stretches.append((start, high, offset))
    return stretches


def _change(low: int, high: int, before: int, zone: ZoneInfo) -> int:
    """The second between `low` and `high` at which the offset stops being `before`."""
    low, high = low // SECOND, high // SECOND
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(middle * SECOND, zone) == before:
            low = middle
        else:
            high = middle
    return high * SECOND


def _offset(at: int, zone: ZoneInfo) -> int:
    return int(moment(at).astimezone(zone).utcoffset() / timedelta(microseconds=1))  # type: ignore[operator]
