"""A gateway that doesn't say which way to go becomes a question to a person (law 1).

Valid: a condition on every way but one, and that one is the default.
Invalid: an exclusive gateway with two bare arrows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from engine.intake.bpmn import DECIDE, UNDOES, Element, child, kind, name_of, tag
from engine.intake.drawing import Drawing, condition_of
from engine.intake.model import Adaptation
from engine.intake.options import ALL, ASK, way_chosen, ways
from engine.intake.rule import Known, Rule
from engine.intake.words import called, cut, listed, text

RULE = Rule(
    "gateways",
    why=text("Not all of its ways have a condition that Baton can read.",
             "它的部分出口没有 Baton 可读的条件。"),
    remedy=text("Write a condition on every way but one, and make that one the default.",
                "请为除一条以外的每条出口写上条件，并把那一条设为默认。"),
    asks=True,
)
_COMPLEX = replace(
    RULE, asks=False,
    why=text("Complex gateways have rules of their own that SpiffWorkflow can't run.",
             "复杂网关有自己的规则，SpiffWorkflow 无法执行。"),
    remedy=text("Draw an inclusive, exclusive or parallel gateway.",
                "请画成包容、排他或并行网关。"))


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Mark questions with `baton:decide="person"`; make inclusive gateways of complex ones."""
    for node in drawing.nodes("complexGateway"):
        activation = child(node, "activationCondition")
        if activation is not None:
            node.remove(activation)
        drawing.retag(node, "inclusiveGateway")
        yield _COMPLEX.at(node, text(
            "“{name}” works as an inclusive gateway: one or several ways.",
            "“{name}”按包容网关运行：一条或多条路。", name=called(node)))
    for node in drawing.nodes("exclusiveGateway", "inclusiveGateway"):
        if is_open(drawing, node) and node.get(DECIDE) is None:
            yield settle(drawing, node, known, RULE, node)


def settle(drawing: Drawing, gateway: Element, known: Known, rule: Rule,
           where: Element) -> Adaptation:
    """Do at an open gateway what the journey chose for `rule` at `where`; else ask a person."""
    inclusive = kind(gateway) == "inclusiveGateway"
    options = (ASK, ALL) if inclusive else (ASK, *ways(drawing, gateway))
    chosen = rule.chosen(where, known, options)
    if chosen == ASK.key:
        what = _what(drawing, gateway)
        ask(drawing, gateway)
        return rule.at(where, what, options)
    for flow in drawing.outgoing(gateway):
        if condition_of(flow) is None and flow.get("id") != gateway.get("default"):
            etree.SubElement(flow, tag("conditionExpression")).text = str(inclusive)
    if inclusive:
        what = text("After “{name}” all ways without a condition are followed.",
                    "“{name}”之后走所有没有条件的路。", name=called(where))
    else:
        _make_default(drawing, gateway, way_chosen(chosen) or "")
        label = next(option.label for option in options if option.key == chosen)
        what = {language: f"{label[language]}." for language in label}
    return rule.at(where, what, options, chosen)


def _make_default(drawing: Drawing, gateway: Element, flow_id: str) -> None:
    for flow in drawing.outgoing(gateway):
        condition = condition_of(flow)
        if flow.get("id") == flow_id and condition is not None:
            flow.remove(condition)
        elif flow.get("id") == gateway.get("default") and flow.get("id") != flow_id:
            etree.SubElement(flow, tag("conditionExpression")).text = "False"
    gateway.set("default", flow_id)


def ask(drawing: Drawing, gateway: Element) -> None:
    """Make a question of `gateway`; an answer without a name is called like where it leads."""
    gateway.set(DECIDE, "person")
    for flow in drawing.outgoing(gateway):
        target = drawing.target(flow)
        if not name_of(flow) and target is not None and name_of(target):
            flow.set("name", cut(name_of(target)))


def is_open(drawing: Drawing, node: Element) -> bool:
    """Whether more than one way leads on, and one of them has no condition and is no default."""
    flows = drawing.outgoing(node)
    return len(flows) > 1 and any(
        condition_of(flow) is None and flow.get("id") != node.get("default")
        and UNDOES not in flow.attrib for flow in flows)


def _what(drawing: Drawing, node: Element) -> dict[str, str]:
    flows = drawing.outgoing(node)[:6]
    targets = [flow if name_of(flow) else drawing.target(flow) for flow in flows]
    answers = listed(flow if target is None else target
                     for flow, target in zip(flows, targets, strict=True))
    if kind(node) == "inclusiveGateway":
        return text("“{name}” is a question to a person, with one or several of {answers}.",
                    "“{name}”由人选择一项或多项：{answers}。", name=called(node), answers=answers)
    return text("“{name}” is a question to a person: {answers}.",
                "“{name}”由人选择：{answers}。", name=called(node), answers=answers)
