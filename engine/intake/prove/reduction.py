"""Makes a net small without changing what can get stuck, end, happen or happen twice.

Murata's rules: what can only follow is put together with what goes before, alternatives with the
same effect become one, arrows that always fill and empty together become one, and going round
without effect is left out. A block that is drawn well shrinks to nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from engine.intake.prove.net import Leap, Net, leaps

#: Alternatives at one place beyond which they are not multiplied any more.
_MOST_WAYS = 24
#: Places written beyond which the rest stays as it is, which bounds the time.
_MOST_WORK = 500_000


def reduced(net: Net, ways: Sequence[Sequence[int]]) -> list[Leap]:
    """The leaps of the net, as few as the rules make them; `ways` as in net.ways."""
    return _Reduction(net, ways).run()


class _Reduction:
    """The leaps by number, and who gives to and takes from each place."""

    def __init__(self, net: Net, ways: Sequence[Sequence[int]]) -> None:
        self._begins = frozenset(net.begins)
        self._ways = ways
        self._arrows = frozenset(place for arrows in net.joins for place in arrows)
        self._leaps: dict[int, Leap] = {}
        self._same: dict[tuple[object, ...], int] = {}
        self._givers: defaultdict[int, dict[int, int]] = defaultdict(dict)
        self._takers: defaultdict[int, dict[int, None]] = defaultdict(dict)
        self._count = 0
        self._work = 0
        self._ahead: dict[int, None] = {}
        for leap in leaps(net):
            self._add(leap)

    def run(self) -> list[Leap]:
        while self._ahead and self._work < _MOST_WORK:
            place = next(iter(self._ahead))
            del self._ahead[place]
            self._drop_circles(place)
            if not self._put_together(place):
                self._drop_twins(place)
        return list(self._leaps.values())

    def _drop_circles(self, place: int) -> None:
        """A leap from a place to itself does nothing, where another way leads on."""
        circles: list[int] = []
        others: list[int] = []
        for number in self._takers[place]:
            leap = self._leaps[number]
            circle = leap.gives == leap.takes == (place,) and leap.join is None and not leap.ends
            (circles if circle else others).append(number)
        if others and all(self._is_plain(self._leaps[number], place) for number in others):
            for number in circles:
                self._also(others[0], self._remove(number))

    def _put_together(self, place: int) -> bool:
        """What can only happen after what leads here happens with it.

        What leads here is one leap, or several answers to one question. Where ways meet, the place
        stays: tokens may be there together.
        """
        givers, takers = list(self._givers[place]), list(self._takers[place])
        if not givers or not takers or place in self._begins:
            return False
        before = [self._leaps[number] for number in givers]
        if (any(times != 1 for times in self._givers[place].values())
                or any(leap.takes != before[0].takes or place in leap.takes for leap in before)
                or (len(givers) > 1 and (len(takers) > 1 or before[0].join is not None))
                or not self._may_choose_early(place, before[0])):
            return False
        followers = [self._remove(number) for number in takers]
        for leap in [self._remove(number) for number in givers]:
            rest = list(leap.gives)
            rest.remove(place)
            for after in followers:
                self._add(Leap(leap.takes, tuple(sorted([*rest, *after.gives])),
                               leap.fires + after.fires, leap.also | after.also,
                               leap.ends, leap.join))
        return True

    def _may_choose_early(self, place: int, before: Leap) -> bool:
        takers = [self._leaps[number] for number in self._takers[place]]
        if not all(self._is_plain(leap, place) and place not in leap.gives for leap in takers):
            return False
        if len(takers) > 1:
            beside = sum(len(self._takers[source]) for source in before.takes)
            if len(before.gives) > 1 or beside + len(takers) > _MOST_WAYS:
                return False
        return all(self._keeps_ways(ways, place, takers) for ways in self._ways)

    def _keeps_ways(self, ways: Sequence[int], place: int, takers: Sequence[Leap]) -> bool:
        """Whether an inclusive join sees no difference between here and what follows."""
        here = ways[place]
        return not here & (here - 1) or all(
            len(leap.gives) == 1 and ways[leap.gives[0]] == here for leap in takers)

    def _drop_twins(self, place: int) -> None:
        """Of two arrows that fill and empty together one is enough."""
        givers, takers = self._givers[place], self._takers[place]
        if len(takers) != 1 or not givers or place in self._arrows:
            return
        taker = next(iter(takers))
        self._work += len(self._leaps[taker].takes)
        for twin in self._leaps[taker].takes:
            if (twin != place and twin not in self._arrows and self._takers[twin] == takers
                    and self._givers[twin] == givers
                    and (twin in self._begins) == (place in self._begins)):
                for leap in [self._remove(number) for number in {taker: 1, **givers}]:
                    self._add(replace(leap, takes=tuple(p for p in leap.takes if p != twin),
                                      gives=tuple(p for p in leap.gives if p != twin)))
                self._ahead[place] = None
                return

    @staticmethod
    def _is_plain(leap: Leap, place: int) -> bool:
        return leap.takes == (place,) and leap.join is None and not leap.ends

    # --- the index -----------------------------------------------------------------------

    def _add(self, leap: Leap) -> None:
        key = (leap.takes, leap.gives, leap.ends, leap.join)
        same = self._same.get(key)
        if same is not None:
            kept = self._leaps[same]
            if len(leap.fires) < len(kept.fires):
                kept, leap = leap, kept
            self._leaps[same] = replace(
                kept, also=kept.also | leap.also | frozenset(leap.fires))
            self._ahead.update(dict.fromkeys(leap.gives))
            return
        number = self._count
        self._count += 1
        self._work += len(leap.takes) + len(leap.gives)
        self._leaps[number] = leap
        self._same[key] = number
        for place, times in Counter(leap.gives).items():
            self._givers[place][number] = times
        for place in leap.takes:
            self._takers[place][number] = None
        self._ahead.update(dict.fromkeys(self._near(leap)))

    def _remove(self, number: int) -> Leap:
        leap = self._leaps.pop(number)
        del self._same[leap.takes, leap.gives, leap.ends, leap.join]
        for place in leap.gives:
            self._givers[place].pop(number, None)
        for place in leap.takes:
            del self._takers[place][number]
        self._ahead.update(dict.fromkeys(self._near(leap)))
        return leap

    def _also(self, number: int, beside: Leap) -> None:
        leap = self._leaps[number]
        self._leaps[number] = replace(leap, also=leap.also | beside.also | frozenset(beside.fires))

    def _near(self, leap: Leap) -> Iterator[int]:
        yield from leap.takes
        yield from leap.gives
