"""Where the tokens are: frozen trees of scopes, so that markings can be compared and kept in sets.

A token is (place, id):
  ("on", flow)        on a sequence flow
  ("to", node)        about to enter a node, by no flow
  ("at", node)        at a node that passes by itself and of which the trace tells
  ("wait", node)      at an event that has to happen
  ("race", gateway)   at an event-based gateway: the first of its events wins
  ("choose", node)    behind a node whose conditional flows are still to be chosen
  ("over", activity)  a sub-process has finished inside and is to be told of
  ("round", activity) one round of a sub-process has finished inside and is to be told of
  ("undoing", event)     at a compensation that was thrown and waits until all is undone
  ("reset", gateway)  a complex gateway has fired and swallows what comes late
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.support.token_game.chart import Chart, Trigger

Token = tuple[str, str]


@dataclass(frozen=True, order=True)
class Step:
    """An activity going on: rounds begun, and what runs inside; `alone`: one indivisible step."""

    node: str
    begun: int
    alone: bool
    inner: tuple[Scope, ...] = ()

    def exchange(self, old: Scope, *new: Scope) -> Step:
        """The same activity with another inside."""
        inner = list(self.inner)
        inner.remove(old)
        return replace(self, inner=tuple(sorted([*inner, *new])))


@dataclass(frozen=True, order=True)
class Scope:
    """A running process or sub-process."""

    of: str
    tokens: tuple[Token, ...] = ()
    steps: tuple[Step, ...] = ()
    interrupted: bool = False
    done: tuple[str, ...] = ()  # finished activities that could be undone
    undo: tuple[str, ...] = ()  # what may run in order to undo

    def plus(self, *tokens: Token) -> Scope:
        return replace(self, tokens=tuple(sorted([*self.tokens, *tokens])))

    def minus(self, *tokens: Token) -> Scope:
        left = list(self.tokens)
        for token in tokens:
            left.remove(token)
        return replace(self, tokens=tuple(left))

    def exchange(self, old: Step | None, *new: Step) -> Scope:
        """The same scope with `new` in the place of `old`."""
        steps = list(self.steps)
        if old is not None:
            steps.remove(old)
        return replace(self, steps=tuple(sorted([*steps, *new])))

    def emptied(self) -> Scope:
        """The same scope with everything in it ended."""
        return replace(self, tokens=(), steps=())

    @property
    def empty(self) -> bool:
        return not self.tokens and not self.steps


#: A scope after a move, and what the move threw.
Outcome = tuple[Scope, tuple[Trigger, ...]]


@dataclass(frozen=True)
class Case:
    """All processes of the file that run, and the message flows on which a message is under way."""

    running: tuple[Scope, ...]
    sent: tuple[str, ...] = ()
    begun: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rules:
    """The drawing, and the elements of which the trace tells: those never pass in silence."""

    chart: Chart
    told: frozenset[str]
