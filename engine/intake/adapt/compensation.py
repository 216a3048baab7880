"""Compensation: what was finished and can be undone is undone, the last first.

Valid: a journey without compensation.
Invalid: a compensation event behind a step that has something to undo it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.intake.adapt.by_hand import do_or_skip
from engine.intake.adapt.undoing import Undoing
from engine.intake.bpmn import (
    ACTIVITIES,
    Element,
    children,
    definitions,
    drawn_id,
    is_event_sub_process,
    is_true,
    kind,
)
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation
from engine.intake.rule import Known, Rule
from engine.intake.words import called, listed, text

RULE = Rule(
    "compensation",
    why=text("What undoes a step has to run after it was finished, if it was.",
             "撤销步骤要在被撤销的步骤确实完成之后才执行。"),
    remedy=text("Nothing to do. Draw the undoing as ordinary steps if it should always happen.",
                "无需处理。若撤销总要发生，请画成普通步骤。"),
)
_BY_HAND = replace(
    RULE, asks=True,
    why=text("The drawing doesn't say how any step here is undone.",
             "图中没有说明此处的步骤如何撤销。"),
    remedy=text("Put a compensation event on the border of the step and connect it with the step "
                "that undoes it.", "请在步骤边界上放置补偿事件，并与撤销它的步骤相连。"))
_IDLE = replace(
    RULE,
    why=text("Nothing in the drawing throws compensation for it.", "图中没有事件触发它的补偿。"),
    remedy=text("Draw a compensation event where the work is to be undone.",
                "请在需要撤销的地方画一个补偿事件。"))
_COMPENSATE = "compensateEventDefinition"


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Behind each event that throws compensation, undo what it may undo; then take the rest out."""
    undoing = Undoing(drawing)
    used: set[Element] = set()
    for event in drawing.nodes("intermediateThrowEvent", "endEvent"):
        thrown = children(event, _COMPENSATE)
        for definition in thrown:
            event.remove(definition)
        if not thrown:
            continue
        pairs = undoing.thrown(event, thrown[0].get("activityRef", ""))
        used.update(handler for _, handler in pairs)
        if pairs:
            yield _undo_behind(drawing, undoing, event, pairs)
        elif not definitions(event):
            yield do_or_skip(drawing, event, known, _BY_HAND)
    for border in drawing.nodes("boundaryEvent"):
        pairs = undoing.cancelled(border)
        used.update(handler for _, handler in pairs)
        if pairs:
            yield _undo_behind(drawing, undoing, border, pairs)
    for event in drawing.nodes("boundaryEvent"):
        compensates = children(event, _COMPENSATE)
        if compensates and len(definitions(event)) == len(compensates):
            drawing.remove_node(event)
    yield from _take_out(drawing, undoing, used)


def _undo_behind(drawing: Drawing, undoing: Undoing, event: Element,
                 pairs: list[tuple[Element, Element]]) -> Adaptation:
    """Let what `event` undoes come between it and what follows."""
    scope = event.getparent()
    assert scope is not None, "an event stands in a process"  # noqa: S101
    onward = drawing.outgoing(event)
    steps = undoing.insert(event, pairs)
    if kind(event) == "endEvent":
        end = drawing.add_node(scope, "endEvent", f"{event.get('id')}_end", drawn_id(event))
        for part in definitions(event):
            end.append(part)
        drawing.retag(event, "intermediateThrowEvent")
        drawing.add_flow(steps, end)
    for flow in onward:
        drawing.leave_from(flow, steps)
    drawing.add_flow(event, steps)
    return RULE.at(event, text(
        "After “{name}” what was finished is undone, the last first: {handlers}.",
        "“{name}”之后撤销已完成的工作，后完成的先撤销：{handlers}。", name=called(event),
        handlers=listed(handler for _, handler in pairs[:6])))


def _take_out(drawing: Drawing, undoing: Undoing, used: set[Element]) -> Iterator[Adaptation]:
    """No arrow leads to what only compensation starts: it leaves its place on the drawing."""
    for node in drawing.nodes(*ACTIVITIES):
        if drawing.node(node.get("id")) is not node:
            continue
        if not (node in undoing.handlers or _only_undoes(drawing, node)):
            continue
        if node not in used:
            yield _IDLE.at(node, text("“{name}” is never started.", "“{name}”永远不会启动。",
                                      name=called(node)))
        drawing.remove_node(node)


def _only_undoes(drawing: Drawing, node: Element) -> bool:
    if is_event_sub_process(node):
        return any(children(start, _COMPENSATE) for start in children(node, "startEvent"))
    return is_true(node.get("isForCompensation")) and not drawing.incoming(node)
