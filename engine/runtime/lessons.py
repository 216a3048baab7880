"""What the runs before teach the next one: which choices led to a dead end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Set

_MOST = 50.0


class Lessons:
    """Counts how runs ended that took a choice, and that could have taken it and didn't."""

    def __init__(self) -> None:
        self._ends: Counter[tuple[tuple[str, ...], bool, bool]] = Counter()
        self._all: Counter[bool] = Counter()

    def learn(self, taken: Set[tuple[str, ...]], offered: Set[tuple[str, ...]],
              *, good: bool) -> None:
        """A run to which `offered` was possible took `taken` and ended well, or didn't."""
        self._all[good] += 1
        for key in offered:
            self._ends[key, key in taken, good] += 1

    def lift(self, key: tuple[str, ...]) -> float:
        """How much more often runs end well with this choice than without, cubed: 1/50 to 50,
        and 1 as long as all runs ended alike."""
        if not (self._all[True] and self._all[False]):
            return 1.0
        ratio = self._share(key, True) / self._share(key, False)
        return min(_MOST, max(1 / _MOST, ratio**3))

    def _share(self, key: tuple[str, ...], taken: bool) -> float:
        good, bad = self._ends[key, taken, True], self._ends[key, taken, False]
        return (good + 0.5) / (good + bad + 1)
