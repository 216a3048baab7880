"""Conditions on flows: those that the sandbox can read are kept, the others go to a person.

Valid: `amount > 200`, `${amount > 200 && urgent}`, `= amount > 200`.
Invalid: "if the customer agrees".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.intake.bpmn import ACTIVITIES, CONDITION, Element, content, kind
from engine.intake.drawing import Drawing, condition_of
from engine.intake.expressions import readable_condition
from engine.intake.model import Adaptation
from engine.intake.rule import Known, Rule
from engine.intake.words import arrow, cut, text

RULE = Rule(
    "conditions",
    why=text("The condition is no expression on fields that Baton can read.",
             "该条件不是 Baton 可读的字段表达式。"),
    remedy=text("Write it as an expression on fields, such as amount > 200 and cause == "
                "\"damage\".", "请写成字段表达式，例如 amount > 200 and cause == \"damage\"。"),
    asks=True,
)
_IDLE = replace(
    RULE, asks=False,
    why=text("There is only one way on here, or BPMN asks no conditions at this place.",
             "此处只有一条路，或 BPMN 在此处不检查条件。"),
    remedy=text("Take the condition off, or draw an exclusive gateway.",
                "请去掉该条件，或画一个排他网关。"))
_ASKING = ACTIVITIES | {"exclusiveGateway", "inclusiveGateway", "complexGateway"}


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Rewrite readable conditions as Python, and mark flows whose condition can't be read."""
    for node in drawing.nodes():
        flows = drawing.outgoing(node)
        for flow in flows:
            condition = condition_of(flow)
            if condition is None:
                continue
            drawn, name = _drawn_text(condition), arrow(flow, node, drawing.target(flow))
            if kind(node) not in _ASKING or len(flows) == 1:
                flow.remove(condition)
                if drawn:
                    yield _IDLE.at(flow, text("The condition “{drawn}” is not asked.",
                                              "不检查条件“{drawn}”。", drawn=drawn), name=name)
                continue
            expression = readable_condition(drawn, known.fields)
            if expression is not None:
                for part in list(condition):
                    condition.remove(part)
                condition.text = expression
                continue
            flow.remove(condition)
            flow.set(CONDITION, cut(drawn, 500))
            if drawn:
                yield RULE.at(flow, text("A person decides whether “{drawn}” holds.",
                                         "由人判断“{drawn}”是否成立。", drawn=drawn), name=name)


def _drawn_text(condition: Element) -> str:
    """The condition's text; some tools wrap it in an element of their own."""
    return content(condition) or "".join(str(part) for part in condition.itertext()).strip()
