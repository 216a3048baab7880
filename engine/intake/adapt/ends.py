"""A path that simply stops ends there.

Valid: a path that leads to an end event.
Invalid: a step without an arrow out of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import children, kind
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation
from engine.intake.rule import Known, Rule
from engine.intake.words import called, text

RULE = Rule(
    "ends",
    why=text("BPMN lets end events be left out; SpiffWorkflow needs them.",
             "BPMN 允许省略结束事件，而 SpiffWorkflow 需要它们。"),
    remedy=text("Nothing to do. To be exact, draw an end event.",
                "无需处理。若要严谨，请画出结束事件。"),
)


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Add an end event wherever a path stops."""
    for node in drawing.nodes():
        scope = node.getparent()
        if kind(node) == "endEvent" or drawing.outgoing(node) or scope is None:
            continue
        end = drawing.add_node(scope, "endEvent", f"{node.get('id')}_end", node.get("id", ""))
        drawing.add_flow(node, end)
        if node.get("id") and kind(node) != "intermediateThrowEvent":
            yield RULE.at(node, text("The path ends after “{name}”.", "路径在“{name}”之后结束。",
                                     name=called(node)))
    for scope in drawing.scopes():
        if kind(scope) != "process" and not children(scope, "endEvent"):
            # A circle without a way out; SpiffWorkflow still wants an end to be there.
            drawing.add_node(scope, "endEvent", f"{scope.get('id')}_end", scope.get("id", ""))
