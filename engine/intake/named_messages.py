"""Messages that the journey's settings name: at an element that waits for one, theirs holds.

Valid: `[steps.Paid] message = "Payment"` at an event that waits for a message.
Invalid: at an element that waits for none: nothing is changed.
"""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from engine.intake.bpmn import Element, children, kind, name_of, tag

_DEFINITION = "messageEventDefinition"
_WAITING = frozenset({"intermediateCatchEvent", "boundaryEvent", "startEvent", "receiveTask"})


def name_messages(root: Element, names: Mapping[str, str]) -> None:
    """Let each element in `names` (by id) wait for the message of that name, in place."""
    if not names:
        return
    messages = {name_of(each): each.get("id", "") for each in children(root, "message")}
    for node in root.iter():
        name = names.get(node.get("id", "")) if kind(node) in _WAITING else None
        if not name:
            continue
        waits = [node] if kind(node) == "receiveTask" else children(node, _DEFINITION)
        for wait in waits:
            if name not in messages:
                messages[name] = _message(root, name, len(messages))
            wait.set("messageRef", messages[name])


def _message(root: Element, name: str, number: int) -> str:
    taken = {each.get("id") for each in root.iter()}
    key = next(each for each in (f"Message_named_{number + more}" for more in range(len(taken) + 1))
               if each not in taken)
    made = etree.Element(tag("message"))
    made.set("id", key)
    made.set("name", name)
    root.insert(0, made)
    return key
