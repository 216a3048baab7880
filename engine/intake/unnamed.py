"""What people call an element that was drawn without a name: by its kind and a named neighbour.

"gateway after “Check order”", “Check order”之后的网关. Ids stay what machines know it by. A place
is found once, in the drawing as it came, and written on the element: rules move its neighbours.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.intake.bpmn import (
    FLOW_NODES,
    GATEWAYS,
    INSERTED,
    PLACE,
    SUB_PROCESSES,
    Element,
    definitions,
    drawn_id,
    kind,
    name_of,
)

Relation = Literal["after", "before", "on", "of", "called", "alone"]
#: How many nodes without a name may stand between.
_FAR = 25
_LONGEST = 60

_KINDS = {
    "step": ("step", "步骤"), "scope": ("sub-process", "子流程"), "gateway": ("gateway", "网关"),
    "startEvent": ("start", "开始"), "endEvent": ("end", "结束"), "event": ("event", "事件"),
    "timer": ("timer", "定时器"), "message": ("message event", "消息事件"),
    "signal": ("signal event", "信号事件"), "error": ("error event", "错误事件"),
    "escalation": ("escalation event", "升级事件"), "conditional": ("condition", "条件事件"),
    "compensate": ("compensation event", "补偿事件"), "cancel": ("cancel event", "取消事件"),
    "link": ("link", "链接事件"), "terminate": ("end", "结束"),
}
_WORDS: Mapping[Relation, tuple[str, str]] = {
    "after": ("{nth}{kind} after “{name}”", "“{name}”之后的{nth}{kind}"),
    "before": ("{nth}{kind} before “{name}”", "“{name}”之前的{nth}{kind}"),
    "on": ("{nth}{kind} on “{name}”", "“{name}”上的{nth}{kind}"),
    "of": ("{nth}{kind} of “{name}”", "“{name}”的{nth}{kind}"),
    "called": ("{name}", "{name}"),
    "alone": ("{kind} {name}", "{kind} {name}"),
}


@dataclass(frozen=True)
class Place:
    """Where an element without a name stands: the `number`-th of its kind `relation` (after, …) the
    element `beside` with this `name`. "called": it waits for, or throws, what has this name;
    "alone": nothing around has a name. Then it is `beside` itself."""

    kind: str
    relation: Relation
    number: int
    beside: str
    name: str

    def in_words(self, name: str = "") -> dict[str, str]:
        """What people call what stands there, in English and Chinese; the neighbour's `name` may
        be another than the drawn one."""
        kinds, words = _KINDS[self.kind], _WORDS[self.relation]
        nth = ("", "") if self.number == 1 else (_nth(self.number), f"第 {self.number} 个")
        return {code: words[each].format(nth=nth[each], kind=kinds[each], name=name or self.name)
                for each, code in enumerate(("en", "zh"))}


def place_of(element: Element) -> Place | None:
    """The place that `mark` wrote on an element; None when it has a name."""
    match element.get(PLACE, "").split(" ", 4):
        case [what, ("after" | "before" | "on" | "of" | "called" | "alone") as relation, number,
              beside, name]:
            return Place(what, relation, int(number), beside, name)
    return None


def mark(root: Element) -> None:
    """Write its place on each element without a name that is drawn in `root`."""
    around = _Around(root)
    taken: dict[tuple[str, Relation, str], int] = {}
    for node in around.nodes.values():
        if not name_of(node) and INSERTED not in node.attrib:
            what, heard = _what(node), around.heard(node)
            if heard:
                node.set(PLACE, f"{what} called 1 {drawn_id(node)} {heard[:_LONGEST]}")
                continue
            relation, beside = around.neighbour(node)
            number = taken[what, relation, beside] = taken.get((what, relation, beside), 0) + 1
            other = around.nodes[beside]
            node.set(PLACE, f"{what} {relation} {number} {drawn_id(other)} "
                     + (name_of(other) or drawn_id(other))[:_LONGEST])


class _Around:
    """The nodes of a drawing, and what stands before and after each."""

    def __init__(self, root: Element) -> None:
        self.nodes: dict[str, Element] = {}
        self._before: dict[str, list[str]] = {}
        self._after: dict[str, list[str]] = {}
        self._heard: dict[str, dict[str, str]] = {f"{kind(part)}Ref": {} for part in root}
        for part in root:
            if part.get("id") and name_of(part):
                self._heard[f"{kind(part)}Ref"][part.get("id", "")] = name_of(part)
        for element in root.iter():
            if kind(element) in FLOW_NODES and element.get("id"):
                self.nodes.setdefault(element.get("id", ""), element)
            elif kind(element) == "sequenceFlow":
                source, target = element.get("sourceRef", ""), element.get("targetRef", "")
                self._before.setdefault(target, []).append(source)
                self._after.setdefault(source, []).append(target)
        for key, node in self.nodes.items():
            if node.get("attachedToRef"):
                self._before.setdefault(key, []).append(node.get("attachedToRef", ""))

    def heard(self, node: Element) -> str:
        """The name of the message or signal that an event is about; "" when it has none."""
        return next((self._heard[reference].get(each.get(reference, ""), "")
                     for each in definitions(node) for reference in ("messageRef", "signalRef")
                     if reference in self._heard and each.get(reference)), "")

    def neighbour(self, node: Element) -> tuple[Relation, str]:
        """How a node stands to the nearest one with a name, and the id of that."""
        key, host = node.get("id", ""), node.get("attachedToRef", "")
        if host in self.nodes and name_of(self.nodes[host]):
            return "on", host
        scope = node.getparent()
        if kind(node) == "startEvent" and scope is not None and kind(scope) in SUB_PROCESSES \
                and name_of(scope):
            return "of", scope.get("id", "")
        ways: tuple[tuple[Relation, Mapping[str, list[str]]], ...] = (
            ("after", self._before), ("before", self._after))
        for relation, links in ways:
            found = self._nearest(key, links)
            if found:
                return relation, found
        return "alone", key

    def _nearest(self, key: str, links: Mapping[str, list[str]]) -> str:
        seen, ahead = {key}, deque(links.get(key, ()))
        while ahead and len(seen) < _FAR:
            each = ahead.popleft()
            if each in seen or each not in self.nodes:
                continue
            seen.add(each)
            if name_of(self.nodes[each]):
                return each
            ahead.extend(links.get(each, ()))
        return ""


def _what(node: Element) -> str:
    local = kind(node)
    if local in GATEWAYS:
        return "gateway"
    if local in SUB_PROCESSES:
        return "scope"
    if local not in ("startEvent", "endEvent") and local.endswith("Event"):
        waits = {kind(each).removesuffix("EventDefinition") for each in definitions(node)}
        return waits.pop() if len(waits) == 1 and waits <= _KINDS.keys() else "event"
    return local if local in _KINDS else "step"


def _nth(number: int) -> str:
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending} "
