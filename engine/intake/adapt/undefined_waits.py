"""An event that doesn't say what it waits for waits for a person's word.

Valid: a signal with a name, a condition on fields.
Invalid: a blank catching event, a signal without a name, "when the customer agrees".
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import Element, child, children, content, definitions, kind, name_of
from engine.intake.drawing import Drawing
from engine.intake.expressions import readable_condition
from engine.intake.model import Adaptation
from engine.intake.options import NEVER, SKIP, WAIT, can_skip
from engine.intake.rule import Known, Rule
from engine.intake.waiting import wait_for_report
from engine.intake.words import called, text

RULE = Rule(
    "undefined_waits",
    why=text("The drawing does not say what this event waits for in a way that Baton can read.",
             "图中没有以 Baton 可读的方式说明该事件等待什么。"),
    remedy=text("Give the event a message, a signal, a time or a condition on fields.",
                "请为该事件指定消息、信号、时间或基于字段的条件。"),
    asks=True,
)
_CAUGHT = frozenset({"messageEventDefinition", "timerEventDefinition", "errorEventDefinition",
                     "escalationEventDefinition"})


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Make a message of every signal, condition or blank that can't be waited for as drawn."""
    signals = {signal.get("id"): signal for signal in children(drawing.root, "signal")}
    for event in drawing.nodes("intermediateCatchEvent", "boundaryEvent"):
        parts = definitions(event)
        unclear = [part for part in parts if not _is_clear(drawing, event, part, signals, known)]
        if parts and not unclear:
            continue
        options = (WAIT, SKIP) if can_skip(drawing, event) else (WAIT,)
        if kind(event) == "boundaryEvent":
            options = (WAIT, NEVER)
        chosen = RULE.chosen(event, known, options)
        if chosen == NEVER.key:
            drawing.never(event)
            yield RULE.at(event, text("“{name}” never happens.", "“{name}”永不发生。",
                                      name=called(event)), options, chosen)
            continue
        if chosen == SKIP.key:
            drawing.skip_event(event)
            yield RULE.at(event, text("“{name}” is passed at once.", "直接经过“{name}”。",
                                      name=called(event)), options, chosen)
            continue
        if unclear:
            wait_for_report(drawing, event, unclear[0])
            for part in unclear[1:]:
                event.remove(part)
        else:
            wait_for_report(drawing, event, None)
        yield RULE.at(event, text("A person reports when “{name}” happens.",
                                  "发生“{name}”时由人报告。", name=called(event)), options)


def _is_clear(drawing: Drawing, event: Element, part: Element,
              signals: dict[str | None, Element], known: Known) -> bool:
    if kind(part) in _CAUGHT:
        return True
    if kind(part) == "cancelEventDefinition":
        activity = drawing.node(event.get("attachedToRef"))
        return activity is not None and kind(activity) == "transaction"
    if kind(part) == "signalEventDefinition":
        signal = signals.get(part.get("signalRef"))
        if signal is not None and not name_of(signal):
            signal.set("name", signal.get("id", ""))
        return signal is not None
    if kind(part) == "conditionalEventDefinition":
        condition = child(part, "condition")
        expression = readable_condition(content(condition), known.fields)
        if condition is not None and expression is not None:
            condition.text = expression
        return expression is not None
    return False
