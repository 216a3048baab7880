"""Which arrow runs beside which in a strip between columns or rows, so that few cross."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from engine.intake.layout.graph import Edge
from engine.intake.layout.grid import Way

_TOO_MANY_TO_SORT = 40


@dataclass
class _Piece:
    """A stretch of a strip: the arrows that run in it together, and where they come in and go.

    `near` are the places of the ends that lead to the left (or up), `far` those to the right.
    """

    low: int
    high: int
    near: list[int] = field(default_factory=list)
    far: list[int] = field(default_factory=list)
    uses: list[tuple[str, int]] = field(default_factory=list)

    def meets(self, other: _Piece) -> bool:
        return self.low <= other.high and other.low <= self.high

    def within(self, places: list[int]) -> int:
        return sum(self.low <= place <= self.high for place in places)


@dataclass(frozen=True)
class Tracks:
    """How many tracks each strip has, and the track of each stretch (edge id, number in it)."""

    upright: dict[int, int]
    level: dict[int, int]
    of: dict[tuple[str, int], int]


def tracks(edges: list[Edge], ways: dict[str, Way]) -> Tracks:
    """Give every stretch in a strip a track; those that would touch get different ones."""
    strips: dict[tuple[bool, int], list[tuple[Edge, int]]] = defaultdict(list)
    for edge in edges:
        way = ways[edge.id]
        for number, ((ax, ay), (bx, by)) in enumerate(zip(way, way[1:], strict=False)):
            if ax == bx and ax % 2 == 0:
                strips[True, ax].append((edge, number))
            elif ay == by and ay % 2 == 0:
                strips[False, ay].append((edge, number))
    counts: dict[bool, dict[int, int]] = {True: {}, False: {}}
    found: dict[tuple[str, int], int] = {}
    for (upright, at), stretches in strips.items():
        pieces = _sorted(_pieces(stretches, ways, upright))
        counts[upright][at] = _number(pieces, found)
    return Tracks(counts[True], counts[False], found)


def _pieces(stretches: list[tuple[Edge, int]], ways: dict[str, Way],
            upright: bool) -> list[_Piece]:
    firsts: dict[str, int] = defaultdict(int)
    lasts: dict[str, int] = defaultdict(int)
    for edge, number in stretches:
        firsts[edge.source] += number <= 1 and not edge.leaves
        lasts[edge.target] += number >= len(ways[edge.id]) - 3
    found: dict[tuple[str, str], _Piece] = {}
    for edge, number in stretches:
        way = ways[edge.id]
        key = ("", f"{edge.id} {number}")
        if number <= 1 and firsts[edge.source] > 1 and not edge.leaves:
            key = (f"from {number}", edge.source)
        elif number >= len(way) - 3 and lasts[edge.target] > 1:
            key = (f"to {len(way) - number}", edge.target)
        along = 1 if upright else 0
        ends = way[number][along], way[number + 1][along]
        piece = found.setdefault(key, _Piece(min(ends), max(ends)))
        piece.low, piece.high = min(piece.low, *ends), max(piece.high, *ends)
        piece.uses.append((edge.id, number))
        across = 1 - along
        here = way[number][across]
        for place, beyond in ((ends[0], way[number - 1] if number else None),
                              (ends[1], way[number + 2] if number + 2 < len(way) else None)):
            if beyond is not None:
                (piece.near if beyond[across] < here else piece.far).append(place)
    return list(found.values())


def _sorted(pieces: list[_Piece]) -> list[_Piece]:
    """From left to right (or top to bottom), each put where it makes the fewest crossings."""
    order: list[_Piece] = []
    for piece in sorted(pieces, key=lambda each: (each.high - each.low, each.low)):
        if len(order) > _TOO_MANY_TO_SORT:
            order.append(piece)
            continue
        costs = [0]
        for other in order:
            # Moving past `other`: what crosses if it is left of this, less what crosses if not.
            costs.append(costs[-1] + _crossings(other, piece) - _crossings(piece, other))
        order.insert(costs.index(min(costs)), piece)
    return order


def _crossings(first: _Piece, second: _Piece) -> int:
    """How often they cross when `first` is nearer to the left (or top)."""
    return first.within(second.near) + second.within(first.far)


def _number(pieces: list[_Piece], found: dict[tuple[str, int], int]) -> int:
    most = 0
    done: list[tuple[_Piece, int]] = []
    for piece in pieces:
        track = max((at + 1 for other, at in done if other.meets(piece)), default=0)
        done.append((piece, track))
        most = max(most, track + 1)
        for use in piece.uses:
            found[use] = track
    return most
