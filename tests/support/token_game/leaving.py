"""What a token does when it leaves a node: it follows flows, throws, or ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from tests.support.token_game.catching import undoable, wake_inside
from tests.support.token_game.chart import ACTIVITIES, Flow, Node, Trigger
from tests.support.token_game.marking import Outcome, Rules, Scope


def leave(rules: Rules, scope: Scope, node: Node) -> Iterator[Scope]:
    """Behind activities and events: all flows without condition, and those whose condition holds.

    The default flow is for when no condition holds (13.3.1).
    """
    flows = rules.chart.outgoing(node.id)
    conditional = [flow for flow in flows if flow.conditional and flow.id != node.default
                   and node.kind in ACTIVITIES]
    default = [flow for flow in flows if flow.id == node.default and node.kind in ACTIVITIES]
    always = [flow for flow in flows if flow not in conditional and flow not in default]
    if not conditional:
        # A default with nothing that could hold instead is followed.
        yield scope.plus(*map(_on, always + default))
        return
    scope = scope.plus(*map(_on, always))
    if any(flow.id in rules.told for flow in flows):
        yield scope.plus(("choose", node.id))
        return
    for some in choices(rules, node):
        yield scope.plus(*map(_on, some))


def choices(rules: Rules, node: Node) -> Iterator[tuple[Flow, ...]]:
    """The sets of conditional flows that may be followed behind an activity."""
    flows = rules.chart.outgoing(node.id)
    conditional = [flow for flow in flows if flow.conditional and flow.id != node.default]
    default = tuple(flow for flow in flows if flow.id == node.default)
    for count in range(1, len(conditional) + 1):
        yield from combinations(conditional, count)
    if default:
        yield default
    elif len(conditional) < len(flows):
        yield ()


def pass_node(rules: Rules, scope: Scope, node: Node,
              answers: Sequence[str] = ()) -> Iterator[Outcome]:
    """A token that is at an event or gateway, and already taken off it, passes."""
    if node.kind.endswith("Gateway"):
        for flows in _ways(rules, node, answers):
            yield scope.plus(*map(_on, flows)), ()
    elif node.kind in ("endEvent", "intermediateThrowEvent"):
        yield from _throw(rules, scope, node)
    else:
        for after in leave(rules, scope, node):
            yield after, ()


def _ways(rules: Rules, node: Node, answers: Sequence[str]) -> Iterator[tuple[Flow, ...]]:
    """The sets of flows that may be followed behind a gateway (13.4)."""
    flows = tuple(rules.chart.outgoing(node.id))
    if len(flows) < 2 or node.kind == "parallelGateway" or node.all_events:
        yield flows
        return
    for count in range(1, 2 if node.kind == "exclusiveGateway" else len(flows) + 1):
        for some in combinations(flows, count):
            ids = {flow.id for flow in some}
            if count > 1 and node.default in ids:
                continue  # the default is for when nothing else is followed
            if not answers or ids == set(answers):
                yield some


def _throw(rules: Rules, scope: Scope, node: Node) -> Iterator[Outcome]:
    sent = tuple(Trigger("message", flow) for flow, source, _ in rules.chart.messages
                 if source == node.id)
    if node.has("compensate") and scope.undo:
        yield scope.plus(("undoing", node.id)), sent
    onward = scope
    if node.has("link"):
        target = rules.chart.link_target(node)
        onward = scope.plus(("at", target.id)) if target is not None else scope
    for after in leave(rules, onward, node):
        after, thrown = _signal(rules, after, node)
        for each, more in _end(rules, after, node):
            yield each, (*sent, *thrown, *more)


def _signal(rules: Rules, scope: Scope, node: Node) -> Outcome:
    """Signals, escalations and compensation: they don't end what goes on."""
    thrown: list[Trigger] = []
    for trigger in node.triggers:
        if trigger.kind == "compensate":
            scope = undoable(rules, scope, trigger.about)
            thrown.append(trigger)
        elif trigger.kind == "signal" and trigger.about:
            # A signal that the drawing doesn't name can't be told from any other.
            thrown.append(trigger)
        elif trigger.kind == "escalation":
            woken = wake_inside(rules, scope, trigger)
            scope = woken if woken is not None else scope
            thrown += [trigger] if woken is None else []
    return scope, tuple(thrown)


def _end(rules: Rules, scope: Scope, node: Node) -> Iterator[Outcome]:
    """Ends that end more than their own path (13.5.6)."""
    if node.kind != "endEvent" or not any(map(node.has, ("terminate", "error", "cancel"))):
        yield scope, ()
        return
    if node.has("terminate"):
        yield scope.emptied(), ()
        return
    trigger = next(each for each in node.triggers if each.kind in ("error", "cancel"))
    woken = wake_inside(rules, scope, trigger)
    if woken is not None:
        yield woken, ()
        return
    yield scope.emptied(), (trigger,)
    if trigger.kind == "cancel":
        # What it does that nobody catches is unspecified: the path may simply end.
        yield scope, (replace(trigger, kind="uncaught cancel"),)


def _on(flow: Flow) -> tuple[str, str]:
    return "on", flow.id
