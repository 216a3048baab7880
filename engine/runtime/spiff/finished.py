"""What was finished, in order of time, so short that a loop may go round for years.

The order is a list of numbers of kinds; what repeats is counted: `[3, [1, 2]]` is 1 2 1 2 1 2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

#: An activity's id inside, and the ids of the sub-processes around it, outermost first.
Kind = tuple[str, tuple[str, ...]]

#: How many entries may repeat together.
_LONGEST = 64
#: How many entries are kept, after counting what repeats.
MOST = 5000


class Finished:
    """The finished activities of a case that something may still undo."""

    def __init__(self, kinds: dict[int, Kind] | None = None,
                 order: list[Any] | None = None) -> None:
        self._kinds = kinds or {}
        self._order = order or []
        self._numbers = {kind: number for number, kind in self._kinds.items()}

    @classmethod
    def read(cls, content: dict[str, Any]) -> Finished:
        """What `content` says, as `written` wrote it."""
        return cls({number: (activity, tuple(around))
                    for number, activity, around in content["kinds"]}, content["order"])

    def written(self) -> dict[str, Any]:
        """The entries as JSON."""
        return {"kinds": [[number, activity, list(around)]
                          for number, (activity, around) in self._kinds.items()],
                "order": self._order}

    def __len__(self) -> int:
        """How many entries are kept; what is counted is one."""
        return len(self._order)

    def __iter__(self) -> Iterator[Kind]:
        """Every finished activity, the first one first."""
        return (self._kinds[number] for number in _all(self._order))

    def add(self, activity: str, around: tuple[str, ...]) -> None:
        """`activity` was finished."""
        self._append(self._number((activity, around)))

    def leave(self, scope: str) -> None:
        """A sub-process is finished: what was done in it belongs to the scope around it now."""
        self._renumber({number: self._number((activity, around[:around.index(scope)]))
                        for number, (activity, around) in list(self._kinds.items())
                        if scope in around})

    def keep(self, wanted: Callable[[Kind], bool]) -> None:
        """Drop what nothing can undo any more."""
        self._renumber({number: None for number, kind in self._kinds.items() if not wanted(kind)})
        if self._kinds:
            used = set(_all(self._order, once=True))
            for number in self._kinds.keys() - used:
                del self._numbers[self._kinds.pop(number)]

    def take_last(self, wanted: Callable[[Kind], bool]) -> Kind | None:
        """Remove the last entry that is wanted, and say which it was."""
        numbers = {number for number, kind in self._kinds.items() if wanted(kind)}
        for index in reversed(range(len(self._order) if numbers else 0)):
            found, left = _without_last(self._order[index], numbers)
            if found is not None:
                after = self._order[index + 1:]
                del self._order[index:]
                for each in [*left, *after]:
                    self._append(each)
                return self._kinds[found]
        return None

    def _number(self, kind: Kind) -> int:
        if kind not in self._numbers:
            number = max(self._kinds, default=-1) + 1
            self._kinds[number], self._numbers[kind] = kind, number
        return self._numbers[kind]

    def _renumber(self, changed: dict[int, int | None]) -> None:
        if not changed:
            return
        first = next((index for index, item in enumerate(self._order)
                      if not changed.keys().isdisjoint(_all([item], once=True))), None)
        if first is not None:
            after = self._order[first:]
            del self._order[first:]
            for item in after:
                for each in _renumbered(item, changed):
                    self._append(each)
        for number in changed:
            del self._numbers[self._kinds.pop(number)]

    def _append(self, item: Any) -> None:
        order = self._order
        order.append(item)
        length = 1
        while length <= min(_LONGEST, len(order) - 1):
            tail = order[-length:]
            before = order[-length - 1]
            if isinstance(before, list) and before[1] == tail:
                order[-length - 1:] = [[before[0] + 1, tail]]
                length = 1
            elif order[-2 * length:-length] == tail:
                order[-2 * length:] = [[2, tail]]
                length = 1
            else:
                length += 1


def _all(items: list[Any], once: bool = False) -> Iterator[int]:
    """The numbers in these items; of what repeats only `once`."""
    for item in items:
        if isinstance(item, list):
            for _ in range(1 if once else item[0]):
                yield from _all(item[1], once)
        else:
            yield item


def _without_last(item: Any, numbers: set[int]) -> tuple[int | None, list[Any]]:
    """The last of `numbers` in `item`, and what is left of the item without it."""
    if not isinstance(item, list):
        return (item, []) if item in numbers else (None, [item])
    times, block = item
    for index in reversed(range(len(block))):
        found, left = _without_last(block[index], numbers)
        if found is not None:
            rest = [[times - 1, block]] if times > 2 else list(block)
            return found, [*rest, *block[:index], *left, *block[index + 1:]]
    return None, [item]


def _renumbered(item: Any, changed: dict[int, int | None]) -> list[Any]:
    if not isinstance(item, list):
        number = changed.get(item, item)
        return [] if number is None else [number]
    block = [new for each in item[1] for new in _renumbered(each, changed)]
    if not block:
        return []
    if len(block) == 1 and isinstance(block[0], list):
        return [[item[0] * block[0][0], block[0][1]]]
    return [[item[0], block]]
