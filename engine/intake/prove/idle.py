"""Circles on which nobody is waited for: within one command they would go round for ever.

A circle with a step, a question or an event on it waits there. One of gateways and scripts only
ends where its conditions say so, and only a script or a decision on it can change what they ask.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from engine.intake.bpmn import DECIDE, DECISION, INSERTED, Element, content, drawn_id, kind
from engine.intake.drawing import Drawing, condition_of
from engine.intake.expressions import names, written
from engine.intake.model import Finding
from engine.intake.subject import finding
from engine.intake.words import called, text

_CHOICES = ("exclusiveGateway", "inclusiveGateway")
_AT_ONCE = frozenset({*_CHOICES, "parallelGateway", "scriptTask", "intermediateThrowEvent",
                      "businessRuleTask"})
_MOST = 10


def idle(drawing: Drawing) -> Iterator[Finding]:
    """Circles whose conditions nothing on them changes."""
    left = _in_circles(drawing)
    for _ in range(_MOST):
        gateway = next((node for node in left if kind(node) in _CHOICES), None)
        if gateway is None:
            return
        circle = _shortest(drawing, gateway, left)
        if not circle or _changes_itself(drawing, circle):
            left.pop(gateway)
            continue
        for flow in circle:
            left.pop(_source(drawing, flow), None)
        at = next((each for each in (_source(drawing, flow) for flow in circle)
                   if each is not None and INSERTED not in each.attrib), gateway)
        found = finding("warning", "idle", at, text(
            "Nobody is waited for on the circle through “{name}”, and nothing on it changes what "
            "its conditions ask: a case that goes round again stops with an incident. Draw the "
            "step on it that takes time.",
            "经过“{name}”的循环上没有任何等待，也没有内容会改变其条件：再次循环的案件会因异常停下。"
            "请画出其中需要时间的步骤。", name=called(at)))
        yield Finding(found.severity, found.element, found.name, found.code, found.message,
                      tuple(_path(drawing, circle)))


def _in_circles(drawing: Drawing) -> dict[Element, None]:
    """Nodes that a token passes at once, without those that are on no circle of such nodes."""
    left = {node: None for node in drawing.nodes(*_AT_ONCE) if DECIDE not in node.attrib
            and (kind(node) != "businessRuleTask" or DECISION in node.attrib)}
    ahead = deque(left)
    while ahead:
        node = ahead.popleft()
        if node not in left:
            continue
        before = [each for each in map(drawing.source, drawing.incoming(node)) if each in left]
        after = [each for each in map(drawing.target, drawing.outgoing(node)) if each in left]
        if not before or not after:
            del left[node]
            ahead.extend(each for each in (*before, *after) if each is not None)
    return left


def _shortest(drawing: Drawing, start: Element, within: dict[Element, None]) -> list[Element]:
    """The flows of the shortest way from a node back to itself; empty when there is none."""
    came: dict[Element, Element] = {}
    ahead = deque([start])
    while ahead:
        for flow in drawing.outgoing(ahead.popleft()):
            target = drawing.target(flow)
            if target is None or target not in within or target in came:
                continue
            came[target] = flow
            if target is start:
                circle = [flow]
                while (source := _source(drawing, circle[0])) is not None and source is not start:
                    circle.insert(0, came[source])
                return circle
            ahead.append(target)
    return []


def _source(drawing: Drawing, flow: Element) -> Element:
    source = drawing.source(flow)
    assert source is not None, "a flow on a circle comes from a node"  # noqa: S101
    return source


def _changes_itself(drawing: Drawing, circle: list[Element]) -> bool:
    """Whether something on the circle may change what its conditions ask, or it can't be known."""
    asked: set[str] = set()
    changed: set[str] = set()
    choices = 0
    for flow in circle:
        node = _source(drawing, flow)
        if kind(node) in _CHOICES and len(drawing.outgoing(node)) > 1:
            choices += 1
            for condition in map(condition_of, drawing.outgoing(node)):
                if condition is not None:
                    asked |= names(content(condition))
        for script in node.iter("{*}script"):
            changed |= written(content(script))
        if kind(node) == "businessRuleTask":
            return True
    return not choices or bool(asked & changed)


def _path(drawing: Drawing, circle: list[Element]) -> Iterator[str]:
    for flow in circle:
        for each in (_source(drawing, flow), flow):
            if INSERTED not in each.attrib:
                yield drawn_id(each)
    first = _source(drawing, circle[0])
    if INSERTED not in first.attrib:
        yield drawn_id(first)
