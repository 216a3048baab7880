"""BPMN DI: reading and writing the shapes, edges and labels of a diagram's plane."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from lxml import etree

from engine.intake.bpmn import DI, Element
from engine.intake.layout.graph import Layout
from engine.intake.layout.shapes import Box, Point

DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
DIAGRAM, PLANE, SHAPE, EDGE, LABEL = (f"{{{DI}}}{name}" for name in (
    "BPMNDiagram", "BPMNPlane", "BPMNShape", "BPMNEdge", "BPMNLabel"))
BOUNDS = f"{{{DC}}}Bounds"
WAYPOINT = f"{{{DD}}}waypoint"
_FARTHEST = 1e6
_LABEL_GAP = 12.0


class Ids:
    """Ids for parts of a diagram that nothing in the file has yet."""

    def __init__(self, root: Element) -> None:
        self._used = {element.get("id") for element in root.iter()}
        self._count = 0

    def new(self, base: str) -> str:
        """The next free id that begins with `base`."""
        while True:
            self._count += 1
            found = f"{base}_{self._count}"
            if found not in self._used:
                self._used.add(found)
                return found


class Plane:
    """One plane with what is drawn on it, by the id of the drawn element."""

    def __init__(self, element: Element, ids: Ids) -> None:
        self.element = element
        self._ids = ids
        self.boxes: dict[str, Box] = {}
        self.lines: dict[str, list[Point]] = {}
        self.parts: dict[str, Element] = {}
        for part in element:
            drawn = part.get("bpmnElement", "")
            box, line = bounds_of(part), waypoints_of(part)
            if part.tag == SHAPE and box is not None:
                self.boxes[drawn], self.parts[drawn] = box, part
            elif part.tag == EDGE and len(line) > 1:
                self.lines[drawn], self.parts[drawn] = line, part

    def has(self, drawn: str) -> bool:
        """The element stands on this plane."""
        return drawn in self.parts

    def add_shape(self, drawn: str, box: Box, *, expanded: bool | None = None,
                  level: bool = False, label: Box | None = None) -> None:
        """Draw a shape; `level` is for pools and lanes, whose names run upright."""
        shape = etree.SubElement(self.element, SHAPE, id=self._ids.new("BatonShape"),
                                 bpmnElement=drawn)
        if level:
            shape.set("isHorizontal", "true")
        if expanded is not None:
            shape.set("isExpanded", "true" if expanded else "false")
        _write_bounds(shape, box)
        if label is not None:
            _write_bounds(etree.SubElement(shape, LABEL), label)
        self.boxes[drawn], self.parts[drawn] = box, shape

    def add_edge(self, drawn: str, line: Sequence[Point], label: Box | None = None) -> None:
        """Draw an arrow or a tie."""
        edge = etree.SubElement(self.element, EDGE, id=self._ids.new("BatonEdge"),
                                bpmnElement=drawn)
        write_waypoints(edge, line)
        if label is not None:
            _write_bounds(etree.SubElement(edge, LABEL), label)
        self.lines[drawn], self.parts[drawn] = list(line), edge

    def move_edge(self, drawn: str, line: Sequence[Point]) -> None:
        """Let an arrow that is drawn run elsewhere; its label goes to where viewers put it."""
        edge = self.parts[drawn]
        for part in list(edge):
            if part.tag in (WAYPOINT, LABEL):
                edge.remove(part)
        write_waypoints(edge, line)
        self.lines[drawn] = list(line)

    def clear_label(self, drawn: str, tip: Point) -> None:
        """Let a name below or above a shape stand beside a line that comes in there."""
        for label in self.parts[drawn].findall(LABEL):
            box = bounds_of(label)
            if box is None:
                continue
            gap = min(abs(box.y - tip.y), abs(tip.y - box.bottom))
            if gap < _LABEL_GAP and box.x - 4 < tip.x < box.right + 4:
                _remove_bounds(label)
                _write_bounds(label, Box(tip.x + 7, box.y, box.width, box.height))

    def remove(self, drawn: str) -> None:
        """Take a shape or edge off."""
        self.element.remove(self.parts.pop(drawn))
        self.boxes.pop(drawn, None)
        self.lines.pop(drawn, None)

    def draw(self, layout: Layout, dx: float, dy: float, *, level: Iterable[str] = (),
             sub_processes: frozenset[str] = frozenset()) -> None:
        """Draw a whole layout, moved; `level` are its pools and lanes, which come first."""
        first = set(level)
        for drawn in sorted(layout.shapes, key=lambda each: each not in first):
            label = layout.labels.get(drawn)
            expanded = drawn in layout.expanded if drawn in sub_processes else None
            self.add_shape(drawn, layout.shapes[drawn].moved(dx, dy), level=drawn in first,
                           expanded=expanded, label=label.moved(dx, dy) if label else None)
        for drawn, line in layout.edges.items():
            label = layout.labels.get(drawn)
            self.add_edge(drawn, [Point(x + dx, y + dy) for x, y in line],
                          label.moved(dx, dy) if label else None)


def new_plane(root: Element, shows: str, ids: Ids) -> Plane:
    """A new diagram at the end of the file, whose plane shows the element `shows`."""
    diagram = etree.SubElement(root, DIAGRAM, id=ids.new("BatonDiagram"),
                               nsmap={"bpmndi": DI, "dc": DC, "di": DD})
    return Plane(etree.SubElement(diagram, PLANE, id=ids.new("BatonPlane"), bpmnElement=shows),
                 ids)


def planes(root: Element) -> Iterator[Element]:
    """The planes of all diagrams of the file."""
    for diagram in root.findall(DIAGRAM):
        yield from diagram.findall(PLANE)


def bounds_of(part: Element) -> Box | None:
    """The place of a shape or label; None when it has none that can be drawn."""
    bounds = part.find(BOUNDS)
    if bounds is None:
        return None
    numbers = [_number(bounds.get(name)) for name in ("x", "y", "width", "height")]
    x, y, width, height = numbers
    if x is None or y is None or not width or not height or width < 0 or height < 0:
        return None
    return Box(x, y, width, height)


def waypoints_of(part: Element) -> list[Point]:
    """The corners of an edge; empty when one of them can't be drawn."""
    found = []
    for point in part.findall(WAYPOINT):
        x, y = _number(point.get("x")), _number(point.get("y"))
        if x is None or y is None:
            return []
        found.append(Point(x, y))
    return found


def write_waypoints(edge: Element, line: Sequence[Point]) -> None:
    """Write the corners of an edge, in whole pixels."""
    for number, point in enumerate(line):
        corner = etree.Element(WAYPOINT, x=_text(point.x), y=_text(point.y))
        edge.insert(number, corner)


def _write_bounds(part: Element, box: Box, *, first: bool = False) -> None:
    bounds = etree.Element(BOUNDS, x=_text(box.x), y=_text(box.y),
                           width=_text(max(box.width, 1)), height=_text(max(box.height, 1)))
    if first:
        part.insert(0, bounds)
    else:
        part.append(bounds)


def _remove_bounds(part: Element) -> None:
    for bounds in part.findall(BOUNDS):
        part.remove(bounds)


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) <= _FARTHEST else None


def _text(value: float) -> str:
    return str(round(value))
