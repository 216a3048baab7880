"""A sub-process that an event starts runs from an event on the border of what surrounds it.

SpiffWorkflow starts event sub-processes only in the top process, for some events, and lets the
process go on where it should be interrupted. An event on the border says the same and works.

Valid: a sub-process that a flow leads to.
Invalid: a sub-process with `triggeredByEvent="true"`.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.intake.bpmn import (
    FLOW_NODES,
    Element,
    children,
    definitions,
    drawn_id,
    is_event_sub_process,
    is_true,
    kind,
    tag,
)
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation
from engine.intake.rule import Known, Rule
from engine.intake.words import called, text

RULE = Rule(
    "event_sub_processes",
    why=text("SpiffWorkflow runs event sub-processes only in part, so the event sits on the "
             "border of what it belongs to.",
             "SpiffWorkflow 只部分支持事件子流程，因此把其事件放到所属范围的边界上。"),
    remedy=text("Nothing to do. To be exact, draw a sub-process with an event on its border.",
                "无需处理。若要严谨，请画成带边界事件的子流程。"),
)
_TERMINATE = "terminateEventDefinition"
_AD_HOC = ("ordering", "cancelRemainingInstances")


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Turn each event sub-process into a border event and an ordinary sub-process."""
    for scope in drawing.scopes():
        found = [part for part in drawing.members(scope) if is_event_sub_process(part)]
        found = [part for part in found if _is_drawn(drawing, part)]
        if not found:
            continue
        if len(found) == len(drawing.members(scope)):
            yield from _begun(scope, found)
            continue
        body = _wrapped(drawing, scope, found)
        for handler in found:
            interrupts = _put_on_border(drawing, body, handler)
            yield RULE.at(handler, text(
                "“{name}” can begin while “{owner}” is going on, and then ends it.",
                "“{owner}”进行期间可开始“{name}”，并使其终止。",
                name=called(handler), owner=called(scope)) if interrupts else text(
                "“{name}” can begin beside “{owner}” while that is going on.",
                "“{owner}”进行期间可同时开始“{name}”。",
                name=called(handler), owner=called(scope)))


def _begun(scope: Element, handlers: list[Element]) -> Iterator[Adaptation]:
    """Where nothing else is drawn, nothing goes on beside which they could begin: they begin it."""
    for handler in handlers:
        handler.attrib.pop("triggeredByEvent", "")
        for start in children(handler, "startEvent"):
            for definition in definitions(start):
                start.remove(definition)
        yield RULE.at(handler, text(
            "“{name}” begins with “{owner}”: nothing else is drawn there.",
            "“{name}”随“{owner}”一同开始：那里没有画其他内容。",
            name=called(handler), owner=called(scope)))


def _is_drawn(drawing: Drawing, handler: Element) -> bool:
    """An event sub-process with nothing in it can't do anything."""
    if any(kind(part) != "startEvent" for part in drawing.members(handler)):
        return True
    drawing.remove_node(handler)
    return False


def _wrapped(drawing: Drawing, scope: Element, handlers: list[Element]) -> Element:
    """Put all else of a scope into a sub-process, on whose border the events can sit."""
    scope_id, stands_for = scope.get("id", ""), drawn_id(scope)
    name = "adHocSubProcess" if kind(scope) == "adHocSubProcess" else "subProcess"
    body = drawing.add_node(scope, name, f"{scope_id}_body", stands_for)
    body.set("name", scope.get("name", ""))
    if kind(scope) == "adHocSubProcess":
        for attribute in _AD_HOC:
            if attribute in scope.attrib:
                body.set(attribute, scope.get(attribute, ""))
                del scope.attrib[attribute]
        drawing.retag(scope, "subProcess")
    for part in list(scope):
        if part is body or part in handlers:
            continue
        if kind(part) in FLOW_NODES or kind(part) in ("sequenceFlow", "completionCondition"):
            body.append(part)
    start = drawing.add_node(scope, "startEvent", f"{scope_id}_start", stands_for)
    end = drawing.add_node(scope, "endEvent", f"{scope_id}_end", stands_for)
    drawing.add_flow(start, body)
    drawing.add_flow(body, end)
    _terminate_all(drawing, scope, body)
    return body


def _terminate_all(drawing: Drawing, scope: Element, body: Element) -> None:
    """A terminate end in the body ends what its events have begun, too: it leaves as an error."""
    ends = [part for part in drawing.members(body) if kind(part) == "endEvent"
            and children(part, _TERMINATE)]
    if not ends:
        return
    name = f"{body.get('id')}_terminated"
    error = drawing.add_root("error", name, errorCode=name).get("id", "")
    border = drawing.add_node(scope, "boundaryEvent", f"{body.get('id')}_stop", drawn_id(scope))
    last = drawing.add_node(scope, "endEvent", f"{body.get('id')}_stopped", drawn_id(scope))
    etree.SubElement(last, tag(_TERMINATE))
    drawing.attach(border, body)
    drawing.add_flow(border, last)
    for event in [*ends, border]:
        for definition in children(event, _TERMINATE):
            event.remove(definition)
        etree.SubElement(event, tag("errorEventDefinition")).set("errorRef", error)


def _put_on_border(drawing: Drawing, owner: Element, handler: Element) -> bool:
    """Move `handler` beside `owner` and its events onto the border; True when they interrupt."""
    scope = owner.getparent()
    assert scope is not None, "a sub-process stands in a process"  # noqa: S101
    scope.append(handler)
    handler.attrib.pop("triggeredByEvent", "")
    starts = children(handler, "startEvent")
    if not starts:
        starts = [drawing.add_node(handler, "startEvent", f"{handler.get('id')}_start",
                                   handler.get("id", ""))]
        for entry in drawing.entries(handler):
            drawing.add_flow(starts[0], entry)
    interrupts = False
    for start in starts:
        border = drawing.add_node(scope, "boundaryEvent", f"{start.get('id')}_border",
                                  start.get("id", ""))
        cancels = is_true(start.get("isInterrupting", "true"))
        interrupts = interrupts or cancels
        border.set("cancelActivity", "true" if cancels else "false")
        border.set("name", start.get("name") or str(called(handler)))
        for definition in definitions(start):
            border.append(definition)
        drawing.attach(border, owner)
        drawing.add_flow(border, handler)
    return interrupts
