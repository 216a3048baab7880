"""A place on the drawing for what adapting put in, so that the adapted XML opens in viewers.

Inserted nodes stand, small, near what they are for; arrows that now begin or end elsewhere are
bent to where they do; shapes of what was taken out go.
"""

from __future__ import annotations

from engine.intake.bpmn import FLOW_NODES, FOR, Element, kind
from engine.intake.layout.complete import complete
from engine.intake.layout.diagram import EDGE, SHAPE
from engine.intake.layout.repair import repair
from engine.intake.layout.shapes import Box, Point, border
from engine.intake.layout.spots import connection, touches

_MOST_NODES = 2_500


def place(root: Element) -> None:
    """Bring the diagrams of an adapted tree up to date with what is in it now.

    In very large files what was put in is not drawn: it would cost more than adapting them.
    """
    _follow_aliases(root)
    repair(root)
    if sum(kind(element) in FLOW_NODES for element in root.iter()) > _MOST_NODES:
        return
    ends = {flow.get("id", ""): (flow.get("sourceRef", ""), flow.get("targetRef", ""))
            for flow in root.iter("{*}sequenceFlow")}
    for plane in complete(root):
        for flow, line in list(plane.lines.items()):
            source, target = ends.get(flow, ("", ""))
            if source in plane.boxes and target in plane.boxes:
                bent = _bent(line, plane.boxes[source], plane.boxes[target])
                if bent != line:
                    plane.move_edge(flow, bent)


def _follow_aliases(root: Element) -> None:
    """Shapes go with the alias of what they show, where nothing has the drawn id any more."""
    there = {element.get("id") for element in root.iter()}
    alias = {element.get(FOR): element.get("id", "") for element in reversed(list(root.iter()))
             if element.get(FOR) and kind(element) in FLOW_NODES and element.get("id")}
    for edge in root.iter(EDGE):
        for end in ("sourceElement", "targetElement"):  # ids of shapes, which may go
            edge.attrib.pop(end, "")
    for shape in root.iter(SHAPE):
        drawn = shape.get("bpmnElement")
        if drawn not in there and drawn in alias:
            shape.set("bpmnElement", alias[drawn])


def _bent(line: list[Point], source: Box, target: Box) -> list[Point]:
    """The same arrow where it still begins and ends at its nodes, else one that does."""
    begins, ends = touches(source, line[0]), touches(target, line[-1])
    if begins and ends:
        return line
    if len(line) == 2 or not (begins or ends):
        return connection(source, target)
    if not begins:
        return [border(source, line[1]), *line[1:]]
    return [*line[:-1], border(target, line[-2])]
