"""A case begins at one place: when a person or another system starts it.

Valid: one start event without a symbol.
Invalid: a start by message; several start events.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.intake.bpmn import (
    BEGINS,
    DECIDE,
    MESSAGE,
    Element,
    children,
    definitions,
    drawn_id,
    kind,
    name_of,
)
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation
from engine.intake.rule import Known, Rule
from engine.intake.words import called, text

RULE = Rule(
    "starts",
    why=text("Baton begins a case when a person or another system starts it; it does not yet wait "
             "for events in order to start one.",
             "案件由人或其他系统发起；Baton 目前不会等待事件来发起案件。"),
    remedy=text("Nothing to do. To be exact, draw one start event without a symbol.",
                "无需处理。若要严谨，请只画一个无符号的开始事件。"),
)
_ASKED = replace(
    RULE, asks=True,
    why=text("There are several places where the work can begin.", "工作可以从几个地方开始。"),
    remedy=text("Draw one start event, and a gateway behind it if the ways differ.",
                "请只画一个开始事件；若路径不同，在其后画一个网关。"))

_QUESTION = "Where does it begin? 从哪里开始？"


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Leave one start event without a definition in every scope."""
    fed = {address.partition("/")[2] for node in drawing.nodes()
           for address in node.get(BEGINS, "").split()}
    for scope in drawing.scopes():
        starts = [part for part in drawing.members(scope) if kind(part) == "startEvent"]
        if not starts:
            continue
        for start in starts:
            if definitions(start):
                yield from _listen_no_more(drawing, start, start.get("id") in fed)
        if len(starts) > 1:
            yield from _ask(drawing, scope, starts)


def _listen_no_more(drawing: Drawing, start: Element, fed: bool) -> Iterator[Adaptation]:
    messages = {message.get("id"): name_of(message)
                for message in children(drawing.root, "message")}
    for definition in definitions(start):
        name = messages.get(definition.get("messageRef"))
        if name:
            # Kept for the day when such a message starts a case.
            start.set(MESSAGE, name)
        start.remove(definition)
    if fed:
        return  # another process of this drawing begins it, just as drawn
    yield RULE.at(start, text("A person or another system says that “{name}” has happened, by "
                              "starting a case.", "由人或其他系统发起案件，表示“{name}”已发生。",
                              name=called(start)))


def _ask(drawing: Drawing, scope: Element, starts: list[Element]) -> Iterator[Adaptation]:
    """One start, then a question with the drawn starts as answers."""
    first = starts[0].get("id", "")
    begin = drawing.add_node(scope, "startEvent", f"{first}_begin", first)
    # Seen from outside it is the first arrow behind the starts: nothing else goes by that id.
    arrow = next((drawn_id(flow) for start in starts for flow in drawing.outgoing(start)), first)
    question = drawing.add_node(scope, "exclusiveGateway", f"{first}_which", arrow, first)
    question.set(DECIDE, "person")
    question.set("name", _QUESTION)
    drawing.add_flow(begin, question)
    for start in starts:
        drawing.retag(start, "intermediateThrowEvent")
        drawing.add_flow(question, start, name=_answer(drawing, start),
                         stands_for=start.get("id", ""))
        yield _ASKED.at(start, text("A person says whether the work begins at “{name}”.",
                                    "由人选择是否从“{name}”开始。", name=called(start)))


def _answer(drawing: Drawing, start: Element) -> str:
    """The start's name, else the name of what comes next."""
    if name_of(start):
        return name_of(start)
    following = [drawing.target(flow) for flow in drawing.outgoing(start)]
    return next((name_of(node) for node in following if node is not None and name_of(node)),
                start.get("id", ""))
