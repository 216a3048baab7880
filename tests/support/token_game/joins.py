"""Gateways that wait for several tokens (13.4)."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.token_game.chart import Chart, Flow, Node
from tests.support.token_game.marking import Rules, Scope

JOINING = frozenset({"parallelGateway", "inclusiveGateway", "complexGateway"})


def waits_for_others(rules: Rules, node: Node) -> bool:
    """Whether tokens stay on the flows into this node until it takes them together."""
    return node.kind in JOINING and len(rules.chart.incoming(node.id)) > 1


def joined(rules: Rules, scope: Scope) -> Scope | None:
    """The scope after the first gateway that has what it waits for, if there is one."""
    for gateway in rules.chart.members(scope.of):
        if not waits_for_others(rules, gateway):
            continue
        filled, _ = _filled(rules, scope, gateway)
        if ("reset", gateway.id) in scope.tokens:
            if filled:
                return scope.minus(("on", filled[0].id))
            if not more_to_come(rules, scope, gateway):
                return scope.minus(("reset", gateway.id))
        elif gateway.kind != "complexGateway" and filled and not _lacks(rules, scope, gateway):
            return _taken(scope, gateway, filled)
    return None


def _lacks(rules: Rules, scope: Scope, gateway: Node) -> bool:
    """A parallel join wants a token on each flow, an inclusive one all that can still come."""
    if gateway.kind == "parallelGateway":
        return bool(_filled(rules, scope, gateway)[1])
    return more_to_come(rules, scope, gateway)


def complex_joins(rules: Rules, scope: Scope) -> Iterator[Scope]:
    """A complex gateway may fire as soon as a token is there: its condition isn't read."""
    for gateway in rules.chart.members(scope.of):
        if gateway.kind != "complexGateway" or not waits_for_others(rules, gateway):
            continue
        filled, _ = _filled(rules, scope, gateway)
        if filled and ("reset", gateway.id) not in scope.tokens:
            yield _taken(scope, gateway, filled).plus(("reset", gateway.id))


def more_to_come(rules: Rules, scope: Scope, gateway: Node) -> bool:
    """The inclusive join of BPMN 2.0.2: whether some token may still reach an empty flow.

    A token that can also come in where one is waiting already is not waited for.
    """
    filled, missing = _filled(rules, scope, gateway)
    wanted, there = {flow.id for flow in missing}, {flow.id for flow in filled}
    for origins in _positions(rules.chart, scope):
        reached = _reach(rules.chart, origins, gateway.id)
        if reached & wanted and not reached & there:
            return True
    return False


def _filled(rules: Rules, scope: Scope, gateway: Node) -> tuple[list[Flow], list[Flow]]:
    flows = rules.chart.incoming(gateway.id)
    return ([flow for flow in flows if ("on", flow.id) in scope.tokens],
            [flow for flow in flows if ("on", flow.id) not in scope.tokens])


def _taken(scope: Scope, gateway: Node, flows: list[Flow]) -> Scope:
    return scope.minus(*(("on", flow.id) for flow in flows)).plus(("at", gateway.id))


def _positions(chart: Chart, scope: Scope) -> Iterator[list[Flow]]:
    """The flows from which each token goes on."""
    for place, name in scope.tokens:
        if place == "on":
            yield [chart.flows[name]]
        elif place != "reset":
            yield _ahead(chart, name)
    for step in scope.steps:
        yield _ahead(chart, step.node)


def _ahead(chart: Chart, node: str) -> list[Flow]:
    """The flows out of a node, of its border, and of the link it jumps to."""
    found = list(chart.outgoing(node))
    for event in chart.border(node):
        found += chart.outgoing(event.id)
    target = chart.link_target(chart.nodes[node]) if node in chart.nodes \
        and chart.nodes[node].kind == "intermediateThrowEvent" else None
    return found + (chart.outgoing(target.id) if target is not None else [])


def _reach(chart: Chart, origins: list[Flow], gateway: str) -> set[str]:
    """The flows that can be reached without passing through `gateway`."""
    seen: set[str] = set()
    ahead = list(origins)
    while ahead:
        flow = ahead.pop()
        if flow.id not in seen:
            seen.add(flow.id)
            if flow.target != gateway:
                ahead += _ahead(chart, flow.target)
    return seen
