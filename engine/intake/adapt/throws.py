"""Throwing events do what can be done now: signals, errors and escalations; messages pass.

Valid: a signal, error or escalation that is thrown inside the case.
Invalid: a message that is thrown: it is passed without being sent.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import BEGINS, SENDS, Element, children, definitions, kind, name_of
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation
from engine.intake.rule import Known, Rule
from engine.intake.words import called, text

RULE = Rule(
    "throws",
    why=text("Baton sends no messages to the outside from a drawing yet.",
             "Baton 目前还不会根据图向外部发送消息。"),
    remedy=text("If someone has to send it, draw a user task before this event.",
                "如果需要有人发送，请在此事件之前画一个用户任务。"),
)
_KEPT = {
    "intermediateThrowEvent": {"signalEventDefinition", "escalationEventDefinition"},
    "endEvent": {"signalEventDefinition", "errorEventDefinition", "escalationEventDefinition",
                 "terminateEventDefinition", "cancelEventDefinition"},
}
_CODES = (("error", "errorCode", "errorRef"), ("escalation", "escalationCode", "escalationRef"))


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Keep what works inside a case; the rest of a throwing event lets the token pass."""
    _give_codes(drawing)
    signals = {signal.get("id"): signal for signal in children(drawing.root, "signal")}
    for event in drawing.nodes("intermediateThrowEvent", "endEvent"):
        for definition in definitions(event):
            if _works(event, definition, signals):
                continue
            event.remove(definition)
            if SENDS not in event.attrib and BEGINS not in event.attrib:
                yield RULE.at(event, _what(event, definition))
        _throw_signal_before_end(drawing, event)


def _give_codes(drawing: Drawing) -> None:
    """Errors and escalations are matched by code: one without a code gets its id as code."""
    for name, code, reference in _CODES:
        ids = set()
        for element in children(drawing.root, name):
            ids.add(element.get("id"))
            if not element.get(code, "").strip():
                element.set(code, element.get("id", ""))
        for process in drawing.running:
            for definition in process.iter(f"{{*}}{name}EventDefinition"):
                if definition.get(reference) not in ids:
                    definition.attrib.pop(reference, "")


def _works(event: Element, definition: Element, signals: dict[str | None, Element]) -> bool:
    if kind(definition) not in _KEPT[kind(event)]:
        return False
    if kind(definition) == "cancelEventDefinition":
        scope = event.getparent()
        return scope is not None and kind(scope) == "transaction"
    if kind(definition) == "signalEventDefinition":
        signal = signals.get(definition.get("signalRef"))
        if signal is None:
            return False
        if not name_of(signal):
            signal.set("name", signal.get("id", ""))
    return True


def _what(event: Element, definition: Element) -> dict[str, str]:
    if kind(definition) == "messageEventDefinition":
        return text("“{name}” is passed without sending a message.",
                    "经过“{name}”时不会发送消息。", name=called(event))
    return text("“{name}” is passed: there is nothing that it could trigger.",
                "直接经过“{name}”：没有它能触发的内容。", name=called(event))


def _throw_signal_before_end(drawing: Drawing, event: Element) -> None:
    """SpiffWorkflow throws no signals at an end: throw it on the way there (see rule `ends`)."""
    if kind(event) != "endEvent" or not children(event, "signalEventDefinition"):
        return
    others = [part for part in definitions(event) if kind(part) != "signalEventDefinition"]
    drawing.retag(event, "intermediateThrowEvent")
    if others:
        scope = event.getparent()
        assert scope is not None, "an event stands in a process"  # noqa: S101
        end = drawing.add_node(scope, "endEvent", f"{event.get('id')}_end",
                               event.get("id", ""))
        for part in others:
            end.append(part)
        drawing.add_flow(event, end)
