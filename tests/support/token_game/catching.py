"""What catches a thrown trigger: events on borders, event sub-processes, waiting events."""

from __future__ import annotations

from dataclasses import replace

from tests.support.token_game.chart import Node, Trigger
from tests.support.token_game.marking import Rules, Scope, Step


def catches(node: Node, trigger: Trigger) -> bool:
    """Whether an event catches the trigger: of its kind, and of any or the same code (13.5)."""
    anything = ("error", "escalation", "cancel")
    return any(each.kind == trigger.kind and (
        each.about == trigger.about or (each.kind in anything and not each.about))
        for each in node.triggers)


def wake_inside(rules: Rules, scope: Scope, trigger: Trigger) -> Scope | None:
    """The scope with the event sub-process begun that catches the trigger, if there is one."""
    found = [(handler, start) for handler in handlers(rules, scope)
             for start in rules.chart.members(handler.id)
             if start.kind == "startEvent" and catches(start, trigger)]
    if not found:
        return None
    return woken(scope, *min(found, key=lambda each: _of_every_code(each[1], trigger)))


def _of_every_code(node: Node, trigger: Trigger) -> bool:
    """Whether an event catches the trigger only because it names no code: others come first."""
    return not any(each.kind == trigger.kind and each.about == trigger.about
                   for each in node.triggers)


def handlers(rules: Rules, scope: Scope) -> list[Node]:
    """The event sub-processes that can still be woken in a scope."""
    return [] if scope.interrupted else [
        each for each in rules.chart.members(scope.of) if each.by_event and not each.undoes]


def woken(scope: Scope, handler: Node, start: Node) -> Scope:
    """`handler` begins at `start`; an interrupting one ends all else in the scope (13.5.4)."""
    if start.interrupts:
        scope = replace(scope.emptied(), interrupted=True)
    inner = Scope(handler.id, (("at", start.id),))
    return scope.exchange(None, Step(handler.id, 1, alone=False, inner=(inner,)))


def rise(rules: Rules, scope: Scope, step: Step, trigger: Trigger) -> tuple[Scope, bool] | None:
    """A trigger leaves the activity `step`: the scope after, and whether it rises further.

    None when the move isn't allowed: something catches what was taken to be uncaught.
    """
    chart = rules.chart
    plain = replace(trigger, kind=trigger.kind.removeprefix("uncaught "))
    border = min((each for each in chart.border(step.node) if catches(each, plain)),
                 key=lambda each: _of_every_code(each, plain), default=None)
    if trigger.kind == "compensate":
        by_event = chart.nodes[step.node].by_event
        return (undoable(rules, scope, trigger.about), False) if by_event else (scope, False)
    if trigger.kind in ("signal", "message"):
        return scope, True
    if plain.kind == "cancel":
        scope = replace(scope, undo=tuple(sorted([*scope.undo, *_undone(rules, step)])))
    if border is not None:
        if plain is not trigger and plain != trigger:
            return None
        after = scope.exchange(step) if border.interrupts else scope
        return after.plus(("at", border.id)), False
    inside = None if chart.nodes[step.node].by_event else wake_inside(rules, scope, plain)
    if inside is not None:
        return None if plain != trigger else (inside, False)
    # An error that nothing catches ends scope after scope (table 10.88: the process may end).
    return scope.emptied() if plain.kind == "error" else scope, plain.kind != "cancel"


def _undone(rules: Rules, step: Step) -> list[str]:
    """What undoes the finished activities of a cancelled transaction."""
    return [rules.chart.handlers[each] for inner in step.inner for each in inner.done]


def undoable(rules: Rules, scope: Scope, activity: str) -> Scope:
    """After compensation is thrown, finished activities may be undone (13.5.5)."""
    chosen = [each for each in scope.done if activity in ("", each)
              or rules.chart.holds(rules.chart.nodes[activity], each)]
    left = list(scope.done)
    for each in chosen:
        left.remove(each)
    handlers = [rules.chart.handlers[each] for each in chosen]
    return replace(scope, done=tuple(left), undo=tuple(sorted([*scope.undo, *handlers])))


def broadcast(rules: Rules, scope: Scope, signal: Trigger) -> Scope:
    """A signal reaches everything in the case that waits for it (13.5.2)."""
    nodes, chart = rules.chart.nodes, rules.chart
    for token in scope.tokens:
        if token[0] == "wait" and catches(nodes[token[1]], signal):
            scope = scope.minus(token).plus(("at", token[1]))
        elif token[0] == "race":
            for flow in chart.outgoing(token[1]):
                if token in scope.tokens and catches(nodes[flow.target], signal):
                    scope = scope.minus(token).plus(("at", flow.target))
    for step in scope.steps:
        caught = [each for each in chart.border(step.node) if catches(each, signal)]
        scope = scope.plus(*(("at", each.id) for each in caught))
        if any(each.interrupts for each in caught):
            scope = scope.exchange(step)
        else:
            inner = tuple(sorted(broadcast(rules, each, signal) for each in step.inner))
            scope = scope.exchange(step, replace(step, inner=inner))
    inside = wake_inside(rules, scope, signal) if not scope.empty else None
    return inside if inside is not None else scope
