"""The way of a token through the drawing, from the steps that were played to a marking."""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from engine.intake.prove.net import Net, Step


@dataclass
class Token:
    """A token on its place; `step` is the number of the one played that put it there."""

    place: int
    step: int
    flow: str


@dataclass
class Played:
    """Steps played one after the other, by number, with the tokens that each took; `left` are the
    tokens in the end."""

    steps: list[int] = field(default_factory=list)
    took: list[list[Token]] = field(default_factory=list)
    left: list[Token] = field(default_factory=list)


def play(net: Net, steps: Iterable[int]) -> Played:
    """Play the steps on the net, with every token known by where it came from."""
    played = Played()
    at: dict[int, deque[Token]] = {}
    for place in net.begins:
        at.setdefault(place, deque()).append(Token(place, -1, ""))
    for number in steps:
        step = net.steps[number]
        if step.ends:
            took = [token for tokens in at.values() for token in tokens]
            at.clear()
        else:
            arrived = [place for place in step.takes if at.get(place)]
            took = [at[place].popleft() for place in arrived]
        played.steps.append(number)
        played.took.append(took)
        for place, flow in zip(step.gives, step.flows or ("",) * len(step.gives), strict=True):
            at.setdefault(place, deque()).append(Token(place, len(played.steps) - 1, flow))
    played.left = [token for tokens in at.values() for token in tokens]
    return played


def past(played: Played, tokens: Iterable[Token]) -> set[int]:
    """The steps played, by position, without which these tokens would not be where they are."""
    found: set[int] = set()
    ahead = [token.step for token in tokens]
    while ahead:
        position = ahead.pop()
        if position >= 0 and position not in found:
            found.add(position)
            ahead.extend(token.step for token in played.took[position])
    return found


def choices_against(net: Net, played: Played, missing: Iterable[int]) -> set[int]:
    """The steps played, by position, where another answer could have led to `missing` places."""
    toward = _leading_to(net, missing)
    beside: dict[tuple[int, ...], int] = {}
    for step in net.steps:
        beside[step.takes] = beside.get(step.takes, 0) + 1
    return {position for position, number in enumerate(played.steps)
            if beside[net.steps[number].takes] > 1
            and any(place in toward for place in net.steps[number].takes)}


def trail(net: Net, played: Played, positions: set[int], last: Sequence[Token] = ()
          ) -> Iterator[str]:
    """Ids of nodes and flows along the steps at these positions, and of the flows that lead to
    the tokens in `last`; a flow comes behind its node."""
    into: dict[int, list[str]] = {}
    for position in sorted(positions):
        for token in played.took[position]:
            into.setdefault(token.step, []).append(token.flow)
    for token in last:
        into.setdefault(token.step, []).append(token.flow)
    for position in sorted(positions):
        step = net.steps[played.steps[position]]
        yield step.node
        flows = into.get(position) or step.flows[:1]
        yield from (flow for flow in dict.fromkeys(flows) if flow)


def route(net: Net, can_happen: Container[int], nodes: Container[str]) -> list[str]:
    """Ids of nodes and flows on the shortest way of a token, by steps that can happen, to one of
    these nodes, which is left out; empty when there is none."""
    after: dict[int, list[Step]] = {}
    for number, step in enumerate(net.steps):
        if number in can_happen:
            for place in step.takes:
                after.setdefault(place, []).append(step)
    came: dict[int, tuple[int, str, str]] = dict.fromkeys(net.begins, (-1, "", ""))
    ahead = deque(net.begins)
    while ahead:
        place = ahead.popleft()
        if net.places[place].node in nodes:
            found: list[str] = []
            while place >= 0:
                place, node, flow = came[place]
                found[:0] = [each for each in (node, flow) if each]
            return found
        for step in after.get(place, ()):
            flows = step.flows or ("",) * len(step.gives)
            for target, flow in zip(step.gives, flows, strict=True):
                if target not in came:
                    came[target] = (place, step.node, flow)
                    ahead.append(target)
    return []


def _leading_to(net: Net, places: Iterable[int]) -> set[int]:
    before: dict[int, list[int]] = {}
    for step in net.steps:
        for place in step.gives:
            before.setdefault(place, []).extend(step.takes)
    found = set(places)
    ahead = list(found)
    while ahead:
        for place in before.get(ahead.pop(), ()):
            if place not in found:
                found.add(place)
                ahead.append(place)
    return found
