"""Undoing finished work is left to people: SpiffWorkflow knows no compensation.

Valid: a journey without compensation.
Invalid: a compensation event: a person undoes what was done.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import (
    ACTIVITIES,
    Element,
    children,
    definitions,
    is_event_sub_process,
    is_true,
    tag,
)
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation
from engine.intake.rule import Known, Rule
from engine.intake.words import called, text

RULE = Rule(
    "compensation",
    why=text("Baton does not undo finished steps by itself.", "Baton 不会自动撤销已完成的步骤。"),
    remedy=text("Draw the undoing as ordinary steps after a gateway, if it is to be timed and "
                "handed on.", "如果撤销工作也要计时和交接，请在网关之后画成普通步骤。"),
    asks=True,
)
_COMPENSATE = "compensateEventDefinition"


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Compensation throws become work for a person; handlers and their events step back."""
    handlers = _handlers(drawing)
    names = "、".join(called(node) for node in handlers[:5])
    yield from _throws(drawing, names)
    for event in drawing.nodes("boundaryEvent"):
        if _takes_out(event) and not definitions(event):
            drawing.remove_node(event)
    for node in handlers:
        if drawing.node(node.get("id")) is node:
            yield RULE.at(node, text("“{name}” is not started by itself: whoever undoes the work "
                                     "does it.", "“{name}”不会自动启动，由撤销工作的人来做。",
                                     name=called(node)))
            drawing.remove_node(node)


def _throws(drawing: Drawing, handlers: str) -> Iterator[Adaptation]:
    for event in drawing.nodes("intermediateThrowEvent", "endEvent"):
        if not _takes_out(event) or definitions(event):
            continue
        drawing.by_hand(event)
        yield RULE.at(event, text(
            "A person undoes what was done ({handlers}) and says so.",
            "由人撤销已完成的工作（{handlers}）并确认。", handlers=handlers or called(event)))


def _takes_out(event: Element) -> bool:
    found = children(event, _COMPENSATE)
    for definition in found:
        event.remove(definition)
    return bool(found)


def _handlers(drawing: Drawing) -> list[Element]:
    """Activities that only compensation starts: so marked, or led to by its association."""
    led_to = set()
    for process in drawing.running:
        for association in process.iter(tag("association")):
            source = drawing.node(association.get("sourceRef"))
            if source is not None and children(source, _COMPENSATE):
                led_to.add(association.get("targetRef"))
    return [node for node in drawing.nodes(*ACTIVITIES)
            if is_true(node.get("isForCompensation")) or _undoes(node)
            or (node.get("id") in led_to and not drawing.incoming(node))]


def _undoes(node: Element) -> bool:
    return is_event_sub_process(node) and any(
        children(start, _COMPENSATE) for start in children(node, "startEvent"))
