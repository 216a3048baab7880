"""Dotted lines: from notes and data to what they belong to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from engine.intake.bpmn import Element, children, content, kind
from engine.intake.layout.diagram import Plane
from engine.intake.layout.shapes import Box, Point, border


def draw_ties(root: Element, planes: Iterable[Plane]) -> None:
    """Draw the associations that no plane shows, on the planes that show both of their ends."""
    showing: dict[str, list[Plane]] = defaultdict(list)
    for plane in planes:
        for key in plane.parts:
            showing[key].append(plane)
    for drawn, source, target in _ties(root):
        for plane in showing[source] if source != target else ():
            one, other = _place(plane, source), _place(plane, target)
            if one is not None and other is not None and not plane.has(drawn):
                plane.add_edge(drawn, tie(one, other))


def _ties(root: Element) -> Iterator[tuple[str, str, str]]:
    for element in root.iter():
        if not element.get("id"):
            continue
        if kind(element) == "association":
            yield element.get("id", ""), element.get("sourceRef", ""), element.get("targetRef", "")
        around = element.getparent()
        owner = around.get("id", "") if around is not None else ""
        if kind(element) == "dataInputAssociation":
            source = next(iter(children(element, "sourceRef")), None)
            yield element.get("id", ""), content(source), owner
        elif kind(element) == "dataOutputAssociation":
            target = next(iter(children(element, "targetRef")), None)
            yield element.get("id", ""), owner, content(target)


def _place(plane: Plane, drawn: str) -> Box | None:
    line = plane.lines.get(drawn)
    if line is not None:
        a, b = line[(len(line) - 1) // 2], line[(len(line) - 1) // 2 + 1]
        return Box((a.x + b.x) / 2, (a.y + b.y) / 2, 0.01, 0.01)
    return plane.boxes.get(drawn)


def tie(one: Box, other: Box) -> list[Point]:
    """A straight line between two boxes: upright or level where they lie so, else slanted."""
    left, right = max(one.x, other.x), min(one.right, other.right)
    if left < right and (one.bottom <= other.y or other.bottom <= one.y):
        small = one if one.width <= other.width else other
        x = min(max(small.middle.x, left), right)
        if one.bottom <= other.y:
            return [Point(x, one.bottom), Point(x, other.y)]
        return [Point(x, one.y), Point(x, other.bottom)]
    return [border(one, other.middle), border(other, one.middle)]
