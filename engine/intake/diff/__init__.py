"""What a second version of a drawing does differently from the first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Literal

from engine.intake.diff.drawn import Drawn, read
from engine.intake.diff.match import match
from engine.intake.diff.settings import SettingChange, compare_files, compare_settings
from engine.intake.settings import JourneySettings

__all__ = ["Change", "Comparison", "Difference", "SettingChange", "State", "compare",
           "compare_drawings"]

State = Literal["added", "removed", "changed", "moved"]
STATES: tuple[State, ...] = ("added", "removed", "changed", "moved")
#: Aspects that say where something stands; all others say what it is.
_WHERE = frozenset({"lane", "inside", "place"})
_ASPECTS = ("name", "kind", "definition", "condition", "default", "source", "target", "attached",
            "repetition", "documentation", "lane", "inside", "place", "details")
#: So far (in pixels) has something to be from where its neighbours went, to have moved.
_FAR = 90.0


@dataclass(frozen=True)
class Change:
    """One aspect with its old and new text; both are empty where they can't be told in words."""

    aspect: str
    old: str
    new: str


@dataclass(frozen=True)
class Difference:
    """One element that differs; `old` and `new` are its ids, "" where it isn't drawn."""

    state: State
    sort: str
    kind: str
    name: str
    old: str
    new: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """All differences; `by_likeness` when ids were all new and elements were found otherwise.

    `names` are what elements of both drawings are called, the new one's first.
    """

    differences: tuple[Difference, ...]
    settings: tuple[SettingChange, ...] = ()
    by_likeness: bool = False
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def same(self) -> bool:
        """Nothing differs."""
        return not self.differences and not self.settings

    def counts(self) -> dict[State, int]:
        """How many elements were added, removed, changed and moved."""
        return {state: sum(each.state == state for each in self.differences)
                for state in STATES}


def compare(old: bytes, new: bytes, *,
            settings: tuple[JourneySettings, JourneySettings] | None = None,
            files: tuple[Mapping[str, bytes], Mapping[str, bytes]] | None = None,
            language: str = "en") -> Comparison:
    """Compare two drawings, and the settings and files of two versions where they are given.

    What has no name is called by its place on the drawing, in `language`.

    Raises Invalid or TooLarge for a drawing that can't be read.
    """
    found = compare_drawings(old, new, language)
    said = [*(compare_settings(*settings) if settings else ()),
            *(compare_files(*files) if files else ())]
    return replace(found, settings=tuple(said))


def compare_drawings(old: bytes, new: bytes, language: str = "en") -> Comparison:
    """Compare two drawings, element by element."""
    before, after = read(old, language), read(new, language)
    names = {each.id: each.called for each in (*before.values(), *after.values())
             if each.called}
    if old == new:
        return Comparison((), names=names)
    pairs, by_likeness = match(before, after)
    taken = set(pairs.values())
    found = [_gone("removed", each, before) for key, each in before.items() if key not in pairs]
    found += [_gone("added", each, after) for key, each in after.items() if key not in taken]
    moved = _moved(before, after, pairs)
    for key, other in pairs.items():
        changes = tuple(each for each in _changes(before[key], after[other], before, after, pairs,
                                                  key in moved)
                        if not (by_likeness and _is_the_tools(each, before, after)))
        if changes:
            where = all(change.aspect in _WHERE for change in changes)
            found.append(Difference("moved" if where else "changed", before[key].sort,
                                    after[other].kind, _called(after[other], after),
                                    key, other, changes))
    sorts = ("step", "flow", "lane", "pool", "message", "note")
    found.sort(key=lambda each: (STATES.index(each.state), sorts.index(each.sort)))
    return Comparison(tuple(found), by_likeness=by_likeness, names=names)


def _is_the_tools(change: Change, before: Mapping[str, Drawn],
                  after: Mapping[str, Drawn]) -> bool:
    """Between files of two tools: what they write differently, and lanes nobody named."""
    return change.aspect == "details" or (change.aspect == "lane" and all(
        not name or name in before or name in after for name in (change.old, change.new)))


def _gone(state: State, each: Drawn, all_of_it: Mapping[str, Drawn]) -> Difference:
    old, new = ("", each.id) if state == "added" else (each.id, "")
    return Difference(state, each.sort, each.kind, _called(each, all_of_it), old, new)


def _called(each: Drawn, all_of_it: Mapping[str, Drawn]) -> str:
    """Its name; an arrow without one is called by its ends."""
    if each.called or not each.source:
        return each.called
    ends = [_name(end, all_of_it) for end in (each.source, each.target)]
    return " → ".join(ends)


def _changes(old: Drawn, new: Drawn, before: Mapping[str, Drawn], after: Mapping[str, Drawn],
             pairs: Mapping[str, str], moved: bool) -> Iterator[Change]:
    """Every aspect in which two versions of an element differ, in the order of _ASPECTS."""
    mine, yours = dict(_aspects(old)), dict(_aspects(new))
    for aspect in _ASPECTS:
        one, other = mine.get(aspect, ""), yours.get(aspect, "")
        if aspect in ("lane", "inside", "source", "target", "attached"):
            if pairs.get(one, one) != other:
                yield Change(aspect, _name(one, before), _name(other, after))
        elif aspect == "place" and moved and not any(
                pairs.get(mine.get(each, ""), mine.get(each, "")) != yours.get(each, "")
                for each in ("lane", "inside")):
            yield Change("place", "", "")
        elif one != other:
            yield Change(aspect, *(("", "") if aspect == "details" else (one, other)))


def _aspects(each: Drawn) -> Iterator[tuple[str, str]]:
    yield from (("name", each.name), ("kind", each.kind), ("inside", each.around))
    yield from (("source", each.source), ("target", each.target))
    yield from each.facts.items()


def _name(key: str, drawn: Mapping[str, Drawn]) -> str:
    return (drawn[key].called or key) if key in drawn else key


def _moved(before: Mapping[str, Drawn], after: Mapping[str, Drawn],
           pairs: Mapping[str, str]) -> set[str]:
    """Steps that stand elsewhere than their neighbours and the rest of the drawing went.

    A step that was pushed along with all that follows it did not move.
    """
    shift = {key: (after[other].place.x - before[key].place.x,  # type: ignore[union-attr]
                   after[other].place.y - before[key].place.y)  # type: ignore[union-attr]
             for key, other in pairs.items()
             if before[key].place is not None and after[other].place is not None
             and before[key].sort == "step"}
    if not shift:
        return set()
    whole = median(x for x, _ in shift.values()), median(y for _, y in shift.values())
    beside: dict[str, list[tuple[float, float]]] = {}
    for each in before.values():
        if each.sort == "flow" and each.source in shift and each.target in shift:
            beside.setdefault(each.source, []).append(shift[each.target])
            beside.setdefault(each.target, []).append(shift[each.source])
    return {key for key, own in shift.items()
            if all(_far(own, other) for other in (*beside.get(key, ()), whole))}


def _far(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return abs(one[0] - other[0]) > _FAR or abs(one[1] - other[1]) > _FAR
