"""A loop or several instances whose number Baton can't read run once.

Valid: three instances; while `tries < 3`; one for each entry of a list field.
Invalid: a loop marker and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import ACTIVITIES, Element, child, children, content, kind
from engine.intake.drawing import Drawing
from engine.intake.expressions import readable
from engine.intake.model import Adaptation
from engine.intake.rule import Known, Rule
from engine.intake.words import called, text

RULE = Rule(
    "loops",
    why=text("The drawing does not say how often, in a number or expression that Baton can read.",
             "图中没有以 Baton 可读的数字或表达式说明次数。"),
    remedy=text("Give it a loop cardinality, maximum or condition; or draw a gateway that asks "
                "whether to go round again.",
                "请填写循环次数、上限或条件；或画一个询问是否再来一次的网关。"),
    asks=True,
)
MOST_INSTANCES = 1000
_SEVERAL = "multiInstanceLoopCharacteristics"
_LOOP = "standardLoopCharacteristics"


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Keep loops with a readable count, condition or list; take the others off."""
    for node in drawing.nodes():
        drawn = [part for part in node if kind(part) in (_SEVERAL, _LOOP)]
        kept = False
        for part in drawn:
            settle = _settle_several if kind(part) == _SEVERAL else _settle_loop
            if kept or kind(node) not in ACTIVITIES or not settle(drawing, part, known):
                node.remove(part)
            else:
                kept = True
        if drawn and not kept:
            yield RULE.at(node, text("“{name}” is done once; a person covers all of it.",
                                     "“{name}”只执行一次，由人完成全部内容。", name=called(node)))


def _settle_several(drawing: Drawing, part: Element, known: Known) -> bool:
    for name in ("loopDataOutputRef", "outputDataItem"):
        _clear(part, name)
    if not _settle_expression(part, "completionCondition", known):
        _clear(part, "completionCondition")
    cardinality = child(part, "loopCardinality")
    count = _count(content(cardinality), known)
    if cardinality is not None and count is not None:
        cardinality.text = count
        for name in ("loopDataInputRef", "inputDataItem"):
            _clear(part, name)
        return True
    _clear(part, "loopCardinality")
    return _settle_list(drawing, part, known)


def _count(drawn: str, known: Known) -> str | None:
    if drawn.isascii() and drawn.isdigit():
        return drawn if len(drawn) < 5 and 0 < int(drawn) <= MOST_INSTANCES else None
    return readable(drawn, known.fields)


def _settle_list(drawing: Drawing, part: Element, known: Known) -> bool:
    """One instance for each entry of a field that holds a list."""
    reference = child(part, "loopDataInputRef")
    field = content(reference)
    if reference is None or field not in known.fields:
        return False
    item = child(part, "inputDataItem")
    if item is not None and not (item.get("name") or item.get("id") or "").isidentifier():
        part.remove(item)
    elif item is not None:
        # SpiffWorkflow keeps the item under its id; people know it by its name.
        item.set("id", item.get("name") or item.get("id") or "")
    return True


def _settle_loop(drawing: Drawing, part: Element, known: Known) -> bool:
    most = (part.get("loopMaximum") or "").strip()
    counted = most.isascii() and most.isdigit() and len(most) < 5 and int(most) > 0
    if not counted:
        part.attrib.pop("loopMaximum", "")
    has_condition = _settle_expression(part, "loopCondition", known)
    if not has_condition:
        _clear(part, "loopCondition")
    return counted or has_condition


def _settle_expression(part: Element, name: str, known: Known) -> bool:
    element = child(part, name)
    expression = readable(content(element), known.fields)
    if element is None or expression is None:
        return False
    element.text = expression
    return True


def _clear(part: Element, name: str) -> None:
    for element in children(part, name):
        part.remove(element)
