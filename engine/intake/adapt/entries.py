"""Without a start event, work begins with every step that no flow leads to.

Valid: a process that begins with a start event.
Invalid: a process or sub-process that simply begins with a step.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import Element, kind
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation
from engine.intake.rule import Known, Rule
from engine.intake.words import listed, text

RULE = Rule(
    "entries",
    why=text("BPMN lets start events be left out; SpiffWorkflow needs one.",
             "BPMN 允许省略开始事件，而 SpiffWorkflow 需要一个。"),
    remedy=text("Nothing to do. To be exact, draw a start event.",
                "无需处理。若要严谨，请画出开始事件。"),
)


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Insert a start event before the entries of every scope that has none."""
    for scope in drawing.scopes():
        members = drawing.members(scope)
        if not members or any(kind(part) == "startEvent" for part in members):
            continue
        entries = drawing.entries(scope) or _first_of_circle(members)
        start = drawing.add_node(scope, "startEvent", f"{scope.get('id')}_start",
                                 scope.get("id", ""))
        for entry in entries:
            drawing.add_flow(start, entry)
        yield RULE.at(scope, text("Begins with {names}.", "从{names}开始。",
                                  names=listed(entries)))


def _first_of_circle(members: list[Element]) -> list[Element]:
    """In a circle nothing comes first but what was drawn first; a parallel gateway would wait
    there for what comes round."""
    found = [part for part in members if kind(part) != "boundaryEvent"]
    return sorted(found, key=lambda part: kind(part) == "parallelGateway")[:1]
