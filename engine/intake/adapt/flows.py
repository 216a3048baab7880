"""Sequence flows stand where SpiffWorkflow looks for them, and lead only where BPMN lets them.

Valid: an arrow from a step to a step of the same process.
Invalid: an arrow into an event on a border, which nothing may lead to.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import is_event_sub_process, kind
from engine.intake.drawing import Drawing, condition_of
from engine.intake.model import Adaptation
from engine.intake.rule import Known, Rule
from engine.intake.words import called, text

RULE = Rule(
    "flows",
    why=text("In BPMN no flow may lead into an event on a border, nor into or out of a "
             "sub-process that an event starts.",
             "按 BPMN 规范，顺序流不能进入边界事件，也不能进出事件子流程。"),
    remedy=text("Draw the arrow to the step that is meant to come next.",
                "请把箭头画到真正的下一步骤。"),
)


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Move flows to the scope of their source, and drop flows and defaults that mean nothing."""
    for flow in drawing.flows():
        source, target = drawing.source(flow), drawing.target(flow)
        if source is None or target is None:
            continue
        if (kind(target) == "boundaryEvent" or is_event_sub_process(target)
                or is_event_sub_process(source)):
            yield RULE.at(flow, text(
                "The arrow from “{source}” to “{target}” is not followed.",
                "不会沿“{source}”到“{target}”的箭头前进。",
                source=called(source), target=called(target)))
            drawing.remove_flow(flow)
            continue
        scope = source.getparent()
        if scope is not None and flow.getparent() is not scope:
            scope.append(flow)
    for node in drawing.nodes():
        _settle_default(drawing, node.get("default"), node.get("id", ""))


def _settle_default(drawing: Drawing, default: str | None, node_id: str) -> None:
    """The default flow leaves its own node and asks no condition."""
    node = drawing.node(node_id)
    if default is None or node is None:
        return
    flow = next((f for f in drawing.outgoing(node) if f.get("id") == default), None)
    if flow is None:
        del node.attrib["default"]
        return
    condition = condition_of(flow)
    if condition is not None:
        flow.remove(condition)
