"""Drawing out what is done several times: a sub-process in which a question leads round again."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from engine.intake.bpmn import (
    CONDITION,
    DECIDE,
    INSERTED,
    LOOPS,
    Element,
    children,
    drawn_id,
    kind,
    tag,
)
from engine.intake.drawing import Drawing
from engine.intake.words import called


@dataclass(frozen=True)
class Rounds:
    """How an activity is repeated.

    `before`: asked before the first round, so that none is possible; `together`: each yes begins
    an instance beside those that are going on; `condition`: a Python expression in place of a
    person's answer; `drawn`: the condition as drawn, where it can't be read.
    """

    before: bool = False
    together: bool = False
    condition: str = ""
    drawn: str = ""


def wrap(drawing: Drawing, node: Element, rounds: Rounds) -> Element:
    """Put `node` into a sub-process of its own in which it is repeated.

    Flows and border events of the activity belong to all its rounds: they move to the
    sub-process, which is returned.
    """
    scope = node.getparent()
    assert scope is not None, "an activity stands in a process"  # noqa: S101
    node_id = node.get("id", "")
    for marker in [part for part in node if kind(part) in LOOPS]:
        node.remove(marker)
    around = drawing.add_node(scope, "subProcess", f"{node_id}_rounds", drawn_id(node))
    around.set("name", node.get("name", ""))
    _hand_over(drawing, node, around)
    around.append(node)
    begin = drawing.add_node(around, "startEvent", f"{node_id}_begin", drawn_id(node))
    end = drawing.add_node(around, "endEvent", f"{node_id}_end", drawn_id(node))
    question = drawing.add_node(around, "exclusiveGateway", f"{node_id}_again",
                                question_id(drawing, around, node))
    question.set("name", f"{called(node)}: once more? 再来一次？")
    drawing.add_flow(begin, question if rounds.before or rounds.together else node)
    start: Element = node
    if rounds.together:
        start = drawing.add_node(around, "parallelGateway", f"{node_id}_each", drawn_id(node))
        drawing.add_flow(start, node)
        drawing.add_flow(start, question)
        drawing.add_flow(node, end)
    else:
        drawing.add_flow(node, question)
    again = drawing.add_flow(question, start, name="Once more 再来一次",
                             stands_for=f"{drawn_id(node)}_again")
    enough = drawing.add_flow(question, end, name="Enough 到此为止",
                              stands_for=f"{drawn_id(node)}_enough")
    if rounds.condition:
        etree.SubElement(again, tag("conditionExpression")).text = rounds.condition
        question.set("default", enough.get("id", ""))
    else:
        question.set(DECIDE, "person")
        if rounds.drawn:
            again.set(CONDITION, rounds.drawn[:500])
    return around


def question_id(drawing: Drawing, node: Element, fallback: Element) -> str:
    """The drawn id by which an inserted question is known: an arrow's that no other node has."""
    arrows = (drawn_id(flow) for flow in drawing.outgoing(node) if INSERTED not in flow.attrib)
    return next((arrow for arrow in arrows if arrow and arrow not in drawing.represented),
                f"{drawn_id(fallback)}_question")


def _hand_over(drawing: Drawing, node: Element, around: Element) -> None:
    """Let what leads to, from and off the border of `node` belong to `around`."""
    for flow in drawing.outgoing(node):
        drawing.leave_from(flow, around)
    for flow in drawing.incoming(node):
        drawing.lead_to(flow, around)
    if "default" in node.attrib:
        around.set("default", node.attrib.pop("default"))
    for event in drawing.boundary(node):
        if not (children(event, "cancelEventDefinition")
                or children(event, "compensateEventDefinition")):
            drawing.move_border(event, around)
