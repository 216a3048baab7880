"""An event that waits for several things is drawn out as one event for each of them.

Valid: an event that waits for one message.
Invalid: an event that waits for a message or a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.intake.bpmn import DRAWN, INSERTED, Element, definitions, drawn_id, is_true, kind
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation
from engine.intake.rule import Known, Rule
from engine.intake.waiting import wait_for_report
from engine.intake.words import called, text

RULE = Rule(
    "multiple_events",
    why=text("Each thing that is waited for needs a token of its own.",
             "所等待的每件事都需要自己的令牌。"),
    remedy=text("Nothing to do.", "无需处理。"),
)
_ASKED = replace(
    RULE, asks=True,
    why=text("An event on a border can't wait for several things together.",
             "边界事件不能同时等待几件事全部发生。"),
    remedy=text("Draw the events one after the other in a sub-process.",
                "请在子流程中依次画出这些事件。"))


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """One event a definition: all of them in parallel, or the first that happens."""
    for event in drawing.nodes("intermediateCatchEvent", "boundaryEvent"):
        found = definitions(event)
        if len(found) < 2:
            continue
        together = is_true(event.get("parallelMultiple"))
        event.attrib.pop("parallelMultiple", "")
        if kind(event) == "boundaryEvent":
            yield _on_border(drawing, event, found, together)
        elif not _after_event_gateway(drawing, event):
            (_all if together else _any)(drawing, event, found)
            yield RULE.at(event, text(
                "“{name}” waits until all of its {count} events have happened.",
                "“{name}”等待全部 {count} 个事件发生。", name=called(event), count=len(found))
                if together else text(
                "“{name}” goes on with the first of its {count} events.",
                "“{name}”在 {count} 个事件中最先发生者之后继续。",
                name=called(event), count=len(found)))


def _after_event_gateway(drawing: Drawing, event: Element) -> bool:
    sources = (drawing.source(flow) for flow in drawing.incoming(event))
    return any(node is not None and kind(node) == "eventBasedGateway" for node in sources)


def _on_border(drawing: Drawing, event: Element, found: list[Element],
               together: bool) -> Adaptation:
    if together:
        for part in found[1:]:
            event.remove(part)
        wait_for_report(drawing, event, found[0])
        return _ASKED.at(event, text("A person reports when all of “{name}” has happened.",
                                     "“{name}”全部发生后由人报告。", name=called(event)))
    scope = event.getparent()
    activity = drawing.node(event.get("attachedToRef"))
    assert scope is not None and activity is not None, "a border has an activity"  # noqa: S101
    after = _insert(drawing, scope, event, "intermediateThrowEvent", "after")
    for flow in drawing.outgoing(event):
        drawing.leave_from(flow, after)
    for part in found[1:]:
        twin = _twin(drawing, scope, event, "boundaryEvent")
        twin.set("cancelActivity", event.get("cancelActivity", "true"))
        twin.append(part)
        drawing.attach(twin, activity)
        drawing.add_flow(twin, after)
    drawing.add_flow(event, after)
    return RULE.at(event, text("“{name}” is each of its {count} events.",
                               "“{name}”即其 {count} 个事件中的任何一个。",
                               name=called(event), count=len(found)))


def _any(drawing: Drawing, event: Element, found: list[Element]) -> None:
    """A sub-process that waits for the first; the others sit on its border."""
    body, after = _surround(drawing, event)
    scope = body.getparent()
    assert scope is not None, "a sub-process stands in a process"  # noqa: S101
    begin = _insert(drawing, body, event, "startEvent", "begin")
    end = _insert(drawing, body, event, "endEvent", "end")
    body.append(event)
    drawing.add_flow(begin, event)
    drawing.add_flow(event, end)
    for part in found[1:]:
        other = _twin(drawing, scope, event, "boundaryEvent")
        other.set("cancelActivity", "true")
        other.append(part)
        drawing.attach(other, body)
        drawing.add_flow(other, after)


def _all(drawing: Drawing, event: Element, found: list[Element]) -> None:
    """A sub-process in which each is waited for beside the others."""
    body, after = _surround(drawing, event)
    # The event has happened when all of it has.
    del after.attrib[INSERTED]
    after.set(DRAWN, kind(event))
    event.set(INSERTED, "true")
    begin = _insert(drawing, body, event, "startEvent", "begin")
    split = _insert(drawing, body, event, "parallelGateway", "all")
    end = _insert(drawing, body, event, "endEvent", "end")
    body.append(event)
    drawing.add_flow(begin, split)
    waits = [event]
    for part in found[1:]:
        waits.append(_insert(drawing, body, event, "intermediateCatchEvent", "and"))
        waits[-1].append(part)
    for wait in waits:
        drawing.add_flow(split, wait)
        drawing.add_flow(wait, end)


def _surround(drawing: Drawing, event: Element) -> tuple[Element, Element]:
    """A sub-process in the place of `event`, and the point behind it from which its flows leave."""
    scope = event.getparent()
    assert scope is not None, "an event stands in a process"  # noqa: S101
    body = _insert(drawing, scope, event, "subProcess", "events")
    after = _insert(drawing, scope, event, "intermediateThrowEvent", "after")
    for flow in drawing.incoming(event):
        drawing.lead_to(flow, body)
    for flow in drawing.outgoing(event):
        drawing.leave_from(flow, after)
    drawing.add_flow(body, after)
    return body, after


def _twin(drawing: Drawing, scope: Element, event: Element, name: str) -> Element:
    """Another node that is the drawn event as much as the first."""
    node = _insert(drawing, scope, event, name, "or")
    del node.attrib[INSERTED]
    node.set(DRAWN, kind(event))
    return node


def _insert(drawing: Drawing, scope: Element, event: Element, name: str, role: str) -> Element:
    node = drawing.add_node(scope, name, f"{event.get('id')}_{role}", drawn_id(event),
                            event.get("id", ""))
    node.set("name", event.get("name", ""))
    return node
