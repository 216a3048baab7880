"""Conditions on fields that the journey doesn't know (warning).

Valid: `refund > 200` with a declared field refund.
Invalid: `amount > 200` where nothing declares or writes amount.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import content
from engine.intake.drawing import condition_of
from engine.intake.expressions import names, readable_condition
from engine.intake.model import Finding
from engine.intake.subject import Subject, finding
from engine.intake.words import text


def lint(subject: Subject) -> Iterator[Finding]:
    """What a condition asks about is a declared field, or written by a script or a decision."""
    for flow in subject.drawing.flows():
        expression = readable_condition(content(condition_of(flow)), subject.known.fields)
        if expression is None:
            continue
        missing = sorted(names(expression) - subject.known.fields)
        if missing:
            yield finding("warning", "unknown_field", flow, text(
                "The condition asks about “{names}”, which is no field of the journey: in a case "
                "without it a person decides. Declare the field, and ask for it in a form.",
                "条件用到“{names}”，它不是流程的字段：没有该值时由人决定。请声明该字段，并在表单中询问。",
                names=", ".join(missing)))
