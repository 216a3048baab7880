"""How a scope begins, and what a token does when it enters a node."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.token_game.catching import undoable
from tests.support.token_game.chart import ACTIVITIES, Node
from tests.support.token_game.marking import Rules, Scope, Step


def begin(rules: Rules, scope: str) -> Iterator[Scope]:
    """The ways in which a process or sub-process may begin (10.5.2, 13.2, 13.3.4)."""
    members = rules.chart.members(scope)
    owner = rules.chart.nodes.get(scope)
    if owner is not None and owner.kind == "adHocSubProcess":
        yield Scope(scope)
        return
    starts = [each for each in members if each.kind == "startEvent"
              or (each.instantiates and not rules.chart.incoming(each.id))]
    if starts:
        # Each start event begins an instance of its own: of several, one has happened.
        for start in starts:
            yield Scope(scope, (("to", start.id),))
        return
    ordinary = [each for each in members if _is_entered(each)]
    first = [each for each in ordinary if not rules.chart.incoming(each.id)]
    if first:
        yield Scope(scope).plus(*(("to", each.id) for each in first))
    elif ordinary:
        # A circle without a beginning, of which the specification says nothing.
        for each in ordinary:
            yield Scope(scope, (("to", each.id),))
    else:
        yield Scope(scope)


def _is_entered(node: Node) -> bool:
    return (node.kind != "boundaryEvent" and not node.by_event and not node.undoes
            and not (node.kind == "intermediateCatchEvent" and node.has("link")))


def enter(rules: Rules, scope: Scope, node: Node) -> Iterator[Scope]:
    """A token enters a node: the activity begins, the event waits (13.3.1, 13.4, 13.5)."""
    if node.kind in ACTIVITIES:
        for step in steps(rules, node):
            yield scope.exchange(None, step)
    elif node.kind == "eventBasedGateway" and not node.all_events:
        yield scope.plus(("race", node.id))
    elif node.kind == "intermediateCatchEvent" and not node.has("link"):
        yield scope.plus(("wait", node.id))
    else:
        for trigger in node.triggers:
            if trigger.kind == "compensate":
                # What is thrown waits until all is undone (13.5.5).
                scope = undoable(rules, scope, trigger.about)
        yield scope.plus(("at", node.id))


def steps(rules: Rules, node: Node) -> Iterator[Step]:
    """An activity that has just begun; its rounds begin when something in them happens."""
    body = rules.chart.body(node)
    if not body or rules.chart.calls_itself(body):
        # A process that calls itself for ever has no end that could be played.
        yield Step(node.id, 0, alone=True)
    elif node.rounds is not None:
        yield Step(node.id, 0, alone=False)
    else:
        for inner in begin(rules, body):
            yield Step(node.id, 1, alone=False, inner=(inner,))
