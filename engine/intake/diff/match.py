"""Which element of one drawing is which of another.

By id; where hardly an id is in both (another tool wrote the second), by likeness: kind, name and
what stands around.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping

from engine.intake.diff.drawn import Drawn

_ALL_NEW = 0.1
_ROUNDS = 6
_ENDS = frozenset({"startEvent", "endEvent"})


def match(old: Mapping[str, Drawn], new: Mapping[str, Drawn]) -> tuple[dict[str, str], bool]:
    """New ids by old ones, and whether that was by likeness."""
    steps = [key for key, each in old.items() if each.sort == "step"]
    others = sum(each.sort == "step" for each in new.values())
    shared = sum(key in new for key in steps)
    if min(len(steps), others) and shared < _ALL_NEW * min(len(steps), others):
        return _by_likeness(old, new), True
    return {key: key for key, each in old.items()
            if key in new and new[key].sort == each.sort}, False


def likely(old: Mapping[str, Drawn], new: Mapping[str, Drawn],
           known: Mapping[str, str]) -> dict[str, tuple[str, bool]]:
    """Which steps of `new` are likely those of `old` that `known` doesn't pair: each with whether
    they have the same name and kind, else it is by what stands around them."""
    pairs = dict(known)
    left, right = _Side(old), _Side(new)
    _pair(pairs, left, right, lambda each: (each.kind, _word(each)) if each.name else None,
          {"step"})
    named = set(pairs)
    for _ in range(_ROUNDS):
        before = len(pairs)
        _pair_by_neighbours(pairs, left, right, named=False)
        if len(pairs) == before:
            break
    return {key: (value, key in named) for key, value in pairs.items() if key not in known}


def _by_likeness(old: Mapping[str, Drawn], new: Mapping[str, Drawn]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    left, right = _Side(old), _Side(new)
    for sort in ("pool", "lane"):
        _pair(pairs, left, right, lambda each: _word(each) or None, {sort})
    _pair(pairs, left, right, lambda each: (each.kind, _word(each)) if each.name else None,
          {"step", "note"})
    _pair(pairs, left, right, lambda each: each.kind if each.kind in _ENDS else None, {"step"})
    for named in (True, False):
        for _ in range(_ROUNDS):
            before = len(pairs)
            _pair_by_neighbours(pairs, left, right, named=named)
            if len(pairs) == before:
                break
        _pair(pairs, left, right, lambda each: _word(each) or None, {"step", "note"})
    back = {value: key for key, value in pairs.items()}
    _pair_arrows(pairs, back, left, right)
    return pairs


class _Side:
    """One drawing with its neighbours."""

    def __init__(self, drawn: Mapping[str, Drawn]) -> None:
        self.drawn = drawn
        self.before: dict[str, list[str]] = defaultdict(list)
        self.after: dict[str, list[str]] = defaultdict(list)
        for each in drawn.values():
            if each.sort == "flow":
                self.after[each.source].append(each.target)
                self.before[each.target].append(each.source)


def _pair(pairs: dict[str, str], left: _Side, right: _Side,
          key: Callable[[Drawn], Hashable | None], sorts: set[str]) -> None:
    """Pair what has a key that only one element has on either side."""
    mine = _unique(left.drawn.values(), key, sorts, pairs.keys())
    yours = _unique(right.drawn.values(), key, sorts, pairs.values())
    for value, one in mine.items():
        if value in yours:
            pairs[one.id] = yours[value].id


def _unique(drawn: Iterable[Drawn], key: Callable[[Drawn], Hashable | None], sorts: set[str],
            taken: Iterable[str]) -> dict[Hashable, Drawn]:
    used = set(taken)
    found: dict[Hashable, list[Drawn]] = defaultdict(list)
    for each in drawn:
        value = key(each) if each.sort in sorts and each.id not in used else None
        if value is not None:
            found[value].append(each)
    return {value: several[0] for value, several in found.items() if len(several) == 1}


def _pair_by_neighbours(pairs: dict[str, str], left: _Side, right: _Side, *,
                        named: bool) -> None:
    """Pair steps of one kind, and one name if `named`, that the same paired steps surround."""
    back = {value: key for key, value in pairs.items()}

    def mine(each: Drawn) -> Hashable | None:
        before = frozenset(key for key in left.before[each.id] if key in pairs)
        after = frozenset(key for key in left.after[each.id] if key in pairs)
        host = each.facts.get("attached", "")
        around = host if host in pairs else ""
        known = before or after or around
        return (each.kind, named and _word(each), before, after, around) if known else None

    def yours(each: Drawn) -> Hashable | None:
        before = frozenset(back[key] for key in right.before[each.id] if key in back)
        after = frozenset(back[key] for key in right.after[each.id] if key in back)
        around = back.get(each.facts.get("attached", ""), "")
        known = before or after or around
        return (each.kind, named and _word(each), before, after, around) if known else None

    one = _unique(left.drawn.values(), mine, {"step"}, pairs.keys())
    other = _unique(right.drawn.values(), yours, {"step"}, pairs.values())
    for value, each in one.items():
        if value in other:
            pairs[each.id] = other[value].id


def _word(each: Drawn) -> str:
    """A name as another tool may have written it."""
    return each.name.casefold()


def _pair_arrows(pairs: dict[str, str], back: Mapping[str, str], left: _Side,
                 right: _Side) -> None:
    waiting: dict[tuple[str, str, str], list[Drawn]] = defaultdict(list)
    for each in right.drawn.values():
        if each.source in back and each.target in back:
            waiting[each.sort, back[each.source], back[each.target]].append(each)
    for each in left.drawn.values():
        others = waiting.get((each.sort, each.source, each.target))
        if others and each.source:
            named = next((other for other in others if other.name == each.name), others[0])
            others.remove(named)
            pairs[each.id] = named.id
