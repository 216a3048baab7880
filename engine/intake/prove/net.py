"""The control flow of one scope (a process or sub-process) as a token net.

A place is a node at which a token can be, or an arrow into a join, where tokens wait for each
other. A step takes tokens from places and gives tokens to others, as BPMN says of its node.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Place:
    """Where a token can be: at the node with the id `node`, or on the arrow `flow` into it."""

    node: str
    flow: str = ""


@dataclass(frozen=True)
class Step:
    """One thing that can happen at the node with the id `node`.

    `flows` are ids of the arrows to the places in `gives`, "" where none leads there. A step that
    `ends` something takes every token of the scope away; the text says how the scope ends. `join`
    is the number of an inclusive join, which takes what has arrived once nothing more can come.
    """

    node: str
    takes: tuple[int, ...]
    gives: tuple[int, ...]
    flows: tuple[str, ...] = ()
    ends: str = ""
    join: int | None = None


@dataclass
class Net:
    """`begins` are the places that hold a token first; `joins` the arrows of inclusive joins.

    `whole` is False where the net leaves combinations of answers out, as there are too many.
    """

    places: list[Place] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    begins: tuple[int, ...] = ()
    joins: list[tuple[int, ...]] = field(default_factory=list)
    whole: bool = True

    def place(self, node: str, flow: str = "") -> int:
        """A new place; returns its number."""
        self.places.append(Place(node, flow))
        return len(self.places) - 1


@dataclass(frozen=True)
class Leap:
    """Steps that happen in one go: one step, or several that reduction has put together.

    `fires` are numbers of steps in the order in which they happen; those in `also` can happen in
    their stead or beside them, with the same tokens before and after.
    """

    takes: tuple[int, ...]
    gives: tuple[int, ...]
    fires: tuple[int, ...]
    also: frozenset[int] = frozenset()
    ends: str = ""
    join: int | None = None


def leaps(net: Net) -> list[Leap]:
    """Each step of the net by itself."""
    return [Leap(step.takes, tuple(sorted(step.gives)), (number,), ends=step.ends, join=step.join)
            for number, step in enumerate(net.steps)]


def ways(net: Net) -> list[list[int]]:
    """For each inclusive join and each place: bits of the join's arrows that a token there can
    still come to without passing the join."""
    before: list[list[Step]] = [[] for _ in net.places]
    for step in net.steps:
        for place in step.gives:
            before[place].append(step)
    return [_ways_to(net, before, number, arrows) for number, arrows in enumerate(net.joins)]


def _ways_to(net: Net, before: Sequence[Sequence[Step]], join: int,
             arrows: Sequence[int]) -> list[int]:
    found = [0] * len(net.places)
    for bit, arrow in enumerate(arrows):
        found[arrow] |= 1 << bit
    # All arrows at once: a place is looked at again only when more of them can be come to from it.
    ahead = list(arrows)
    while ahead:
        place = ahead.pop()
        for step in before[place]:
            if step.join == join:
                continue
            for source in step.takes:
                if found[place] & ~found[source]:
                    found[source] |= found[place]
                    ahead.append(source)
    return found
