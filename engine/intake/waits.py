"""What an element of an adapted drawing waits for: a message, a signal or a time."""

from __future__ import annotations

from dataclasses import dataclass

from engine.intake.bpmn import (
    CALENDAR,
    INSERTED,
    MESSAGE,
    SIGNAL,
    TIMER,
    Element,
    children,
    content,
    drawn_id,
    kind,
    name_of,
)
from engine.intake.read import read_xml

_RULES = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}
_SENT = (("message", "messageEventDefinition"), ("signal", "signalEventDefinition"))


@dataclass(frozen=True)
class Waited:
    """`kind` is message, signal or timer. `name` is the message's; of a timer `rule` (date,
    duration or cycle), `time` as drawn, and whose business time the drawing lets it count.

    `starts`: it stands at the beginning and starts cases.
    """

    kind: str
    name: str = ""
    rule: str = ""
    time: str = ""
    calendar: str = ""
    starts: bool = False


def waits_at(adapted: bytes, element: str) -> Waited | None:
    """What the element of this drawn id waits for; None where it waits for none of these."""
    root = read_xml(adapted)
    node = next((each for each in root.iter() if kind(each) and drawn_id(each) == element
                 and each.get(INSERTED) is None), None)
    if node is None:
        return None
    return _begins(node) if kind(node) == "startEvent" else _waits(node, root)


def _begins(start: Element) -> Waited | None:
    for name, attribute in (("message", MESSAGE), ("signal", SIGNAL)):
        if start.get(attribute) is not None:
            return Waited(name, start.get(attribute, ""), starts=True)
    rule, _, time = start.get(TIMER, "").partition(" ")
    if rule not in _RULES:
        return None
    return Waited("timer", rule=_RULES[rule], time=time, calendar=start.get(CALENDAR, ""),
                  starts=True)


def _waits(node: Element, root: Element) -> Waited | None:
    if kind(node) == "receiveTask":
        return Waited("message", _named(root, node.get("messageRef", "")))
    for name, definition in _SENT:
        for part in children(node, definition):
            return Waited(name, _named(root, part.get(f"{name}Ref", "")))
    for part in children(node, "timerEventDefinition"):
        for time in part:
            if kind(time) in _RULES:
                return Waited("timer", rule=_RULES[kind(time)], time=content(time),
                              calendar=part.get(CALENDAR, ""))
    return None


def _named(root: Element, reference: str) -> str:
    return next((name_of(each) for each in root
                 if reference and each.get("id") == reference), "")
