"""Arrows and border events whose other end is not in the drawing: they are left out (warning).

Valid: an arrow from one step to another.
Invalid: an arrow to an id that nothing has.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import ACTIVITIES, kind
from engine.intake.model import Finding
from engine.intake.subject import Subject, finding
from engine.intake.words import text


def lint(subject: Subject) -> Iterator[Finding]:
    """Every flow has a source and a target, every border event an activity."""
    drawing = subject.drawing
    for flow in drawing.flows():
        for attribute, found in (("sourceRef", drawing.source(flow)),
                                 ("targetRef", drawing.target(flow))):
            if found is None:
                yield finding("warning", "dangling", flow, text(
                    "One end of this arrow (“{end}”) is no step of the process, so nothing goes "
                    "along it. Connect it to a step, or delete it.",
                    "此箭头的一端（“{end}”）不是流程中的步骤，因此不会沿它前进。请把它连到步骤，或删除它。",
                    end=flow.get(attribute) or "?"))
    for event in drawing.nodes("boundaryEvent"):
        activity = drawing.node(event.get("attachedToRef"))
        if activity is None or kind(activity) not in ACTIVITIES:
            yield finding("warning", "dangling", event, text(
                "This border event sits on nothing, so it never happens. Put it on the border of "
                "a step.",
                "此边界事件没有附着在任何步骤上，因此不会发生。请把它放到步骤的边界上。"))
