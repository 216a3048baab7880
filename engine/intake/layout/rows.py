"""In which row each node stands: lines of work run straight, branches lie beside them.

A line is a chain of nodes that follow each other; it keeps one row. Lines are put down one by
one, the longest way first, each into the free row (old or new) nearest to what it ties to.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from engine.intake.layout.graph import Edge, Scope

#: A row opened anew moves others apart; one above the line it leaves reads less well.
_NEW_ROW, _ABOVE = 0.55, 0.3
_FAR_SEARCH = 24


@dataclass
class _Row:
    band: int
    nodes: dict[int, str] = field(default_factory=dict)
    wires: set[int] = field(default_factory=set)

    def free(self, first: int, last: int) -> bool:
        return not any(at in self.nodes or at in self.wires for at in range(first, last + 1))


@dataclass(frozen=True)
class _Line:
    nodes: tuple[str, ...]
    band: int
    first: int
    last: int
    reach_first: int
    reach_last: int


class Rows:
    """Puts the lines of one scope into rows."""

    def __init__(self, scope: Scope, column: dict[str, int], back: set[str]) -> None:
        self._scope = scope
        self._column = column
        self._ties: dict[str, list[tuple[str, Edge]]] = defaultdict(list)
        self._forward: dict[str, list[Edge]] = defaultdict(list)
        for edge in scope.edges:
            self._ties[edge.source].append((edge.target, edge))
            self._ties[edge.target].append((edge.source, edge))
            if edge.id not in back:
                self._forward[edge.source].append(edge)
        self._back = back
        self._rows: list[_Row] = []
        self._at: dict[str, _Row] = {}
        self._index: dict[int, int] = {}

    def place(self) -> tuple[dict[str, int], list[int]]:
        """The row of each node, and the band of each row."""
        for line in self._lines():
            self._put(line)
        for band in range(self._scope.bands):
            if all(row.band != band for row in self._rows):
                self._insert(self._end_of(band), _Row(band))
        index = {id(row): at for at, row in enumerate(self._rows)}
        return ({node: index[id(row)] for node, row in self._at.items()},
                [row.band for row in self._rows])

    def _lines(self) -> list[_Line]:
        remaining = self._remaining()
        position = {node: at for at, node in enumerate(self._scope.nodes)}
        taken: set[str] = set()
        lines = []
        for node in sorted(self._scope.nodes, key=lambda each: (
                self._scope.nodes[each].aside, self._column[each],
                self._scope.nodes[each].kind != "startEvent", -remaining[each],
                position[each])):
            if node in taken:
                continue
            chain = [node]
            taken.add(node)
            while (following := self._following(chain[-1], taken, remaining)) is not None:
                chain.append(following)
                taken.add(following)
            lines.append(self._line(chain))
        return lines

    def _remaining(self) -> dict[str, int]:
        """How many columns the longest way from each node still goes on."""
        remaining = dict.fromkeys(self._scope.nodes, 0)
        for node in sorted(self._scope.nodes, key=lambda each: -self._column[each]):
            for edge in self._forward[node]:
                remaining[node] = max(remaining[node], remaining[edge.target] + 1)
        return remaining

    def _following(self, node: str, taken: set[str], remaining: dict[str, int]) -> str | None:
        band = self._scope.nodes[node].band
        fitting = [edge.target for edge in self._forward[node]
                   if not edge.leaves and edge.target not in taken
                   and self._scope.nodes[edge.target].band == band]
        return max(fitting, key=lambda each: remaining[each], default=None)

    def _line(self, chain: list[str]) -> _Line:
        first, last = self._column[chain[0]], self._column[chain[-1]]
        before = [self._column[edge.source] for other, edge in self._ties[chain[0]]
                  if edge.target == chain[0] and edge.id not in self._back]
        after = [self._column[edge.target] for edge in self._forward[chain[-1]]]
        return _Line(tuple(chain), self._scope.nodes[chain[0]].band, first, last,
                     min([first, *before]), max([last, *after]))

    def _put(self, line: _Line) -> None:
        self._index = {id(row): at for at, row in enumerate(self._rows)}
        best: tuple[float, int, bool] | None = None
        for at, is_new in self._candidates(line):
            cost = self._cost(line, at, is_new)
            if best is None or cost < best[0]:
                best = (cost, at, is_new)
        if best is None:
            best = (0, self._end_of(line.band), True)
        _, at, is_new = best
        if is_new:
            self._insert(at, _Row(line.band))
        row = self._rows[at]
        for node in line.nodes:
            row.nodes[self._column[node]] = node
            self._at[node] = row
        row.wires.update(range(line.first, line.last + 1))
        if row.free(line.reach_first + 1, line.first - 1):
            row.wires.update(range(line.reach_first + 1, line.first))
        if row.free(line.last + 1, line.reach_last - 1):
            row.wires.update(range(line.last + 1, line.reach_last))

    def _insert(self, at: int, row: _Row) -> None:
        self._rows.insert(at, row)

    def _end_of(self, band: int) -> int:
        return sum(1 for row in self._rows if row.band <= band)

    def _candidates(self, line: _Line) -> list[tuple[int, bool]]:
        """Rows of the line's band that are free, and places for a new one, near its ties."""
        start = sum(1 for row in self._rows if row.band < line.band)
        end = self._end_of(line.band)
        rows = range(start, end)
        places = range(start, end + 1)
        if end - start > _FAR_SEARCH:
            near = [self._index[id(self._at[other])] for node in line.nodes
                    for other, _ in self._ties[node] if other in self._at]
            middle = min(max(int(sum(near) / len(near)) if near else end, start), end)
            half = _FAR_SEARCH // 2
            rows = range(max(start, middle - half), min(end, middle + half))
            places = range(max(start, middle - half), min(end, middle + half) + 1)
        return [(at, False) for at in rows if self._rows[at].free(line.first, line.last)] + [
            (at, True) for at in places]

    def _cost(self, line: _Line, at: int, is_new: bool) -> float:
        cost = _NEW_ROW if is_new else 0.0
        for node in line.nodes:
            for other, edge in self._ties[node]:
                if other not in self._at:
                    continue
                there = self._index[id(self._at[other])]
                there += is_new and there >= at
                cost += abs(there - at) * (0.4 if edge.id in self._back else 1.0)
                cost += _ABOVE * (at < there)
                if edge.leaves and other == edge.source:
                    cost += 2.0 * (at <= there)
                cost += 1.3 * self._in_the_way(there, at, self._column[other], is_new)
        if not is_new and not self._rows[at].free(line.reach_first + 1, line.reach_last - 1):
            cost += 0.7
        if self._scope.nodes[line.nodes[0]].aside:
            cost += (len(self._rows) - at) * 2.0
        elif not any(other in self._at for node in line.nodes
                     for other, _ in self._ties[node]):
            cost += (len(self._rows) - at) * 0.5 + (0.0 if is_new else 1.0)
        return cost

    def _in_the_way(self, there: int, here: int, column: int, is_new: bool) -> int:
        """How many nodes stand in `column` strictly between two rows."""
        low, high = min(there, here), max(there, here)
        found = 0
        for at in range(low + 1, min(high, low + _FAR_SEARCH)):
            old = at - (is_new and at > here)
            if 0 <= old < len(self._rows) and column in self._rows[old].nodes:
                found += 1
        return found
