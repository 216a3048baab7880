"""Sequence flows stand where SpiffWorkflow looks for them, and lead only where BPMN lets them.

Valid: an arrow from a step to a step of the same process.
Invalid: an arrow into an event on a border, or out of an end event.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import ACTIVITIES, Element, definitions, is_event_sub_process, kind
from engine.intake.drawing import Drawing, condition_of
from engine.intake.model import Adaptation
from engine.intake.rule import Known, Rule
from engine.intake.words import called, text

RULE = Rule(
    "flows",
    why=text("In BPMN no flow may lead into an event on a border, out of an end, nor into or "
             "out of a sub-process that an event starts.",
             "按 BPMN 规范，顺序流不能进入边界事件、离开结束事件，也不能进出事件子流程。"),
    remedy=text("Draw the arrow to the step that is meant to come next.",
                "请把箭头画到真正的下一步骤。"),
)


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Move flows to the scope of their ends, and drop flows and defaults that mean nothing.

    What lint says of arrows without an end, across borders, and of border events on nothing
    (rules `dangling` and `crossing`) is done here.
    """
    for event in drawing.nodes("boundaryEvent"):
        activity = drawing.node(event.get("attachedToRef"))
        if activity is None or kind(activity) not in ACTIVITIES:
            drawing.remove_node(event)
    for flow in drawing.flows():
        _lift(drawing, flow)
    for flow in drawing.flows():
        source, target = drawing.source(flow), drawing.target(flow)
        if source is None or target is None:
            drawing.remove_flow(flow)
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
    for end in drawing.nodes("endEvent"):
        yield from _settle_arrows_out(drawing, end)
    for node in drawing.nodes():
        _settle_default(drawing, node.get("default"), node.get("id", ""))


def _lift(drawing: Drawing, flow: Element) -> None:
    """Let an arrow across the border of a sub-process join what stands in one scope."""
    source, target = drawing.source(flow), drawing.target(flow)
    if source is None or target is None or source.getparent() is target.getparent():
        return
    above = {scope: inner for inner, scope in _scopes(source)}
    for inner, scope in _scopes(target):
        if scope not in above:
            continue
        if above[scope] is inner:
            drawing.remove_flow(flow)  # from a sub-process into itself
            return
        if above[scope] is not source:
            drawing.leave_from(flow, above[scope])
        if inner is not target:
            drawing.lead_to(flow, inner)
        return
    drawing.remove_flow(flow)


def _scopes(node: Element) -> Iterator[tuple[Element, Element]]:
    """(what stands there, scope) from a node outwards."""
    inner = node
    for scope in node.iterancestors():
        yield inner, scope
        inner = scope


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


def _settle_arrows_out(drawing: Drawing, end: Element) -> Iterator[Adaptation]:
    """An end with arrows out of it is passed, unless what it triggers ends the path anyway."""
    flows = drawing.outgoing(end)
    if not flows:
        return
    if definitions(end):
        for flow in flows:
            drawing.remove_flow(flow)
        yield RULE.at(end, text("Nothing follows after the end “{name}”.",
                                "结束“{name}”之后不再前进。", name=called(end)))
        return
    drawing.retag(end, "intermediateThrowEvent")
    yield RULE.at(end, text("The path goes on after “{name}”.", "路径在“{name}”之后继续。",
                            name=called(end)))
