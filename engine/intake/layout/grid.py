"""Ways for the arrows of one scope, on a coarse grid.

Odd coordinates are the middles of columns and rows, even ones the free strips between them:
column c is x = 2c + 1, the strip to its left x = 2c; rows likewise. Strips never hold a node,
so that there is a way from everywhere to everywhere; the middles may be used where no node
stands. Of the ways in question the one with the least bends, crossings and length is taken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TypeAlias

from engine.intake.bpmn import GATEWAYS
from engine.intake.layout.graph import Edge, Scope

#: Corners of a way, from the middle of the source's cell to that of the target's.
Way: TypeAlias = tuple[tuple[int, int], ...]

_BEND, _STEP, _CROSSING, _ON_TOP, _BESIDE, _SAME_DOOR = 1.0, 0.12, 1.2, 6.0, 0.12, 1.9
#: So many grid points may be looked at for a scope; after that the first free way is taken.
_PATIENCE = 150_000
#: More arrows than this on one spot make it no worse.
_MANY = 5


class Grid:
    """Cells with nodes, and the ways already taken."""

    def __init__(self, scope: Scope, column: dict[str, int], row: dict[str, int]) -> None:
        self._scope = scope
        self._column, self._row = column, row
        self._cells = {(column[key], row[key]): key for key in scope.nodes}
        self._across: dict[tuple[int, int], list[Edge]] = defaultdict(list)
        self._along: dict[tuple[int, int], list[Edge]] = defaultdict(list)
        self._looked_at = 0
        # Gateways from which an arrow goes straight ahead: a second one there reads badly.
        self._leaves_ahead: dict[str, bool] = defaultdict(bool)

    def ways(self, back: set[str]) -> dict[str, Way]:
        """A way for every edge, by id."""
        found = {}
        for edge in sorted(self._scope.edges, key=lambda each: (
                each.id in back, self._row[each.source] != self._row[each.target],
                bool(each.leaves),
                abs(self._column[each.source] - self._column[each.target])
                + abs(self._row[each.source] - self._row[each.target]))):
            way = self._best(edge)
            self._take(edge, way)
            if way[1][1] == way[0][1]:
                self._leaves_ahead[edge.source] = True
            found[edge.id] = way
        return found

    def _best(self, edge: Edge) -> Way:
        options = sorted((self._base(edge, way), number, way)
                         for number, way in enumerate(self._options(edge)))
        best, least = options[-1][2], float("inf")
        for base, _, way in options:
            if base >= least:
                break
            if self._looked_at > _PATIENCE:
                return way if least == float("inf") else best
            cost = base + self._conflicts(edge, way)
            if cost < least:
                best, least = way, cost
        return best

    def _options(self, edge: Edge) -> Iterator[Way]:
        x1, y1 = 2 * self._column[edge.source] + 1, 2 * self._row[edge.source] + 1
        x2, y2 = 2 * self._column[edge.target] + 1, 2 * self._row[edge.target] + 1
        begin, end = (x1, y1), (x2, y2)
        strips = {y1 - 1, y1 + 1, y2 - 1, y2 + 1}
        if x1 < x2:
            if y1 == y2 and not edge.leaves:
                yield begin, end
            if y1 != y2 and (y2 > y1 or not edge.leaves):
                yield begin, (x1, y2), end
            if y1 != y2 and not edge.leaves:
                yield begin, (x2, y1), end
                near = {x1 + 1, x1 + 3, x2 - 3, x2 - 1}
                for x in sorted(x for x in near if x1 < x < x2):
                    yield begin, (x, y1), (x, y2), end
        for y in sorted(strips):
            if x1 != x2 and (y > y1 or not edge.leaves):
                yield begin, (x1, y), (x2, y), end
            if y > y1 or not edge.leaves:
                yield begin, (x1, y), (x2 - 1, y), (x2 - 1, y2), end
            if not edge.leaves:
                yield begin, (x1 + 1, y1), (x1 + 1, y), (x2, y), end
                if x1 + 1 != x2 - 1:
                    yield begin, (x1 + 1, y1), (x1 + 1, y), (x2 - 1, y), (x2 - 1, y2), end
            elif y != y1 + 1:
                yield begin, (x1, y1 + 1), (x1 + 1, y1 + 1), (x1 + 1, y), (x2, y), end
                yield (begin, (x1, y1 + 1), (x1 + 1, y1 + 1), (x1 + 1, y), (x2 - 1, y),
                       (x2 - 1, y2), end)

    def _base(self, edge: Edge, way: Way) -> float:
        """Bends, length, and what reads badly at both ends."""
        length = sum(abs(a[0] - b[0]) + abs(a[1] - b[1])
                     for a, b in zip(way, way[1:], strict=False))
        cost = _BEND * (len(way) - 2) + _STEP * length
        source, target = self._scope.nodes[edge.source], self._scope.nodes[edge.target]
        forward = way[0][0] < way[-1][0]
        upright_start, upright_end = way[0][0] == way[1][0], way[-1][0] == way[-2][0]
        straight = len(way) == 2
        if not edge.leaves and not straight:
            if source.kind in GATEWAYS:
                cost += 0.0 if upright_start else _SAME_DOOR if self._leaves_ahead[
                    edge.source] else 0.55
            elif upright_start:
                cost += 0.7 if forward else 0.1
        if target.kind in GATEWAYS:
            cost += 0.0 if upright_end or straight else 0.45
        elif upright_end:
            cost += 0.6 if forward else 0.1
        down_at_start = upright_start and way[1][1] > way[0][1]
        if source.border and down_at_start and not edge.leaves:
            cost += 1.0
        if target.border and upright_end and way[-2][1] > way[-1][1]:
            cost += 1.0
        if source.remarks and upright_start and not down_at_start:
            cost += _ON_TOP
        if target.remarks and upright_end and way[-2][1] < way[-1][1]:
            cost += _ON_TOP
        return cost

    def _conflicts(self, edge: Edge, way: Way) -> float:
        cost = 0.0
        for (ax, ay), (bx, by) in zip(way, way[1:], strict=False):
            across = ay == by
            same, other = ((self._across, self._along) if across
                           else (self._along, self._across))
            for x, y in _points(ax, ay, bx, by):
                self._looked_at += 1
                inner = (x, y) not in (way[0], way[-1])
                if inner and x % 2 and y % 2 and ((x - 1) // 2, (y - 1) // 2) in self._cells:
                    cost += 100.0
                if not inner:
                    continue
                crossing = (x, y) not in ((ax, ay), (bx, by))
                if (x, y) in other and crossing:
                    cost += _CROSSING * sum(not _share(edge, each) for each in other[x, y])
                if (x, y) in same:
                    strangers = sum(not _share(edge, each) for each in same[x, y])
                    on_middle = (y % 2 if across else x % 2)
                    cost += strangers * (_ON_TOP if on_middle else _BESIDE)
        return cost

    def _take(self, edge: Edge, way: Way) -> None:
        if self._looked_at > _PATIENCE:
            return
        for (ax, ay), (bx, by) in zip(way, way[1:], strict=False):
            uses = self._across if ay == by else self._along
            for point in _points(ax, ay, bx, by):
                self._looked_at += 1
                if point not in (way[0], way[-1]) and len(uses[point]) < _MANY:
                    uses[point].append(edge)


def _share(one: Edge, other: Edge) -> bool:
    """Arrows out of one node, or into one, may run together.

    Those out of several events on one border run beside each other, as the events sit.
    """
    return (one.target == other.target
            or (one.source == other.source and bool(one.leaves) == bool(other.leaves)))


def _points(ax: int, ay: int, bx: int, by: int) -> Iterator[tuple[int, int]]:
    if ay == by:
        step = 1 if bx >= ax else -1
        for x in range(ax, bx + step, step):
            yield x, ay
    else:
        step = 1 if by >= ay else -1
        for y in range(ay, by + step, step):
            yield ax, y
