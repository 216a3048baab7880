"""Waiting for a message without a name: a message of its own, that a person can report.

Valid: an event that waits for a message with a name.
Invalid: an event that waits for a message which the drawing does not name.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import Element, children, definitions, drawn_id, kind, name_of
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation
from engine.intake.rule import Known, Rule
from engine.intake.words import called, text

RULE = Rule(
    "messages",
    why=text("The drawing does not name the message that is waited for here.",
             "图中没有写明此处等待的消息。"),
    remedy=text("Give the event a message with a name, so that other systems can send it.",
                "请为该事件指定有名称的消息，以便其他系统发送。"),
    asks=True,
)


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Name every message that is waited for."""
    messages = {message.get("id"): message for message in children(drawing.root, "message")}
    for message in messages.values():
        if not name_of(message):
            message.set("name", message.get("id", ""))
    arriving = _arriving(drawing.root)
    for event in drawing.nodes("intermediateCatchEvent", "boundaryEvent", "receiveTask"):
        flow = arriving.get(drawn_id(event))
        if kind(event) == "receiveTask":
            _settle_task(event, messages)
            waits = [event]
        else:
            waits = children(event, "messageEventDefinition")
        for wait in waits:
            if wait.get("messageRef") in messages:
                continue
            if flow is not None and flow.get("messageRef") in messages:
                wait.set("messageRef", flow.get("messageRef", ""))
                continue
            message = drawing.own_message(event, name_of(flow) if flow is not None else "")
            wait.set("messageRef", message.get("id", ""))
            messages[message.get("id")] = message
            if flow is not None and drawing.node(flow.get("sourceRef")) is not None:
                continue  # another process of this drawing sends it
            yield RULE.at(event, text("A person reports when “{name}” has arrived.",
                                      "收到“{name}”时由人报告。", name=called(event)))


def _settle_task(task: Element, messages: dict[str | None, Element]) -> None:
    """A receive task names its message on itself, or in a definition inside (Activiti)."""
    for definition in definitions(task):
        if task.get("messageRef") not in messages and definition.get("messageRef") in messages:
            task.set("messageRef", definition.get("messageRef", ""))
        task.remove(definition)


def _arriving(root: Element) -> dict[str, Element]:
    """The message flows that come in from other pools, by the element they reach."""
    found: dict[str, Element] = {}
    for flow in root.iter("{*}messageFlow"):
        found.setdefault(flow.get("targetRef", ""), flow)
    return found
