"""Small drawings for intake's tests, and what Baton makes of them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from engine.intake.model import Understanding
from engine.intake.rule import Known
from engine.intake.service_call import ServiceCall
from engine.intake.understand import understand

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BATON = "{urn:baton:bpmn:1}"


def drawn(body: str, *, roots: str = "", process: str = 'id="P" isExecutable="true"') -> bytes:
    """A file with one process; `body` and `roots` are BPMN without prefixes."""
    return (f'<definitions xmlns="{BPMN[1:-1]}" xmlns:baton="{BATON[1:-1]}" '
            'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
            'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0">'
            f"{roots}<process {process}>{body}</process></definitions>").encode()


def line(*nodes: str, more: str = "") -> bytes:
    """Start, the given nodes (XML with ids) and an end, joined by flows, and `more`."""
    parts = ['<startEvent id="begin"/>', *nodes, '<endEvent id="finish"/>']
    ids = [etree.fromstring(part).get("id") for part in map(_alone, parts)]
    flows = "".join(flow(a, b) for a, b in zip(ids, ids[1:], strict=False))
    return drawn("".join(parts) + flows + more)


def flow(source: str | None, target: str | None, inner: str = "", **attributes: str) -> str:
    """A sequence flow called source-target."""
    extra = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return (f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}"'
            f"{extra}>{inner}</sequenceFlow>")


def when(condition: str) -> str:
    """A condition for a flow; XML characters must be escaped."""
    return f"<conditionExpression>{condition}</conditionExpression>"


def two_pools() -> bytes:
    """A customer orders from a shop; both have steps. A courier is outside."""
    message = "<messageEventDefinition/>"
    return (
        f'<definitions xmlns="{BPMN[1:-1]}"><collaboration id="C">'
        '<participant id="p1" name="Shop" processRef="Shop"/>'
        '<participant id="p2" name="Customer" processRef="Customer"/>'
        '<participant id="p3" name="Courier"/>'
        '<messageFlow id="m1" sourceRef="order" targetRef="ordered"/>'
        '<messageFlow id="m2" sourceRef="send" targetRef="arrived"/>'
        '<messageFlow id="m3" sourceRef="p3" targetRef="collected"/></collaboration>'
        '<process id="Shop">'
        f'<startEvent id="ordered">{message}</startEvent><userTask id="pack"/>'
        f'<intermediateCatchEvent id="collected">{message}</intermediateCatchEvent>'
        f'<intermediateThrowEvent id="send">{message}</intermediateThrowEvent><endEvent id="done"/>'
        + flow("ordered", "pack") + flow("pack", "collected") + flow("collected", "send")
        + flow("send", "done") + '</process><process id="Customer"><startEvent id="wish"/>'
        '<sendTask id="order"/>'
        f'<intermediateCatchEvent id="arrived">{message}</intermediateCatchEvent>'
        + flow("wish", "order") + flow("order", "arrived") + "</process></definitions>").encode()


def look(data: bytes, *, decisions: tuple[str, ...] = (), fields: tuple[str, ...] = (),
         process: str | None = None,
         calls: Mapping[str, ServiceCall] | None = None) -> Understanding:
    """What Baton understands, and never a rule that stumbled."""
    found = understand(data, process=process,
                       known=Known(frozenset(decisions), frozenset(fields),
                                   service_calls=calls or {}))
    assert "rule_failed" not in {each.code for each in found.findings}
    return found


def adapted(found: Understanding) -> etree._Element:
    """The adapted XML, parsed."""
    return etree.fromstring(found.adapted_xml)


def node(found: Understanding, element: str) -> etree._Element:
    """The element with this id in the adapted XML."""
    return next(each for each in adapted(found).iter() if each.get("id") == element)


def kind(element: etree._Element) -> str:
    """The local name of an element."""
    return str(etree.QName(element).localname)


def rules(found: Understanding) -> set[str]:
    """Names of the rules that changed something."""
    return {each.rule for each in found.adaptations}


def ways(found: Understanding) -> set[tuple[str | None, str | None]]:
    """Source and target of every flow in the adapted XML."""
    return {(each.get("sourceRef"), each.get("targetRef"))
            for each in adapted(found).iter(f"{BPMN}sequenceFlow")}


def _alone(part: str) -> str:
    """`part` without prefixes, which only the whole file declares."""
    return re.sub(r"\b(camunda|zeebe|baton):", "", part)
