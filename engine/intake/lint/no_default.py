"""A gateway whose conditions may all fail, with no default way (warning).

Valid: two ways, one of them the default.
Invalid: two ways with conditions that may both fail.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.adapt.gateways import is_open
from engine.intake.bpmn import content
from engine.intake.drawing import condition_of
from engine.intake.expressions import readable_condition
from engine.intake.model import Finding
from engine.intake.subject import Subject, finding
from engine.intake.words import called, text


def lint(subject: Subject) -> Iterator[Finding]:
    """A gateway that decides by conditions has a way for when none holds."""
    drawing = subject.drawing
    for gateway in drawing.nodes("exclusiveGateway", "inclusiveGateway"):
        flows = drawing.outgoing(gateway)
        if len(flows) < 2 or gateway.get("default") or is_open(drawing, gateway):
            continue
        conditions = [content(condition_of(flow)) for flow in flows]
        if all(readable_condition(each, subject.known.fields) for each in conditions):
            yield finding("warning", "no_default", gateway, text(
                "If no condition of “{name}” holds, a person is asked which way to go. Make one "
                "way the default if nobody should be.",
                "如果“{name}”的条件都不成立，将由人选择走哪条路。如不需要人选择，请把一条出口设为默认。",
                name=called(gateway)))
