"""Several flows out of a step or event: the split that BPMN means, drawn out as gateways.

Valid: a step with one arrow out of it.
Invalid: a step with two arrows out of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.intake.adapt.gateways import is_open, settle
from engine.intake.bpmn import CONDITION, GATEWAYS, Element, drawn_id, kind
from engine.intake.drawing import Drawing, condition_of
from engine.intake.model import Adaptation
from engine.intake.rule import Known, Rule
from engine.intake.words import called, text

RULE = Rule(
    "splits",
    why=text("In BPMN several arrows out of one step are all followed; SpiffWorkflow needs a "
             "gateway for that.",
             "按 BPMN，一个步骤的多条出口会同时前进；SpiffWorkflow 需要网关来表达。"),
    remedy=text("If only one of them is meant, draw an exclusive gateway behind the step.",
                "如果只应走其中一条，请在该步骤之后画排他网关。"),
)
_ASKED = replace(
    RULE, asks=True,
    why=text("The conditions on its arrows can't all be read.", "其出口条件无法全部读取。"),
    remedy=text("Write the conditions as expressions on fields.", "请把条件写成字段表达式。"))


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Insert a parallel gateway for what is always followed, an inclusive one for conditions."""
    for node in drawing.nodes():
        flows = drawing.outgoing(node)
        if len(flows) < 2 or kind(node) in GATEWAYS or kind(node) == "endEvent":
            continue
        conditional = [flow for flow in flows if _is_conditional(flow)]
        if conditional:
            # The default is for when none of the conditions holds; alone it is an arrow.
            conditional += [flow for flow in flows if flow.get("id") == node.get("default")]
        chosen = set(conditional)
        always = [flow for flow in flows if flow not in chosen]
        default = node.attrib.pop("default", "")
        at = node
        if always:
            at = _insert(drawing, node, "parallelGateway", f"{node.get('id')}_split", always)
        if not conditional:
            yield RULE.at(node, text("After “{name}” all {count} ways are followed at once.",
                                     "“{name}”之后同时走全部 {count} 条路。",
                                     name=called(node), count=len(flows)))
            continue
        choice = _insert(drawing, at, "inclusiveGateway", f"{node.get('id')}_choice", conditional)
        if default:
            choice.set("default", default)
        elif always:
            _let_none_hold(drawing, node, choice)
        yield _settle_choice(drawing, node, choice, known)


def _is_conditional(flow: Element) -> bool:
    return condition_of(flow) is not None or CONDITION in flow.attrib


def _insert(drawing: Drawing, node: Element, name: str, base: str,
            flows: list[Element]) -> Element:
    scope = node.getparent()
    assert scope is not None, "a flow node stands in a process"  # noqa: S101
    # Seen from outside it is the first of its arrows: nothing else goes by that id.
    arrows = [arrow for arrow in map(drawn_id, flows) if arrow not in drawing.represented]
    gateway = drawing.add_node(scope, name, base, next(iter(arrows), base), node.get("id", ""))
    gateway.set("name", node.get("name", ""))
    for flow in flows:
        drawing.leave_from(flow, gateway)
    drawing.add_flow(node, gateway)
    return gateway


def _let_none_hold(drawing: Drawing, node: Element, choice: Element) -> None:
    """None of the conditions need hold, since other ways are followed in any case."""
    scope = choice.getparent()
    assert scope is not None, "a flow node stands in a process"  # noqa: S101
    end = drawing.add_node(scope, "endEvent", f"{choice.get('id')}_end", node.get("id", ""))
    nowhere = drawing.add_flow(choice, end, name="None of these 都不走",
                               stands_for=f"{drawn_id(node)}_none")
    choice.set("default", nowhere.get("id", ""))


def _settle_choice(drawing: Drawing, node: Element, choice: Element,
                   known: Known) -> Adaptation:
    if is_open(drawing, choice):
        return settle(drawing, choice, known, _ASKED, node)
    return RULE.at(node, text("After “{name}” every way whose condition holds is followed.",
                              "“{name}”之后走所有条件成立的路。", name=called(node)))
