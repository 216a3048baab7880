"""A simple layout for scopes of very many nodes: nobody would look at them arrow by arrow."""

from __future__ import annotations

from collections import defaultdict

from engine.intake.layout.graph import Layout, Node, Scope
from engine.intake.layout.shapes import EVENT, PADDING, PADDING_TOP, Box
from engine.intake.layout.spots import connection

#: Above this a scope is laid out plainly; the careful way takes more than a second.
MOST_NODES = 500
_ACROSS, _DOWN = 60.0, 50.0


def is_large(scope: Scope) -> bool:
    """The scope has more nodes, those on borders included, than are laid out with care."""
    return sum(1 + len(node.border) for node in scope.nodes.values()) > MOST_NODES


def plain_layout(scope: Scope, column: dict[str, int]) -> Layout:
    """Columns from left to right, each filled from the top within its lane."""
    row = _rows(scope, column)
    wide: dict[int, float] = defaultdict(float)
    high: dict[int, float] = defaultdict(float)
    for node in scope.nodes.values():
        wide[column[node.id]] = max(wide[column[node.id]], node.width)
        high[row[node.id]] = max(high[row[node.id]], node.height)
    lefts, tops = _edges(wide, _ACROSS), _edges(high, _DOWN)
    layout = Layout(width=lefts[-1], height=tops[-1])
    for node in scope.nodes.values():
        x, y = lefts[column[node.id]], tops[row[node.id]]
        _draw(layout, node, Box(x + (wide[column[node.id]] - node.width) / 2,
                                y + (high[row[node.id]] - node.height) / 2 + _DOWN / 2,
                                node.width, node.height))
    for edge in scope.edges:
        layout.edges[edge.id] = connection(layout.shapes[edge.leaves or edge.source],
                                           layout.shapes[edge.target])
    first = [min((row[key] for key, node in scope.nodes.items() if node.band == band), default=0)
             for band in range(scope.bands)]
    ends = [tops[at] for at in first[1:]] + [tops[-1]]
    start = 0.0
    for end in ends if scope.bands else ():
        layout.bands.append((start, max(end - start, 60.0)))
        start += max(end - start, 60.0)
    layout.height = max(layout.height, start)
    return layout


def _rows(scope: Scope, column: dict[str, int]) -> dict[str, int]:
    used: dict[tuple[int, int], int] = defaultdict(int)
    within = {}
    for node in scope.nodes.values():
        within[node.id] = used[node.band, column[node.id]]
        used[node.band, column[node.id]] += 1
    offset, at = {}, 0
    for band in range(max(scope.bands, 1)):
        offset[band] = at
        at += max((count for (b, _), count in used.items() if b == band), default=1)
    return {key: offset[node.band] + within[key] for key, node in scope.nodes.items()}


def _edges(sizes: dict[int, float], gap: float) -> list[float]:
    found = [0.0]
    for at in range(max(sizes, default=-1) + 1):
        found.append(found[-1] + sizes[at] + gap)
    return found


def _draw(layout: Layout, node: Node, box: Box) -> None:
    layout.shapes[node.id] = box
    if node.inside is not None:
        layout.expanded.add(node.id)
        layout.take(node.inside, box.x + PADDING, box.y + PADDING_TOP)
    step = box.width / (len(node.border) + 1)
    for number, event in enumerate(node.border, start=1):
        layout.shapes[event.id] = Box(box.x + step * number - 18, box.bottom - 18, *EVENT)
    for number, remark in enumerate(node.remarks):
        layout.shapes[remark.id] = Box(box.x + number * 40, box.y - 52, 36, 50)
