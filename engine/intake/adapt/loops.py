"""Loops and several instances: what can be counted is; else a person says how often.

Valid: three instances; at most three rounds; one instance for each entry of a list field.
Invalid: a loop marker and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.intake.adapt.rounds import Rounds, wrap
from engine.intake.bpmn import ACTIVITIES, LOOPS, Element, child, children, content, is_true, kind
from engine.intake.collection import collection
from engine.intake.drawing import Drawing
from engine.intake.expressions import names, readable, readable_condition
from engine.intake.model import Adaptation
from engine.intake.options import ASK, ONCE
from engine.intake.rule import Known, Rule
from engine.intake.words import called, text

RULE = Rule(
    "loops",
    why=text("The drawing does not say how often, in a number or expression that Baton can read.",
             "图中没有以 Baton 可读的数字或表达式说明次数。"),
    remedy=text("Give it a loop cardinality, maximum or condition, or a list to go through.",
                "请填写循环次数、上限、条件或要遍历的列表。"),
    asks=True,
)
_DRAWN_OUT = replace(
    RULE, asks=False,
    why=text("A condition that can't be answered is then asked of a person, as at a gateway.",
             "这样无法判断的条件会像网关一样询问人员。"),
    remedy=text("Nothing to do.", "无需处理。"))
_UNREAD = replace(
    RULE, asks=False,
    why=text("The condition is no expression on fields that Baton can read.",
             "该条件不是 Baton 可读的字段表达式。"),
    remedy=text("Write it as an expression on fields of the journey.",
                "请写成基于流程字段的表达式。"))
MOST_INSTANCES = 1000
_SEVERAL = "multiInstanceLoopCharacteristics"
_OPTIONS = (ASK, ONCE)


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Keep what can be counted; draw the other rounds out with a question or a condition."""
    for node in drawing.nodes():
        markers = [part for part in node if kind(part) in LOOPS]
        for marker in markers[1:] if kind(node) in ACTIVITIES else markers:
            node.remove(marker)
        if not markers or kind(node) not in ACTIVITIES:
            continue
        if kind(markers[0]) == _SEVERAL:
            yield from _settle_several(drawing, node, markers[0], known)
        else:
            yield from _settle_loop(drawing, node, markers[0], known)


def _settle_loop(drawing: Drawing, node: Element, marker: Element,
                 known: Known) -> Iterator[Adaptation]:
    most = (marker.get("loopMaximum") or "").strip()
    counted = most.isascii() and most.isdigit() and len(most) < 5 and int(most) > 0
    condition = child(marker, "loopCondition")
    drawn = content(condition)
    expression = readable(drawn, known.fields)
    before = is_true(marker.get("testBefore"))
    if counted and (condition is None or not drawn):
        _clear(marker, "loopCondition")
    elif counted and condition is not None and expression is not None \
            and names(expression) <= known.fields:
        condition.text = expression
    elif expression is not None:
        wrap(drawing, node, Rounds(before=before, condition=expression))
        yield _DRAWN_OUT.at(node, text(
            "“{name}” is done again as long as {condition}.",
            "只要 {condition}，就再次执行“{name}”。", name=called(node), condition=expression))
        return
    else:
        yield _ask(drawing, node, marker, known, Rounds(before=before, drawn=drawn))
        return
    marker.set("loopMaximum", most)
    marker.set("testBefore", "true" if before else "false")


def _settle_several(drawing: Drawing, node: Element, marker: Element,
                    known: Known) -> Iterator[Adaptation]:
    sequential = is_true(marker.get("isSequential"))
    marker.set("isSequential", "true" if sequential else "false")
    for name in ("loopDataOutputRef", "outputDataItem"):
        _clear(marker, name)
    if not _count(marker, known) and not collection(drawing, marker, known):
        yield _ask(drawing, node, marker, known, Rounds(together=not sequential))
        return
    condition = child(marker, "completionCondition")
    if condition is None:
        return
    expression = readable_condition(content(condition), known.fields)
    if expression is not None and names(expression) <= known.fields | _item(marker):
        condition.text = expression
        return
    if content(condition):
        yield _UNREAD.at(node, text(
            "All instances of “{name}” are done: “{condition}” can't be read.",
            "“{name}”的所有实例都要完成：无法读取“{condition}”。", name=called(node),
            condition=content(condition)))
    marker.remove(condition)


def _count(marker: Element, known: Known) -> bool:
    """Whether the number of instances is a number, or an expression on fields that are there."""
    cardinality = child(marker, "loopCardinality")
    drawn = content(cardinality)
    expression: str | None
    if drawn.isascii() and drawn.isdigit():
        expression = drawn if len(drawn) < 5 and int(drawn) <= MOST_INSTANCES else None
    else:
        expression = readable(drawn, known.fields)
        if expression is not None and not names(expression) <= known.fields:
            expression = None
    if cardinality is None or expression is None:
        _clear(marker, "loopCardinality")
        return False
    cardinality.text = expression
    for name in ("loopDataInputRef", "inputDataItem"):
        _clear(marker, name)
    return True


def _item(marker: Element) -> set[str]:
    return {item.get("id", "") for item in children(marker, "inputDataItem")}


def _ask(drawing: Drawing, node: Element, marker: Element, known: Known,
         rounds: Rounds) -> Adaptation:
    chosen = RULE.chosen(node, known, _OPTIONS)
    if chosen == ONCE.key:
        node.remove(marker)
        return RULE.at(node, text("“{name}” is done once; a person covers all of it.",
                                  "“{name}”只执行一次，由人完成全部内容。", name=called(node)),
                       _OPTIONS, chosen)
    wrap(drawing, node, rounds)
    if rounds.together or rounds.before:
        return RULE.at(node, text("A person says how often “{name}” is begun.",
                                  "由人决定“{name}”开始几次。", name=called(node)), _OPTIONS)
    return RULE.at(node, text("After “{name}” a person says whether it is done once more.",
                              "“{name}”之后由人决定是否再做一次。", name=called(node)), _OPTIONS)


def _clear(marker: Element, name: str) -> None:
    for element in children(marker, name):
        marker.remove(element)
