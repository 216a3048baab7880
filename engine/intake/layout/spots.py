"""Where on a drawing that has a layout there is room for one more shape or arrow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain

from engine.intake.layout.shapes import Box, Point, straightened

_CELL = 200.0
_STEP, _RINGS = 24.0, 14
_NEAR = 14.0
_SLACK = 20.0
_PATIENCE = 6_000


class Room:
    """The boxes that are taken, found by where they lie."""

    def __init__(self, boxes: Iterable[Box]) -> None:
        self._cells: dict[tuple[int, int], list[Box]] = defaultdict(list)
        self._patience = _PATIENCE
        for box in boxes:
            self.take(box)

    def take(self, box: Box) -> None:
        """`box` is not free any more."""
        for cell in _cells(box):
            self._cells[cell].append(box)

    def is_free(self, box: Box) -> bool:
        """Nothing stands there."""
        return not any(box.overlaps(other) for cell in _cells(box)
                       for other in self._cells.get(cell, ()))

    def near(self, wished: Iterable[Box], within: Box | None) -> Box:
        """The first of the wished places that is free, else a free one around the first.

        It lies inside `within` where there is room; where nothing is free, on the first.
        """
        places = list(wished)
        for bound in (within, None):
            for box in chain(places, _rings(places[0]) if self._patience > 0 else ()):
                self._patience -= 1
                if (bound is None or bound.holds(box)) and self.is_free(box.grown(6)):
                    self.take(box)
                    return box
        self.take(places[0])
        return places[0]


def _cells(box: Box) -> Iterator[tuple[int, int]]:
    left, right = int(box.x // _CELL), int(box.right // _CELL)
    top, bottom = int(box.y // _CELL), int(box.bottom // _CELL)
    if (right - left) * (bottom - top) > 2_500:
        return  # as large as a whole drawing: nothing is placed beside it
    for x in range(left, right + 1):
        for y in range(top, bottom + 1):
            yield x, y


def _rings(box: Box) -> Iterator[Box]:
    for ring in range(1, _RINGS + 1):
        reach = ring * _STEP
        for part in range(-ring, ring + 1):
            along = part * _STEP
            yield box.moved(along, reach)
            yield box.moved(reach, along)
            yield box.moved(along, -reach)
            yield box.moved(-reach, along)


def wishes(width: float, height: float, before: Box | None, after: Box | None,
           beside: Box | None) -> list[Box]:
    """Places for a shape: between what comes before and after it, or beside what it is for."""
    found = []
    if before is not None and after is not None:
        x = (before.right + after.x) / 2 if after.x > before.right else before.right + _NEAR
        found.append(_centred(width, height, Point(x, (before.middle.y + after.middle.y) / 2)))
        found.append(_centred(width, height, Point(x, after.middle.y)))
    if before is not None:
        found.append(_centred(width, height, Point(before.right + _NEAR + width / 2,
                                                   before.middle.y)))
        found.append(_centred(width, height, Point(before.middle.x,
                                                   before.bottom + _NEAR + height / 2)))
    if after is not None:
        found.append(_centred(width, height, Point(after.x - _NEAR - width / 2, after.middle.y)))
    if beside is not None:
        found.append(_centred(width, height, Point(beside.middle.x,
                                                   beside.bottom + _NEAR + height / 2)))
    return found


def _centred(width: float, height: float, middle: Point) -> Box:
    return Box(middle.x - width / 2, middle.y - height / 2, width, height)


def connection(one: Box, other: Box) -> list[Point]:
    """An arrow with right angles from `one` to `other`."""
    a, b = one.middle, other.middle
    if other.x >= one.right + 8:
        x = (one.right + other.x) / 2
        return straightened([Point(one.right, a.y), Point(x, a.y), Point(x, b.y),
                             Point(other.x, b.y)]) if abs(a.y - b.y) > 3 else [
            Point(one.right, a.y), Point(other.x, a.y)]
    if one.right > other.x and other.right > one.x and (
            other.y >= one.bottom + 8 or one.y >= other.bottom + 8):
        down = other.y >= one.bottom
        start, end = (one.bottom, other.y) if down else (one.y, other.bottom)
        if abs(a.x - b.x) <= 3:
            return [Point(a.x, start), Point(a.x, end)]
        y = (start + end) / 2
        return [Point(a.x, start), Point(a.x, y), Point(b.x, y), Point(b.x, end)]
    if one == other:
        below = one.bottom + 20
        return [Point(one.right, a.y), Point(one.right + 20, a.y),
                Point(one.right + 20, below), Point(a.x, below), Point(a.x, one.bottom)]
    y = max(one.bottom, other.bottom) + 20
    return [Point(a.x, one.bottom), Point(a.x, y), Point(b.x, y), Point(b.x, other.bottom)]


def touches(box: Box, point: Point) -> bool:
    """An arrow that ends at `point` ends at `box`, or nearly so."""
    near = box.grown(_SLACK)
    return near.x <= point.x <= near.right and near.y <= point.y <= near.bottom


def beside_lines(width: float, height: float, into: Iterable[list[Point]],
                 out: Iterable[list[Point]]) -> Box | None:
    """Where the shape stood whose arrows are still drawn; None where there are none."""
    middles = []
    for line, here, there in [*((line, -1, -2) for line in into),
                              *((line, 0, 1) for line in out)]:
        (x, y), (before_x, before_y) = line[here], line[there]
        if abs(x - before_x) >= abs(y - before_y):
            middles.append(Point(x + (width if x > before_x else -width) / 2, y))
        else:
            middles.append(Point(x, y + (height if y > before_y else -height) / 2))
    if not middles:
        return None
    return _centred(width, height, Point(sum(x for x, _ in middles) / len(middles),
                                         sum(y for _, y in middles) / len(middles)))
