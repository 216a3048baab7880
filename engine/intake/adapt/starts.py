"""A case begins at one place, when a person or another system starts it.

A start by a message or signal with a name, or by a timer, starts cases by itself as well.

Valid: one start event; a start by message, signal or timer.
Invalid: a start by a condition, or by a message without a name; several start events.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.intake.bpmn import (
    BEGINS,
    CALENDAR,
    DECIDE,
    MESSAGE,
    SIGNAL,
    TIMER,
    Element,
    children,
    content,
    definitions,
    drawn_id,
    kind,
    name_of,
)
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation
from engine.intake.rule import Known, Rule
from engine.intake.timing import readable_time
from engine.intake.words import called, text

RULE = Rule(
    "starts",
    why=text("What starts a case here can't be told: it has no name or no time, or is a condition.",
             "无法得知此处由什么发起案件：没有名称、没有时间，或是条件事件。"),
    remedy=text("Give the start event a message or signal with a name, or a timer with a time; or "
                "draw one without a symbol.",
                "请为开始事件指定有名称的消息或信号、有时间的定时器，或画无符号的开始事件。"),
)
_ASKED = replace(
    RULE, asks=True,
    why=text("There are several places where the work can begin.", "工作可以从几个地方开始。"),
    remedy=text("Draw one start event, and a gateway behind it if the ways differ.",
                "请只画一个开始事件；若路径不同，在其后画一个网关。"))

_NAMED = (("message", "messageRef", MESSAGE), ("signal", "signalRef", SIGNAL))
_QUESTION = "Where does it begin? 从哪里开始？"


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Leave one start event without a definition in every scope."""
    for scope in drawing.scopes():
        starts = [part for part in drawing.members(scope) if kind(part) == "startEvent"]
        if not starts:
            continue
        for start in starts:
            if definitions(start):
                yield from _settle(drawing, start, known)
        if len(starts) > 1:
            yield from _ask(drawing, scope, starts)


def _settle(drawing: Drawing, start: Element, known: Known) -> Iterator[Adaptation]:
    """Note what starts cases at a process's start event, where it is something that can."""
    fed = any(start.get("id") == address.partition("/")[2] for node in drawing.nodes()
              for address in node.get(BEGINS, "").split())
    scope = start.getparent()
    heard = False
    for definition in definitions(start):
        if scope is not None and kind(scope) == "process":
            heard = _note(drawing, start, definition, known) or heard
        start.remove(definition)
    if not heard and not fed:
        yield RULE.at(start, text(
            "A person or another system says that “{name}” has happened, by starting a case.",
            "由人或其他系统发起案件，表示“{name}”已发生。", name=called(start)))


def _note(drawing: Drawing, start: Element, definition: Element, known: Known) -> bool:
    """Write what starts cases here on the event itself; False where nothing can."""
    for name, root, attribute in _NAMED:
        if kind(definition) == f"{name}EventDefinition":
            found = next((each for each in children(drawing.root, name)
                          if each.get("id") == definition.get(root)), None)
            if found is not None and name_of(found):
                start.set(attribute, name_of(found))
            elif attribute == MESSAGE and attribute not in start.attrib:
                start.set(attribute, "")  # the journey's settings may name it
            return bool(start.get(attribute))
    if kind(definition) == "timerEventDefinition":
        for part in definition:
            time = readable_time(kind(part), content(part), known.fields)
            if time is not None:
                start.set(TIMER, f"{kind(part)} {time}")
                if definition.get(CALENDAR):
                    start.set(CALENDAR, definition.get(CALENDAR, ""))
                return True
    return False


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
