"""Broken layout, put right in the copy: what can't be drawn goes, and is drawn anew later.

Shapes without a place, with places that are no numbers, of nothing or of something that was
drawn before; arrows without corners; diagrams of nothing. Viewers refuse the whole drawing for
some of these.
"""

from __future__ import annotations

from engine.intake.bpmn import SUB_PROCESSES, Element, children, kind
from engine.intake.choose import size
from engine.intake.layout.diagram import (
    DIAGRAM,
    EDGE,
    LABEL,
    PLANE,
    SHAPE,
    bounds_of,
    planes,
    waypoints_of,
)

LINES = frozenset({"sequenceFlow", "messageFlow", "association", "dataInputAssociation",
                   "dataOutputAssociation", "conversationLink"})
_ROOTS = SUB_PROCESSES | {"process", "collaboration", "choreography", "globalConversation",
                          "subChoreography"}


def repair(root: Element) -> None:
    """Take out of the file's diagrams what no viewer could draw."""
    drawn = {element.get("id", ""): element for element in reversed(list(root.iter()))
             if kind(element) and element.get("id")}
    for diagram in root.findall(DIAGRAM):
        found = diagram.findall(PLANE)
        for plane in found[1:]:
            diagram.remove(plane)
        if not found:
            root.remove(diagram)
    for plane in list(planes(root)):
        _repair_plane(root, plane, drawn)


def _repair_plane(root: Element, plane: Element, drawn: dict[str, Element]) -> None:
    shown = drawn.get(_settled(plane, drawn))
    if shown is None or kind(shown) not in _ROOTS:
        main = main_root(root)
        diagram = plane.getparent()
        if main is not None:
            plane.set("bpmnElement", main.get("id", ""))
        elif diagram is not None:
            root.remove(diagram)
            return
    seen = {plane.get("bpmnElement")}
    for part in list(plane):
        if part.tag not in (SHAPE, EDGE):
            continue
        element = drawn.get(_settled(part, drawn))
        if element is None or part.get("bpmnElement") in seen or not _fits(part, element):
            plane.remove(part)
            continue
        seen.add(part.get("bpmnElement"))
        for label in part.findall(LABEL):
            if bounds_of(label) is None:
                part.remove(label)


def _settled(part: Element, drawn: dict[str, Element]) -> str:
    """The id a part of the diagram stands for, without a prefix where that finds something."""
    named = (part.get("bpmnElement") or "").strip()
    if named not in drawn and ":" in named:
        named = named.rsplit(":", 1)[1]
    if named in drawn:
        part.set("bpmnElement", named)
    return named


def _fits(part: Element, element: Element) -> bool:
    if part.tag == EDGE:
        return kind(element) in LINES and len(waypoints_of(part)) > 1
    return kind(element) not in LINES and bounds_of(part) is not None


def main_root(root: Element) -> Element | None:
    """What a diagram shows that doesn't say: the collaboration, else the largest process."""
    for collaboration in children(root, "collaboration"):
        if children(collaboration, "participant") and collaboration.get("id"):
            return collaboration
    named = [process for process in children(root, "process") if process.get("id")]
    return max(named, key=size, default=None)
