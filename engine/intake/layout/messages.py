"""Arrows between pools: straight down or up where nothing stands in the way."""

from __future__ import annotations

from collections.abc import Sequence

from engine.intake.layout.shapes import Box, Point, label_size, straightened

_APART, _CLEAR = 14.0, 8.0


class Messages:
    """Draws message flows, one by one, past boxes and beside each other."""

    def __init__(self, obstacles: Sequence[Box], pools: Sequence[Box]) -> None:
        self._obstacles = list(obstacles)
        self._pools = list(pools)
        self._taken: list[tuple[float, float, float]] = []
        self._levels: list[tuple[float, float, float]] = []

    def line(self, source: Box, target: Box) -> list[Point]:
        """A way from `source` to `target`, of which at least one may be a whole pool."""
        down = source.middle.y <= target.middle.y
        if down and source.bottom > target.y or not down and source.y < target.bottom:
            return [source.middle, target.middle]
        start_y, end_y = (source.bottom, target.y) if down else (source.y, target.bottom)
        own = source if source.width <= target.width else target
        wide = target if own is source else source
        x = self._free(own.middle.x, start_y, end_y, (own.x + 6, own.right - 6))
        if x is not None and wide.x <= x <= wide.right:
            self._taken.append((x, min(start_y, end_y), max(start_y, end_y)))
            return [Point(x, start_y), Point(x, end_y)]
        return self._bent(source, target, start_y, end_y)

    def _bent(self, source: Box, target: Box, start_y: float, end_y: float) -> list[Point]:
        """Out of the one, over to a free strip, along between the pools, and into the other."""
        step = _CLEAR if end_y >= start_y else -_CLEAR
        middle = self._between(source, start_y, end_y)
        first = self._strip(source.middle.x, start_y + step, middle)
        last = self._strip(target.middle.x, middle, end_y - step)
        level = self._level(middle, first, last)
        for x, y1, y2 in ((first, start_y, level), (last, level, end_y)):
            self._taken.append((x, min(y1, y2), max(y1, y2)))
        out, into = self._beside(source, first), self._beside(target, last)
        return straightened([
            Point(out, start_y), Point(out, start_y + step), Point(first, start_y + step),
            Point(first, level), Point(last, level), Point(last, end_y - step),
            Point(into, end_y - step), Point(into, end_y)])

    def _between(self, source: Box, start_y: float, end_y: float) -> float:
        """The middle of the gap between the source's pool and the next one on the way."""
        own = next((pool for pool in self._pools if pool.holds(source)), source)
        if end_y > start_y:
            nearest = min((p.y for p in self._pools if p.y >= own.bottom), default=end_y)
            return (own.bottom + min(nearest, end_y)) / 2
        nearest = max((p.bottom for p in self._pools if p.bottom <= own.y), default=end_y)
        return (own.y + max(nearest, end_y)) / 2

    @staticmethod
    def _beside(box: Box, x: float) -> float:
        if box.x + 6 <= x <= box.right - 6:
            return x
        aside = min(18.0, max(box.width / 2 - 18, 0.0))
        return box.middle.x + (aside if x > box.middle.x else -aside)

    def _level(self, middle: float, first: float, last: float) -> float:
        low, high = min(first, last), max(first, last)
        for offset in (0, 1, -1, 2, -2):
            y = middle + offset * 10
            if not any(abs(y - other) < 6 and low <= right and left <= high
                       for other, left, right in self._levels):
                self._levels.append((y, low, high))
                return y
        return middle

    def _strip(self, x: float, y1: float, y2: float) -> float:
        found = self._free(x, y1, y2, (x - 600, x + 600))
        return x if found is None else found

    def _free(self, x: float, y1: float, y2: float, within: tuple[float, float]) -> float | None:
        """The place nearest to `x` where an upright line from y1 to y2 meets nothing."""
        top, bottom = min(y1, y2), max(y1, y2)
        in_the_way = [box for box in self._obstacles
                      if box.y < bottom - 1 and box.bottom > top + 1]
        taken = [other for other, low, high in self._taken if low < bottom and top < high]
        for step in range(60):
            for sign in (1, -1):
                place = x + sign * step * _APART
                if not within[0] <= place <= within[1]:
                    continue
                if (all(abs(place - other) >= _APART - 1 for other in taken)
                        and not any(box.x - 4 < place < box.right + 4 for box in in_the_way)):
                    return place
        return None


def message_label(name: str, line: Sequence[Point]) -> Box:
    """Beside the middle of the longest upright stretch."""
    pairs = list(zip(line, line[1:], strict=False))
    a, b = max(pairs, key=lambda pair: abs(pair[0].y - pair[1].y))
    width, height = label_size(name)
    return Box(a.x + 6, (a.y + b.y) / 2 - height / 2, width, height)
