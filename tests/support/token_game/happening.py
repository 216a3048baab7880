"""One happening of the trace, as a move of tokens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.support.token_game.automatic import lifted, over
from tests.support.token_game.catching import handlers, woken
from tests.support.token_game.chart import ACTIVITIES, Node
from tests.support.token_game.entering import begin, enter, steps
from tests.support.token_game.leaving import choices, leave, pass_node
from tests.support.token_game.marking import Outcome, Rules, Scope, Step, Token


@dataclass(frozen=True)
class Told:
    """What the trace says happened: a drawn element, and the flows that a person chose."""

    element: str
    answers: tuple[str, ...] = ()


def happen(rules: Rules, scope: Scope, told: Told) -> Iterator[Outcome]:
    """The ways in which it can have happened in this scope."""
    for token in set(scope.tokens):
        yield from _at_token(rules, scope, token, told)
    for step in set(scope.steps):
        if step.alone and step.node == told.element:
            yield from _done(rules, scope, step)
        for event in rules.chart.border(step.node):
            if event.id == told.element and not event.has("compensate"):
                yield from pass_node(rules, scope.exchange(step) if event.interrupts else scope,
                                     event)
        for inner in set(step.inner):
            yield from lifted(rules, scope, step, inner, happen(rules, inner, told))
    for handler in handlers(rules, scope):
        for start in rules.chart.members(handler.id):
            if start.id == told.element and start.kind == "startEvent":
                yield from _handled(rules, woken(scope, handler, start), handler, start)


def possibly_begun(rules: Rules, scope: Scope, element: str) -> Iterator[Scope]:
    """What may begin because something is about to happen in it: rounds, ad hoc work, undoing."""
    owner = rules.chart.nodes.get(scope.of)
    if owner is not None and owner.kind == "adHocSubProcess" \
            and not (owner.sequential and not scope.empty):
        for node in rules.chart.members(scope.of):
            inside = (node.kind in ACTIVITIES and not node.undoes
                      and rules.chart.holds(node, element))
            if inside or (node.id == element and not rules.chart.incoming(element)):
                yield from enter(rules, scope, node)
    for handler in set(scope.undo):
        if rules.chart.holds(rules.chart.nodes[handler], element):
            left = list(scope.undo)
            left.remove(handler)
            for step in steps(rules, rules.chart.nodes[handler]):
                yield replace(scope, undo=tuple(left)).exchange(None, step)
    for step in set(scope.steps):
        for new in _rounds(rules, step, element):
            yield scope.exchange(step, new)
        for inner in set(step.inner):
            for begun in possibly_begun(rules, inner, element):
                yield scope.exchange(step, step.exchange(inner, begun))


def _rounds(rules: Rules, step: Step, element: str) -> Iterator[Step]:
    """Another round of a loop, or another of several instances."""
    node = rules.chart.nodes[step.node]
    if node.rounds is None or step.alone or not rules.chart.holds(node, element):
        return
    if step.begun == node.rounds.most or (step.inner and not node.rounds.parallel):
        return
    for inner in begin(rules, rules.chart.body(node)):
        yield replace(step, begun=step.begun + 1, inner=tuple(sorted([*step.inner, inner])))


def _at_token(rules: Rules, scope: Scope, token: Token, told: Told) -> Iterator[Outcome]:
    place, name = token
    left = scope.minus(token)
    if place in ("at", "wait") and name == told.element:
        yield from pass_node(rules, left, rules.chart.nodes[name], told.answers)
    elif place == "over" and name == told.element:
        for after in leave(rules, left, rules.chart.nodes[name]):
            yield after, ()
    elif place == "round" and name == told.element:
        yield left, ()
    elif place == "choose":
        yield from _chosen(rules, left, name, told)
    elif place == "race":
        yield from _won(rules, scope, token, told)


def _chosen(rules: Rules, scope: Scope, node: str, told: Told) -> Iterator[Outcome]:
    if told.element not in {flow.id for flow in rules.chart.outgoing(node)}:
        return
    answers = set(told.answers) & rules.chart.flows.keys()  # "none of these" is no flow
    for some in choices(rules, rules.chart.nodes[node]):
        if not told.answers or {flow.id for flow in some} == answers:
            yield scope.plus(*(("on", flow.id) for flow in some)), ()


def _won(rules: Rules, scope: Scope, race: Token, told: Told) -> Iterator[Outcome]:
    """The first event behind an event-based gateway wins (13.4.4)."""
    for flow in rules.chart.outgoing(race[1]):
        left = scope.minus(race)
        if told.element == race[1] and flow.id in told.answers:
            yield left.plus(("on", flow.id)), ()
        elif flow.target == told.element:
            for after in enter(rules, left, rules.chart.nodes[flow.target]):
                yield from happen(rules, after, told)
    if told.element == race[1] and not told.answers:
        yield scope, ()


def _done(rules: Rules, scope: Scope, step: Step) -> Iterator[Outcome]:
    """One round of a step is done."""
    rounds = rules.chart.nodes[step.node].rounds
    again = replace(step, begun=step.begun + 1)
    if rounds is None or again.begun == rounds.most:
        yield from over(rules, scope, step)
    else:
        yield scope.exchange(step, again), ()


def _handled(rules: Rules, scope: Scope, handler: Node, start: Node) -> Iterator[Outcome]:
    """The start of an event sub-process has happened and passes."""
    for step in scope.steps:
        for inner in step.inner:
            if step.node == handler.id and inner.tokens == (("at", start.id),):
                yield from lifted(rules, scope, step, inner,
                                  pass_node(rules, inner.minus(("at", start.id)), start))
                return
