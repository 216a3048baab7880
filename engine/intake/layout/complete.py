"""What a file's diagrams don't show is drawn: all of it, or the rest of it."""

from __future__ import annotations

from engine.intake.bpmn import Element
from engine.intake.layout.diagram import DIAGRAM, Ids, Plane, planes
from engine.intake.layout.partial import fill
from engine.intake.layout.ties import draw_ties
from engine.intake.layout.whole import lay_out


def complete(root: Element) -> list[Plane]:
    """Draw what the file's diagrams don't show; returns all its planes."""
    ids = Ids(root)
    if any(len(plane) for plane in planes(root)):
        found = fill(root, ids)
    else:
        for diagram in root.findall(DIAGRAM):
            root.remove(diagram)
        found = lay_out(root, ids)
    draw_ties(root, found)
    return found
