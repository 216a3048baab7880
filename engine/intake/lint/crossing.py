"""Arrows across the border of a sub-process or pool (error): BPMN has events for that.

Valid: an arrow that ends at a sub-process.
Invalid: an arrow from outside to a step in a sub-process.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.model import Finding
from engine.intake.subject import Subject, finding
from engine.intake.words import text


def lint(subject: Subject) -> Iterator[Finding]:
    """Both ends of a flow stand in the same process or sub-process."""
    drawing = subject.drawing
    for flow in drawing.flows():
        source, target = drawing.source(flow), drawing.target(flow)
        if source is None or target is None or source.getparent() is target.getparent():
            continue
        yield finding("error", "crossing", flow, text(
            "This arrow crosses the border of a sub-process or pool. Let it end at the "
            "sub-process itself, or use a message flow or an event.",
            "此箭头穿过了子流程或泳池的边界。请让它连到子流程本身，或改用消息流或事件。"))
