"""Where the steps of one version go in another: what is proposed, what a person chose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from engine.infra.errors import Invalid
from engine.intake.diff.drawn import Drawn
from engine.intake.diff.match import likely, match
from engine.runtime.mapping.shape import Place, Shape

#: Why an element goes where it goes: it has the same id, is like it by name or by its neighbours,
#: or a person chose; or why nobody knows: it is gone, or is another kind of element now.
How = Literal["same", "name", "neighbours", "chosen", "gone", "other_kind"]
_MOST = 2000


@dataclass(frozen=True)
class Target:
    """Where an element goes, by drawn id; "" stands for nowhere, its tokens are withdrawn.

    `anew`: what had begun at the element is withdrawn, and the step begins from its start.
    """

    to: str
    how: How
    anew: bool = False


@dataclass(frozen=True)
class Plan:
    """Targets by drawn id of the old version; elements without one are undecided."""

    targets: Mapping[str, Target] = field(default_factory=dict)
    #: Why those that are undecided are, and where they may go: what stands between the same
    #: neighbours, but is called otherwise.
    undecided: Mapping[str, How] = field(default_factory=dict)
    suggested: Mapping[str, str] = field(default_factory=dict)

    def of(self, drawn: str) -> Target | None:
        """Where an element goes; None where that is still to be decided."""
        return self.targets.get(drawn)

    @property
    def renamed(self) -> dict[str, str]:
        """New ids by old ones, of the elements that have another id now."""
        return {old: target.to for old, target in self.targets.items()
                if target.to and target.to != old}

    def chosen(self) -> list[dict[str, Any]]:
        """What a person chose, as plain JSON; `with_choices` reads it."""
        return [{"from": old, "to": target.to or None, "anew": target.anew}
                for old, target in sorted(self.targets.items()) if target.how == "chosen"]


def propose(old: Mapping[str, Drawn], new: Mapping[str, Drawn], before: Iterable[Shape],
            after: Iterable[Shape]) -> Plan:
    """What goes where as far as the drawings say: same id and kind, else by likeness.

    `old` and `new` are the drawings (engine.intake.diff.drawn.read), `before` and `after` the
    shapes of their processes.
    """
    mine = {place.drawn: place for shape in before for place in shape.places.values()
            if not place.inserted}
    yours = {place.drawn: place for shape in after for place in shape.places.values()
             if not place.inserted}
    same = {key: key for key, place in mine.items()
            if key in yours and _alike(place, yours[key])}
    targets = {key: Target(key, "same") for key in same}
    suggested: dict[str, str] = {}
    for key, (other, by_name) in _likely(old, new, same).items():
        if key not in mine or other not in yours or not _alike(mine[key], yours[other]):
            continue
        if by_name or not (old[key].name and new[other].name):
            targets[key] = Target(other, "name" if by_name else "neighbours")
        else:
            suggested[key] = other
    undecided: dict[str, How] = {key: "other_kind" if key in yours else "gone"
                                 for key in mine if key not in targets}
    return Plan(targets, undecided, suggested)


def _likely(old: Mapping[str, Drawn], new: Mapping[str, Drawn],
            same: Mapping[str, str]) -> dict[str, tuple[str, bool]]:
    """Counterparts of elements that have another id now, and whether their names say so."""
    pairs, all_new = match(old, new)
    if not all_new:
        return likely(old, new, same)
    return {key: (other, bool(old[key].name) and old[key].name.casefold()
                  == new[other].name.casefold())
            for key, other in pairs.items() if key not in same}


def with_choices(plan: Plan, choices: Iterable[Mapping[str, Any]], before: Iterable[Shape],
                 after: Iterable[Shape]) -> Plan:
    """The plan with what a person chose: `from`, `to` (None: withdraw) and `anew` each.

    Raises Invalid for an element that one of the versions doesn't have.
    """
    mine = {place.drawn for shape in before for place in shape.places.values()}
    yours = {place.drawn for shape in after for place in shape.places.values()}
    targets, undecided = dict(plan.targets), dict(plan.undecided)
    for number, choice in enumerate(choices):
        if number >= _MOST:
            raise Invalid("A plan has at most {most} choices.", field="plan", most=_MOST)
        old, new = str(choice.get("from", "")), choice.get("to")
        if old not in mine:
            raise Invalid("The old version has no element {element}.", field="plan", element=old)
        if new is not None and str(new) not in yours:
            raise Invalid("The new version has no element {element}.", field="plan",
                          element=str(new))
        target = Target(str(new or ""), "chosen", bool(choice.get("anew")))
        known = targets.get(old)
        if known is None or (known.to, known.anew) != (target.to, target.anew):
            targets[old] = target
        undecided.pop(old, None)
    return Plan(targets, undecided, plan.suggested)


@dataclass(frozen=True)
class Ways:
    """A plan between two shapes, by ids inside."""

    plan: Plan
    before: Shape
    after: Shape

    def target(self, inside: str) -> Place | None:
        """The place to which one goes; None where it is undecided or withdrawn."""
        return self._targets.get(inside)

    def choice(self, inside: str) -> Target | None:
        """What the plan says of a place."""
        place = self.before.places.get(inside)
        return self.plan.of(place.drawn) if place is not None else None

    def source(self, inside: str) -> list[str]:
        """The old places that go to a new one."""
        return self._sources.get(inside, [])

    @cached_property
    def insides(self) -> dict[str, str]:
        """New ids inside by old ones."""
        return {inside: place.inside for inside, place in self._targets.items()}

    @cached_property
    def _targets(self) -> dict[str, Place]:
        found: dict[str, Place] = {}
        numbered: dict[tuple[str, str], int] = {}
        for inside, place in self.before.places.items():
            target = self.plan.of(place.drawn)
            drawn = target.to if target is not None else place.drawn
            if not place.inserted:
                new = self.after.drawn(drawn) if target is not None and drawn else None
            else:
                # What was inserted for an element goes to what was inserted for its counterpart.
                number = numbered.get((place.drawn, place.nature), 0)
                numbered[place.drawn, place.nature] = number + 1
                alike = [each for each in self.after.places.values()
                         if each.inserted and each.drawn == drawn and each.nature == place.nature]
                new = alike[number] if number < len(alike) else None
            if new is not None:
                found[inside] = new
        return found

    @cached_property
    def _sources(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for inside, place in self._targets.items():
            found.setdefault(place.inside, []).append(inside)
        return found


def _alike(one: Place, other: Place) -> bool:
    """Whether a token can go on at the other as it stood at the one."""
    return (one.nature, one.loop) == (other.nature, other.loop)
