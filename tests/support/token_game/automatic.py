"""What happens by itself, at once, between two happenings of which the trace tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from tests.support.token_game.catching import rise
from tests.support.token_game.chart import Trigger
from tests.support.token_game.entering import enter
from tests.support.token_game.joins import complex_joins, joined, waits_for_others
from tests.support.token_game.leaving import leave, pass_node
from tests.support.token_game.marking import Outcome, Rules, Scope, Step, Token


def automatic(rules: Rules, scope: Scope) -> list[Outcome] | None:
    """The outcomes of the first thing that happens by itself; None when everything is at rest."""
    for token in scope.tokens:
        moved = _moved(rules, scope, token)
        if moved is not None:
            return moved
    after = joined(rules, scope)
    if after is not None:
        return [(after, ())]
    for step in scope.steps:
        for inner in step.inner:
            if inner.empty and not _open(rules, inner):
                return list(round_over(rules, scope, step, inner))
            outcomes = automatic(rules, inner)
            if outcomes is not None:
                return list(lifted(rules, scope, step, inner, outcomes))
    return None


def optional(rules: Rules, scope: Scope) -> Iterator[Outcome]:
    """What may happen by itself, now or later or never: ends of loops, ad hoc work, undoing."""
    for after in complex_joins(rules, scope):
        yield after, ()
    for token in set(scope.tokens):
        node = rules.chart.nodes.get(token[1])
        if token[0] == "undoing" and node is not None:
            for after in leave(rules, scope.minus(token), node):
                yield after, ()
        elif token[0] == "at" and node is not None and node.id not in rules.told:
            # What ends the scope may come before it throws, or before anyone has chosen.
            yield from pass_node(rules, scope.minus(token), node)
    for step in set(scope.steps):
        rounds = rules.chart.nodes[step.node].rounds
        if rounds is not None and not step.inner and step.begun >= rounds.least:
            yield from over(rules, scope, step)
        for inner in set(step.inner):
            if inner.empty and _open(rules, inner):
                yield from round_over(rules, scope, step, inner)
            else:
                yield from lifted(rules, scope, step, inner, optional(rules, inner))


def lifted(rules: Rules, scope: Scope, step: Step, inner: Scope,
           outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Moves inside of an activity, as moves of the scope around it."""
    for after, thrown in outcomes:
        changed = step.exchange(inner, after)
        around: Scope | None = scope.exchange(step, changed)
        rest: list[Trigger] = []
        for trigger in thrown:
            risen = rise(rules, around, changed, trigger) if around is not None else None
            around, rises = risen if risen is not None else (None, False)
            rest += [trigger] if rises else []
        if around is not None:
            yield around, tuple(rest)


def round_over(rules: Rules, scope: Scope, step: Step, inner: Scope) -> Iterator[Outcome]:
    """What ran inside an activity has ended: this round of it, and perhaps all of it."""
    scope = replace(scope, done=tuple(sorted([*scope.done, *inner.done])))
    rounds = rules.chart.nodes[step.node].rounds
    if rounds is not None and step.node in rules.told and inner.of:
        yield scope.exchange(step, step.exchange(inner, Scope("", (("round", step.node),)))), ()
        return
    left = replace(step, inner=tuple(each for each in step.inner if each is not inner))
    if rounds is None or (step.begun == rounds.most and not left.inner):
        yield from over(rules, scope, step)
    else:
        yield scope.exchange(step, left), ()


def over(rules: Rules, scope: Scope, step: Step) -> Iterator[Outcome]:
    """An activity is done: its token goes on, unless an event or an undoing had begun it."""
    node = rules.chart.nodes[step.node]
    scope = scope.exchange(step)
    if node.by_event or node.undoes:
        told = not step.alone and node.id in rules.told
        yield (scope.plus(("over", node.id)) if told else scope), ()
        return
    if node.id in rules.chart.handlers:
        scope = replace(scope, done=tuple(sorted([*scope.done, node.id])))
    sent = tuple(Trigger("message", flow) for flow, source, _ in rules.chart.messages
                 if source == node.id)
    if not step.alone and node.rounds is None and node.id in rules.told:
        yield scope.plus(("over", node.id)), sent
        return
    for after in leave(rules, scope, node):
        yield after, sent


def _moved(rules: Rules, scope: Scope, token: Token) -> list[Outcome] | None:
    place, name = token
    chart = rules.chart
    if place == "on":
        target = chart.nodes[chart.flows[name].target]
        if waits_for_others(rules, target):
            return None
        return [(scope.minus(token).plus(("to", target.id)), ())]
    if place == "to":
        return [(each, ()) for each in enter(rules, scope.minus(token), chart.nodes[name])]
    if place == "at" and name not in rules.told and not _is_open(rules, name):
        return list(pass_node(rules, scope.minus(token), chart.nodes[name]))
    return None


def _open(rules: Rules, scope: Scope) -> bool:
    """Whether a scope without tokens may go on: ad hoc work ends when someone says so."""
    owner = rules.chart.nodes.get(scope.of)
    return owner is not None and owner.kind == "adHocSubProcess"


def _is_open(rules: Rules, name: str) -> bool:
    """Whether it matters when the token passes: something is thrown, or chosen."""
    node = rules.chart.nodes[name]
    return bool(node.triggers) or (
        node.kind in ("exclusiveGateway", "inclusiveGateway", "complexGateway")
        and len(rules.chart.outgoing(name)) > 1)
