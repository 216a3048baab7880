"""What moving a case has to know of a version's elements, and of where its tokens are.

Elements go by their ids inside (`Place.inside`); `Place.drawn` is the id on the drawing.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal
from uuid import UUID

#: Where a token is: resting at an element, arrived at a join, inside of a sub-process that it
#: stands for, going round in a loop or through several instances, waiting on a border, or at the
#: end of its process; `other` is what can't be moved.
Role = Literal["at", "arrived", "around", "loop", "border", "ended", "other"]


@dataclass(frozen=True)
class Place:
    """One element of a version.

    `nature` is what it does to a token: two of one nature can hold the same token. `loop` is how
    it is repeated: "", parallel, sequential or rounds. `scope` is the process or sub-process that
    it stands in, `holds` the one that runs inside of it, `border_of` the activity that it sits on;
    `arrows` are the elements from which arrows lead to it, one for each.
    """

    inside: str
    drawn: str
    name: str
    kind: str
    nature: str
    scope: str
    loop: str = ""
    holds: str = ""
    border_of: str = ""
    arrows: tuple[str, ...] = ()
    inserted: bool = False
    joins: bool = False


@dataclass(frozen=True)
class Shape:
    """The places of one process of a version, by id inside; `top` is its outermost scope."""

    top: str
    places: Mapping[str, Place] = field(default_factory=dict)

    def hosts(self, scope: str) -> list[Place]:
        """The places inside of which a scope runs; several where it is a called process."""
        return self._hosts.get(scope, [])

    def borders(self, host: str) -> list[Place]:
        """The events on the border of a place."""
        return self._borders.get(host, [])

    def drawn(self, element: str) -> Place | None:
        """The place that is drawn with this id."""
        return self._drawn.get(element)

    def around(self, place: Place, among: Container[str] = ()) -> Iterator[Place]:
        """The places around one, from the nearest outwards. Where a process is called from
        several, it is one `among` these (ids inside), else the first."""
        scope = place.scope
        seen = set()
        while scope != self.top and scope not in seen and self.hosts(scope):
            seen.add(scope)
            hosts = self.hosts(scope)
            host = next((each for each in hosts if each.inside in among), hosts[0])
            yield host
            scope = host.scope

    @cached_property
    def _hosts(self) -> dict[str, list[Place]]:
        found: dict[str, list[Place]] = {}
        for place in self.places.values():
            if place.holds:
                found.setdefault(place.holds, []).append(place)
        return found

    @cached_property
    def _borders(self) -> dict[str, list[Place]]:
        found: dict[str, list[Place]] = {}
        for place in self.places.values():
            if place.border_of:
                found.setdefault(place.border_of, []).append(place)
        return found

    @cached_property
    def _drawn(self) -> dict[str, Place]:
        ordered = sorted(self.places.values(), key=lambda place: place.inserted)
        found: dict[str, Place] = {}
        for place in ordered:
            found.setdefault(place.drawn, place)
        return found


@dataclass(frozen=True)
class Token:
    """One token at rest. `around` is the token of the sub-process that it stands in, `loop` that
    of the loop of which it is an instance, `on` the one on whose border it waits; `source` is the
    element from which it arrived at a join."""

    id: UUID
    at: str
    role: Role
    around: UUID | None = None
    loop: UUID | None = None
    on: UUID | None = None
    source: str = ""
    failed: bool = False
