"""From columns, rows and ways to pixels."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from engine.intake.bpmn import GATEWAYS
from engine.intake.layout.graph import Edge, Layout, Node, Remark, Scope, border_step
from engine.intake.layout.grid import Way
from engine.intake.layout.shapes import (
    BORDER_LABEL,
    EVENT,
    PADDING,
    PADDING_TOP,
    Box,
    Point,
    label_size,
    size_of,
    straightened,
)
from engine.intake.layout.tracks import Tracks

_BETWEEN_COLUMNS, _BETWEEN_ROWS, _APART = 50.0, 32.0, 12.0
_ARROW = 22.0      # what an arrow head needs in front of a node
_BAND_EDGE = 20.0  # from the border of a lane to what stands in it
_LEAST_HALF = 30.0
_REMARK_GAP, _BESIDE_REMARK = 22.0, 16.0


@dataclass(frozen=True)
class Plan:
    """Where on the grid everything stands and runs."""

    scope: Scope
    column: dict[str, int]
    row: dict[str, int]
    bands: list[int]
    ways: dict[str, Way]
    tracks: Tracks


class Geometry:
    """Pixels for one plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._sides = self._used_sides()
        self._lefts: list[float] = []
        self._widths: list[float] = []
        self._gaps: list[float] = []
        self._middles: list[float] = []
        self._channels: list[float] = []
        self.layout = Layout()

    def draw(self) -> Layout:
        """Shapes, lines and labels, from (0, 0)."""
        self._measure_columns()
        self._measure_rows()
        for node in self._plan.scope.nodes.values():
            self._draw_node(node)
        for edge in self._plan.scope.edges:
            self._draw_edge(edge)
        for node in self._plan.scope.nodes.values():
            self._label_node(node)
        return self.layout

    # --- measuring ------------------------------------------------------------------------

    def _used_sides(self) -> dict[str, set[str]]:
        """At which sides of each node arrows leave or come in: "up", "down", "left", "right"."""
        sides: dict[str, set[str]] = defaultdict(set)
        for edge in self._plan.scope.edges:
            way = self._plan.ways[edge.id]
            sides[edge.leaves or edge.source].add(_side(way[0], way[1]))
            sides[edge.target].add(_side(way[-1], way[-2]))
        return sides

    def _measure_columns(self) -> None:
        plan = self._plan
        count = max(plan.column.values(), default=-1) + 1
        widths = [0.0] * count
        gaps = [self._strip(plan.tracks.upright.get(2 * c, 0)) for c in range(count + 1)]
        gaps[0] = gaps[0] if plan.tracks.upright.get(0) else 0.0
        gaps[-1] = gaps[-1] if plan.tracks.upright.get(2 * count) else 0.0
        for node in plan.scope.nodes.values():
            widths[plan.column[node.id]] = max(widths[plan.column[node.id]], self._width(node))
        for edge in plan.scope.edges:
            if not edge.name:
                continue
            column = plan.column[edge.source]
            need = label_size(edge.name)[0] + _ARROW
            way = plan.ways[edge.id]
            upright = way[0][0] == way[1][0]
            room = widths[column] / 2 - (0 if upright else plan.scope.nodes[edge.source].width / 2)
            if way[1][0] >= way[0][0] and column + 1 < count:
                gaps[column + 1] = max(gaps[column + 1], need - room)
        at = 0.0
        for c in range(count):
            at += gaps[c]
            self._lefts.append(at)
            at += widths[c]
        self._widths, self._gaps = widths, gaps
        self.layout.width = at + (gaps[-1] if count else 0.0)

    def _width(self, node: Node) -> float:
        remarks = [_remark_width(each) for each in node.remarks]
        named = node.name and (node.kind.endswith("Event") or node.kind in GATEWAYS)
        return max(node.width, label_size(node.name)[0] if named else 0.0,
                   sum(remarks) + _BESIDE_REMARK * max(len(remarks) - 1, 0))

    @staticmethod
    def _strip(count: int) -> float:
        return max(_BETWEEN_COLUMNS, 2 * _ARROW + (count - 1) * _APART) if count else (
            _BETWEEN_COLUMNS)

    def _measure_rows(self) -> None:
        plan = self._plan
        up = [_LEAST_HALF] * len(plan.bands)
        down = [_LEAST_HALF] * len(plan.bands)
        for node in plan.scope.nodes.values():
            above, below = self._heights(node)
            up[plan.row[node.id]] = max(up[plan.row[node.id]], above)
            down[plan.row[node.id]] = max(down[plan.row[node.id]], below)
        names = self._names_in_channels()
        at = 0.0
        edges: list[float] = []
        for r in range(len(plan.bands) + 1):
            first, at, border = self._channel(r, at, names.get(2 * r, 0.0))
            self._channels.append(first)
            if border is not None:
                edges.append(border)
            if r < len(plan.bands):
                self._middles.append(at + up[r])
                at += up[r] + down[r]
        self.layout.height = at
        self.layout.bands = [(top, bottom - top)
                             for top, bottom in zip(edges, edges[1:], strict=False)]

    def _channel(self, r: int, at: float, name: float) -> tuple[float, float, float | None]:
        """The strip above row `r`, which begins at `at` and has names of that height in it.

        Returns where its first arrow runs, where it ends, and the border of a lane in it.
        """
        bands = self._plan.bands
        count = self._plan.tracks.level.get(2 * r, 0)
        strip = max(count - 1, 0) * _APART
        outer, last = r in (0, len(bands)), r == len(bands)
        if not (self._plan.scope.bands and (outer or bands[r] != bands[r - 1])):
            if not outer:
                first = at + name + _BETWEEN_ROWS / 2
                return first, first + strip + _BETWEEN_ROWS / 2, None
            margin = _BETWEEN_ROWS / 2 if count else 0.0
            first = at + name + (margin if last else 0.0)
            return first, first + strip + (0.0 if last else margin), None
        border = at + (_BAND_EDGE if r else 0.0)
        if last:
            end = border + name + strip + (_BAND_EDGE if count else 0.0)
            return border + name, end, end
        first = border + name + _APART
        return first, first + strip + _BAND_EDGE - (0.0 if count else _APART), border

    def _names_in_channels(self) -> dict[int, float]:
        """How high the names are that stand above an arrow in each strip between rows."""
        found: dict[int, float] = {}
        for edge in self._plan.scope.edges:
            way = self._plan.ways[edge.id]
            level = next((a[1] for a, b in zip(way[:2], way[1:3], strict=False)
                          if a[1] == b[1]), 1)
            if edge.name and level % 2 == 0:
                found[level] = max(found.get(level, 0.0), label_size(edge.name)[1])
        return found

    def _heights(self, node: Node) -> tuple[float, float]:
        """What a node needs above and below its middle, with its label, events and remarks."""
        above = below = node.height / 2
        if node.name and (node.kind.endswith("Event") or node.kind in GATEWAYS):
            label = label_size(node.name)[1] + 6
            if self._label_side(node) == "up":
                above += label
            elif self._label_side(node) == "down":
                below += label
            else:
                above += max(label - 16, 0)
        for event in node.border:
            label = label_size(event.name, BORDER_LABEL)[1] - 8 if event.name else 0
            need = EVENT[1] / 2 + 4 + label
            below = max(below, node.height / 2 + need)
        if node.remarks:
            above += _REMARK_GAP + max(map(_remark_height, node.remarks))
        return above, below

    def _label_side(self, node: Node) -> str:
        sides = self._sides[node.id]
        order = ("up", "down") if node.kind in GATEWAYS else ("down", "up")
        free = [side for side in order if side not in sides
                and not (side == "up" and node.remarks)]
        return free[0] if free else "corner"

    # --- drawing --------------------------------------------------------------------------

    def _centre(self, node: Node) -> Point:
        column = self._plan.column[node.id]
        return Point(self._lefts[column] + self._widths[column] / 2,
                     self._middles[self._plan.row[node.id]])

    def _draw_node(self, node: Node) -> None:
        x, y = self._centre(node)
        box = Box(x - node.width / 2, y - node.height / 2, node.width, node.height)
        shapes = self.layout.shapes
        shapes[node.id] = box
        if node.inside is not None:
            self.layout.expanded.add(node.id)
            spare = (box.width - 2 * PADDING - node.inside.width) / 2
            self.layout.take(node.inside, box.x + PADDING + spare, box.y + PADDING_TOP)
        for number, event in enumerate(self._border_order(node)):
            middle = box.right - 24 - border_step(node) * number
            shapes[event.id] = Box(middle - 18, box.bottom - 18, *EVENT)
            if event.name:
                width, height = label_size(event.name, BORDER_LABEL)
                self.layout.labels[event.id] = Box(middle - 20 - width, box.bottom + 5, width,
                                                   height)
        self._draw_remarks(node, box)

    def _border_order(self, node: Node) -> list[Node]:
        """From right to left: the nearer what an event leads to, the further right it sits."""
        reach: dict[str, int] = {}
        for edge in self._plan.scope.edges:
            if edge.leaves:
                reach[edge.leaves] = max(reach.get(edge.leaves, 0), self._plan.row[edge.target])
        return sorted(node.border, key=lambda event: reach.get(event.id, 0))

    def _draw_remarks(self, node: Node, box: Box) -> None:
        """In a row above the node, their names above them: the ties come in from below."""
        widths = [_remark_width(each) for each in node.remarks]
        at = box.middle.x - (sum(widths) + _BESIDE_REMARK * (len(widths) - 1)) / 2
        for remark, wide in zip(node.remarks, widths, strict=True):
            width, height = size_of(remark.kind, remark.name)
            place = Box(at + (wide - width) / 2, box.y - _REMARK_GAP - height, width, height)
            self.layout.shapes[remark.id] = place
            if remark.name and remark.kind != "textAnnotation":
                label = label_size(remark.name)
                self.layout.labels[remark.id] = Box(place.middle.x - label[0] / 2,
                                                    place.y - 4 - label[1], *label)
            at += wide + _BESIDE_REMARK

    def _draw_edge(self, edge: Edge) -> None:
        way = self._plan.ways[edge.id]
        shapes = self.layout.shapes
        start, end = shapes[edge.leaves or edge.source], shapes[edge.target]
        points: list[Point] = []
        for number, corner in enumerate(way):
            x = self._x(edge, way, number, corner[0], start)
            points.append(Point(x, self._y(edge, way, number, corner[1])))
        points[0] = _leave(start, _side(way[0], way[1]), points[0])
        points[-1] = _leave(end, _side(way[-1], way[-2]), points[-1])
        line = straightened(points)
        self.layout.edges[edge.id] = line
        if edge.name:
            self.layout.labels[edge.id] = _flow_label(edge.name, line)

    def _x(self, edge: Edge, way: Way, number: int, x: int, start: Box) -> float:
        if x % 2:
            upright_start = way[1][0] == way[0][0]
            if edge.leaves and (number == 0 or (number == 1 and upright_start)):
                return start.middle.x
            column = (x - 1) // 2
            return self._lefts[column] + self._widths[column] / 2
        column = x // 2
        right = self._lefts[column] if column < len(self._lefts) else self.layout.width
        count = self._plan.tracks.upright.get(x, 1)
        track = self._track(edge, way, number, upright=True)
        return right - _ARROW - (count - 1 - track) * _APART

    def _y(self, edge: Edge, way: Way, number: int, y: int) -> float:
        if y % 2:
            return self._middles[(y - 1) // 2]
        return self._channels[y // 2] + self._track(edge, way, number, upright=False) * _APART

    def _track(self, edge: Edge, way: Way, number: int, *, upright: bool) -> int:
        """The track of the stretch that a corner lies on, of the two that meet there."""
        axis = 0 if upright else 1
        for stretch in (number, number - 1):
            if 0 <= stretch < len(way) - 1 and way[stretch][axis] == way[stretch + 1][axis]:
                return self._plan.tracks.of.get((edge.id, stretch), 0)
        return 0

    def _label_node(self, node: Node) -> None:
        if not node.name or not (node.kind.endswith("Event") or node.kind in GATEWAYS):
            return
        box = self.layout.shapes[node.id]
        width, height = label_size(node.name)
        side = self._label_side(node)
        x = box.middle.x - width / 2
        if side == "up":
            place = Box(x, box.y - height - 5, width, height)
        elif side == "down":
            place = Box(x, box.bottom + 5, width, height)
        else:
            place = Box(box.middle.x - 12 - width, box.y + 10 - height, width, height)
        self.layout.labels[node.id] = place


def _remark_height(remark: Remark) -> float:
    label = label_size(remark.name)[1] + 4 if _is_labelled(remark) else 0
    return size_of(remark.kind, remark.name)[1] + label


def _remark_width(remark: Remark) -> float:
    label = label_size(remark.name)[0] if _is_labelled(remark) else 0
    return max(size_of(remark.kind, remark.name)[0], label)


def _is_labelled(remark: Remark) -> bool:
    return bool(remark.name) and remark.kind != "textAnnotation"


def _side(here: tuple[int, int], there: tuple[int, int]) -> str:
    if here[0] == there[0]:
        return "down" if there[1] > here[1] else "up"
    return "right" if there[0] > here[0] else "left"


def _leave(box: Box, side: str, at: Point) -> Point:
    """Where a line that runs through `at` touches the given side of `box`."""
    return {"right": Point(box.right, at.y), "left": Point(box.x, at.y),
            "down": Point(at.x, box.bottom), "up": Point(at.x, box.y)}[side]


def _flow_label(name: str, line: list[Point]) -> Box:
    """Above the first level stretch that is long enough, else beside the first upright one."""
    width, height = label_size(name)
    for number, (a, b) in enumerate(zip(line, line[1:], strict=False)):
        if a.y == b.y and abs(a.x - b.x) >= min(width, 40) and number < 2:
            left = a.x + 5 if b.x > a.x else a.x - 5 - width
            return Box(left, a.y - height - 3, width, height)
    a, b = line[0], line[1]
    down = b.y > a.y
    return Box(a.x + 6, a.y + 4 if down else a.y - 4 - height, width, height)
