"""All that can happen in a net, marking by marking, breadth first; independent things once.

A marking is one integer with six bits for each place: how many tokens are there. What is
independent of all else goes alone (a persistent set), so that branches side by side cost their
sum and not their product. Joins go first, since they make one situation of many; then what is
earliest on the drawing, so that tokens that can meet do meet.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from engine.intake.prove.net import Leap, Net

#: Markings beyond which nothing is proven.
MOST_MARKINGS = 10_000
#: Work beyond which nothing is proven, which bounds the time: a token looked at, once for each
#: inclusive join, is 1 (about a microsecond), a leap tried is 5.
_MOST_WORK = 400_000
_LEAP = 5
#: Places from which on long markings cost more.
_LONG = 100
#: Tokens at one place from which on there may be any number.
_MANY = 14
_WIDTH = 6
_ONE = (1 << _WIDTH) - 1
#: How far back a marking is compared with those before it.
_FURTHEST = 500


@dataclass
class Budget:
    """What is left for one drawing; `spent` when nothing more can be proven."""

    markings: int = MOST_MARKINGS
    work: int = _MOST_WORK

    @property
    def spent(self) -> bool:
        return self.markings < 0 or self.work < 0


@dataclass
class Explored:
    """What can happen. Markings go by number, the first is 0.

    `came` says from which marking, by which leap, each was first reached; `onward` which leap
    leads on to which. `stuck` are those with tokens left where nothing can happen, `endless` those
    from which no end can be reached any more. `twice` are places where two tokens can be at once,
    `many` where any number can be, each with a marking in which it is so. `first` is, for each
    step that can happen, a marking after it. `ends` are the texts of the ends that can happen;
    `done` says that all tokens can be used up. Unless `proven`, not all was tried.
    """

    leaps: Sequence[Leap]
    markings: list[int] = field(default_factory=list)
    came: list[tuple[int, int]] = field(default_factory=list)
    onward: list[list[tuple[int, int]]] = field(default_factory=list)
    stuck: list[int] = field(default_factory=list)
    endless: list[int] = field(default_factory=list)
    twice: dict[int, int] = field(default_factory=dict)
    many: dict[int, int] = field(default_factory=dict)
    first: dict[int, int] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)
    done: bool = False
    proven: bool = True

    def round(self, marking: int) -> list[int]:
        """The steps that one way on takes from a marking until it comes round to where it was."""
        leaps: list[int] = []
        met: dict[int, int] = {}
        while marking not in met and self.onward[marking]:
            met[marking] = len(leaps)
            leap, marking = self.onward[marking][0]
            leaps.append(leap)
        return [step for leap in leaps for step in self.leaps[leap].fires]

    def way(self, marking: int) -> list[int]:
        """The steps that lead to a marking, in the order in which they happen."""
        leaps: list[int] = []
        while marking:
            marking, leap = self.came[marking]
            leaps.append(leap)
        return [step for leap in reversed(leaps) for step in self.leaps[leap].fires]



def explore(net: Net, leaps: Sequence[Leap], ways: Sequence[Sequence[int]], budget: Budget,
            *, sparing: bool = True) -> Explored:
    """Play the leaps of a net through; without `sparing` every order of everything is played."""
    return _Exploration(net, leaps, ways, budget, sparing).run()


class _Exploration:
    """Places go by slot here: only those that the leaps use have one."""

    def __init__(self, net: Net, leaps: Sequence[Leap], ways: Sequence[Sequence[int]],
                 budget: Budget, sparing: bool) -> None:
        used = {place for leap in leaps for place in (*leap.takes, *leap.gives)}
        self._places = sorted(used | set(net.begins))
        self._slot = {place: slot for slot, place in enumerate(self._places)}
        self._leaps = leaps
        self._takes = [self._slots(leap.takes) for leap in leaps]
        self._gives = [self._slots(leap.gives) for leap in leaps]
        self._taken = [_tokens(places) for places in self._takes]
        self._given = [_tokens(places) for places in self._gives]
        self._arrows = [self._slots(each for each in arrows if each in self._slot)
                        for arrows in net.joins]
        self._ways = [[masks[place] for place in self._places] for masks in ways]
        self._budget = budget
        self._sparing = sparing
        self._single: dict[int, list[int]] = {}
        self._joins: dict[tuple[int, ...], list[int]] = {}
        self._waiting: dict[int, list[tuple[tuple[int, ...], list[int]]]] = {}
        self._inclusive: dict[int, list[int]] = {}
        self._sort_leaps()
        self._last = {slot for slot, numbers in self._single.items()
                      if all(not leaps[n].gives and not leaps[n].ends for n in numbers)}
        self._unlast = ~sum(_ONE << slot * _WIDTH for slot in self._last)
        self._guard = sum(1 << (slot * _WIDTH + _WIDTH - 1) for slot in range(len(self._places)))
        self._begins = self._slots(net.begins)
        self._order = _order(self._begins, self._takes, self._gives, len(self._places))
        self._seen: dict[int, int] = {}
        self._settled: set[int] = set()
        self.found = Explored(leaps)

    def _slots(self, places: Iterable[int]) -> tuple[int, ...]:
        """No more of one place than can be counted."""
        times = Counter(self._slot[place] for place in places)
        return tuple(slot for slot in times for _ in range(min(times[slot], _MANY)))

    def _sort_leaps(self) -> None:
        for number, leap in enumerate(self._leaps):
            if leap.join is not None:
                self._inclusive.setdefault(leap.join, []).append(number)
            elif len(leap.takes) == 1:
                self._single.setdefault(self._takes[number][0], []).append(number)
            else:
                self._joins.setdefault(self._takes[number], []).append(number)
        for takes, numbers in self._joins.items():
            self._waiting.setdefault(takes[0], []).append((takes, numbers))

    def run(self) -> Explored:
        """Expand marking after marking until nothing new comes or the budget is spent."""
        self._reach(self._bounded(_tokens(self._begins), self._begins), 0, -1)
        at = 0
        while at < len(self.found.markings):
            if self._budget.spent:
                self.found.proven = False
                return self.found
            if at not in self._settled:
                self._expand(at)
            at += 1
        self._find_endless()
        return self.found

    def _expand(self, at: int) -> None:
        marking = self.found.markings[at]
        self._budget.work -= (marking.bit_count() * (1 + len(self._ways))
                              * (1 + len(self._places) // _LONG))
        clusters = list(self._clusters(marking))
        if not clusters:
            if marking:
                self.found.stuck.append(at)
            self._settled.add(at)
            return
        alone = self._alone(marking, clusters) if self._sparing and len(clusters) > 1 else None
        if alone is not None:
            reached = [self._fire(at, marking, number) for number in alone]
            if any(each > at for each in reached):
                return
            # All this was known before: nothing may be put off for ever, so the rest goes too.
            clusters = [each for each in clusters if each is not alone]
        for cluster in clusters:
            for number in cluster:
                self._fire(at, marking, number)

    def _clusters(self, marking: int) -> Iterator[list[int]]:
        """What can happen now: lists of leaps of which one excludes the others."""
        for slot in _marked(marking):
            if slot in self._single:
                yield self._single[slot]
            for takes, numbers in self._waiting.get(slot, ()):
                if all(marking >> each * _WIDTH & _ONE for each in takes):
                    yield numbers
        for join, numbers in self._inclusive.items():
            if self._may_join(marking, join):
                yield numbers

    def _may_join(self, marking: int, join: int) -> bool:
        """BPMN 2.0.2, 13.4.3: something has come, and nothing can still come where nothing is,
        except what could come as well where something is."""
        arrows, ways = self._arrows[join], self._ways[join]
        here = 0
        for arrow in arrows:
            if marking >> arrow * _WIDTH & _ONE:
                here |= ways[arrow]
        return bool(here) and not any(
            ways[slot] & ~here and not ways[slot] & here
            for slot in _marked(marking) if slot not in arrows)

    def _alone(self, marking: int, clusters: list[list[int]]) -> list[int] | None:
        """A cluster that nothing else can change or be changed by: a join, else the earliest."""
        fit = [each for each in clusters if self._is_independent(marking, each)]
        return min(fit, key=lambda each: (len(self._takes[each[0]]) == 1,
                                          self._order[self._takes[each[0]][0]]), default=None)

    def _is_independent(self, marking: int, cluster: list[int]) -> bool:
        if any(self._leaps[number].ends for number in cluster):
            return False
        join = self._leaps[cluster[0]].join
        if join is not None:
            ways, arrows = self._ways[join], self._arrows[join]
            return not any(ways[slot] for slot in _marked(marking) if slot not in arrows)
        return all(self._is_indifferent(marking, number, ways) for number in cluster
                   for ways in self._ways)

    def _is_indifferent(self, marking: int, number: int, ways: Sequence[int]) -> bool:
        """Whether it is the same to an inclusive join when this leap happens."""
        takes, gives = self._takes[number], self._gives[number]
        here = 0
        for slot in takes:
            here |= ways[slot]
        if not here & (here - 1):
            return True
        if len(takes) == len(gives) == 1 and ways[gives[0]] == here:
            return True
        others = marking - self._taken[number]
        return not any(ways[slot] for slot in _marked(others))

    def _fire(self, at: int, marking: int, number: int) -> int:
        self._budget.work -= _LEAP
        leap = self._leaps[number]
        if leap.ends:
            self.found.ends.setdefault(leap.ends, at)
            return self._reach(0, at, number)
        taken = self._taken[number]
        if leap.join is not None:
            taken = _tokens(arrow for arrow in self._arrows[leap.join]
                            if marking >> arrow * _WIDTH & _ONE)
        after = self._bounded(marking - taken + self._given[number], self._gives[number])
        self.found.done = self.found.done or not after
        return self._reach(after, at, number)

    def _bounded(self, marking: int, given: Iterable[int]) -> int:
        """Of tokens that only end, two are counted: they stand in nobody's way."""
        for slot in given:
            while slot in self._last and marking >> slot * _WIDTH & _ONE > 2:
                marking -= 1 << slot * _WIDTH
        return marking

    def _reach(self, marking: int, before: int, number: int) -> int:
        found = self._seen.get(marking)
        if found is None:
            found = self._seen[marking] = len(self.found.markings)
            self._budget.markings -= 1
            self.found.markings.append(marking)
            self.found.came.append((before, number))
            self.found.onward.append([])
            self._look(found, marking, self._gives[number] if number >= 0 else self._begins)
        if number >= 0:
            self.found.onward[before].append((number, found))
            for step in self._leaps[number].fires:
                self.found.first.setdefault(step, found)
            for step in self._leaps[number].also:
                self.found.first.setdefault(step, found)
        return found

    def _look(self, at: int, marking: int, given: Iterable[int]) -> None:
        """Note where tokens are together, and where there could be more and more of them."""
        for slot in dict.fromkeys(given):
            tokens = marking >> slot * _WIDTH & _ONE
            if tokens < 2:
                continue
            place = self._places[slot]
            self.found.twice.setdefault(place, at)
            if slot not in self._last and (tokens > _MANY or self._grows(at, marking)):
                self.found.many.setdefault(place, at)
                self._settled.add(at)

    def _grows(self, at: int, marking: int) -> bool:
        """Whether a marking on the way here held the same tokens but fewer of some."""
        marking &= self._unlast
        for _ in range(_FURTHEST):
            if not at:
                return False
            at = self.found.came[at][0]
            earlier = self.found.markings[at] & self._unlast
            if earlier != marking and \
                    ((marking | self._guard) - earlier) & self._guard == self._guard:
                return True
        return False

    def _find_endless(self) -> None:
        """Go back from all that ends, is stuck or was left alone; what is never met is endless."""
        back: list[list[int]] = [[] for _ in self.found.markings]
        for before, leaps in enumerate(self.found.onward):
            for _, after in leaps:
                back[after].append(before)
        good = set(self._settled)
        ahead = deque(good)
        while ahead:
            for before in back[ahead.popleft()]:
                if before not in good:
                    good.add(before)
                    ahead.append(before)
        self.found.endless = [each for each in range(len(self.found.markings))
                              if each not in good]


def _tokens(slots: Iterable[int]) -> int:
    return sum(1 << slot * _WIDTH for slot in slots)


def _marked(marking: int) -> Iterator[int]:
    while marking:
        slot = ((marking & -marking).bit_length() - 1) // _WIDTH
        yield slot
        marking &= ~(_ONE << slot * _WIDTH)


def _order(begins: Sequence[int], takes: Sequence[Sequence[int]], gives: Sequence[Sequence[int]],
           size: int) -> list[int]:
    """A number for each slot, lower for what comes earlier, leaving circles aside."""
    after: dict[int, list[int]] = {}
    for number, sources in enumerate(takes):
        for source in sources:
            after.setdefault(source, []).extend(gives[number])
    order = [0] * size
    entered: set[int] = set()
    left = size
    for begin in begins:
        path = [(begin, iter(after.get(begin, ())))] if begin not in entered else []
        entered.add(begin)
        while path:
            slot, onward = path[-1]
            following = next((each for each in onward if each not in entered), None)
            if following is None:
                path.pop()
                order[slot] = left
                left -= 1
            else:
                entered.add(following)
                path.append((following, iter(after.get(following, ()))))
    return order
