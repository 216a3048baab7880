"""The picture of a drawing that came without one, or with a part of one only.

`repair` takes out of a file's diagrams what no viewer could draw; `complete` draws whatever of
its processes the diagrams don't show. Both change the copy that is shown or that runs, never the
uploaded bytes. docs/drawing.md says how the layout is made.
"""

from __future__ import annotations

from engine.intake.bpmn import Element
from engine.intake.layout.diagram import DIAGRAM, Ids, Plane, planes
from engine.intake.layout.partial import fill
from engine.intake.layout.repair import repair
from engine.intake.layout.ties import draw_ties
from engine.intake.layout.whole import lay_out

__all__ = ["complete", "repair"]


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
