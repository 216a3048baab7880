"""Arrows across the border of a sub-process or pool (warning): BPMN has events for that.

Valid: an arrow that ends at a sub-process.
Invalid: an arrow from outside to a step in a sub-process.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import JOINED
from engine.intake.model import Finding
from engine.intake.subject import Subject, finding
from engine.intake.words import text


def lint(subject: Subject) -> Iterator[Finding]:
    """Both ends of a flow stand in the same process or sub-process."""
    drawing = subject.drawing
    for flow in drawing.flows():
        source, target = drawing.source(flow), drawing.target(flow)
        if flow.get(JOINED):
            yield finding("warning", "crossing", flow, text(
                "This arrow leads from one pool to another, so both run as one process. If they "
                "are apart, draw a message flow.",
                "此箭头从一个泳池通向另一个，因此两者作为同一流程运行。若它们相互独立，请画消息流。"))
        elif source is not None and target is not None \
                and source.getparent() is not target.getparent():
            yield finding("warning", "crossing", flow, text(
                "This arrow crosses the border of a sub-process; Baton takes it from or to the "
                "sub-process itself. Draw it there, or use an event.",
                "此箭头穿过了子流程的边界；Baton 视为连到子流程本身。请这样画，或改用事件。"))
