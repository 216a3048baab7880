"""Turning what an event waits for into a message of its own, that a person or REST can report."""

from __future__ import annotations

from lxml import etree

from engine.intake.bpmn import Element, tag
from engine.intake.drawing import Drawing


def wait_for_report(drawing: Drawing, event: Element, definition: Element | None,
                    name: str = "") -> None:
    """Let `event` wait for a message called `name` (else like itself) instead of `definition`."""
    message = drawing.own_message(event, name)
    waiting = etree.Element(tag("messageEventDefinition"))
    waiting.set("messageRef", message.get("id", ""))
    if definition is None:
        event.append(waiting)
    else:
        event.replace(definition, waiting)
