"""What a file's diagrams don't show is drawn: all of it, or the rest of it."""

from __future__ import annotations

from engine.intake.bpmn import Element
from engine.intake.layout.diagram import DIAGRAM, Ids, Plane, planes
from engine.intake.layout.partial import fill
from engine.intake.layout.ties import draw_ties
from engine.intake.layout.whole import lay_out


def complete(root: Element) -> None:
    """Draw what the file's diagrams don't show. Expects a repaired, normalised tree."""
    ids = Ids(root)
    if any(len(plane) for plane in planes(root)):
        fill(root, ids)
    else:
        for diagram in root.findall(DIAGRAM):
            root.remove(diagram)
        lay_out(root, ids)
    for plane in planes(root):
        draw_ties(root, Plane(plane, ids))
