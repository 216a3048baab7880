"""A gateway with one way in and one way out does nothing (info).

Valid: a gateway with two ways out.
Invalid: a gateway with one way in and one way out.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import GATEWAYS
from engine.intake.model import Finding
from engine.intake.subject import Subject, finding
from engine.intake.words import called, text


def lint(subject: Subject) -> Iterator[Finding]:
    """A gateway splits or joins."""
    drawing = subject.drawing
    for gateway in drawing.nodes(*sorted(GATEWAYS - {"eventBasedGateway"})):
        if len(drawing.outgoing(gateway)) == 1 == len(drawing.incoming(gateway)):
            yield finding("info", "superfluous", gateway, text(
                "“{name}” has one way in and one way out: it does nothing.",
                "“{name}”只有一个入口和一个出口，不起作用。", name=called(gateway)))
