"""A transaction's cancel end leaves it by its cancel event, from any depth.

Valid: a transaction without a cancel end.
Invalid: a cancel end inside a transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from engine.intake.bpmn import Element, children, definitions, kind, tag
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation
from engine.intake.rule import Known, Rule
from engine.intake.words import called, text

RULE = Rule(
    "transactions",
    why=text("Cancelling works inside as an error of its own, which ends all that goes on in the "
             "transaction.", "在内部，取消作为一个专用错误处理，它会终止事务中的一切活动。"),
    remedy=text("Nothing to do.", "无需处理。"),
)
_MISPLACED = replace(
    RULE,
    why=text("A cancel event belongs to a transaction, with the other end on its border.",
             "取消事件属于事务，另一端在事务的边界上。"),
    remedy=text("Draw a transaction with a cancel event on its border.",
                "请画一个边界上带取消事件的事务。"))
_CANCEL = "cancelEventDefinition"


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Make errors of cancel ends and of the cancel events on the border of their transaction."""
    errors: dict[Element, str] = {}
    for border in drawing.nodes("boundaryEvent"):
        activity = drawing.node(border.get("attachedToRef"))
        if activity is None or kind(activity) != "transaction":
            continue
        for definition in children(border, _CANCEL):
            if activity not in errors:
                name = f"{activity.get('id')}_cancelled"
                errors[activity] = drawing.add_root("error", name, errorCode=name).get("id", "")
            _become_error(border, definition, errors[activity])
    for end in drawing.nodes("endEvent", "intermediateThrowEvent"):
        for definition in children(end, _CANCEL):
            transaction = _around(end)
            if transaction is not None and transaction in errors and kind(end) == "endEvent":
                _become_error(end, definition, errors[transaction])
                yield RULE.at(end, text(
                    "“{name}” cancels “{scope}”.", "“{name}”取消“{scope}”。", name=called(end),
                    scope=called(transaction)))
                continue
            end.remove(definition)
            if transaction is not None and kind(end) == "endEvent" and not definitions(end):
                # Nobody on the border hears it; what goes on beside it is given up all the same.
                etree.SubElement(end, tag("terminateEventDefinition"))
            yield _MISPLACED.at(end, text(
                "“{name}” ends its path; nothing takes up the cancelling.",
                "“{name}”结束其路径；没有内容处理取消。", name=called(end)))


def _become_error(event: Element, definition: Element, error: str) -> None:
    made = etree.Element(tag("errorEventDefinition"))
    made.set("errorRef", error)
    event.replace(definition, made)


def _around(end: Element) -> Element | None:
    """The transaction that stands around an event."""
    return next((each for each in end.iterancestors() if kind(each) == "transaction"), None)
