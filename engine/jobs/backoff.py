"""How often a job is tried, and how long it rests in between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Patience:
    """`tries` in all; the first rest, doubled after each further failure up to the longest."""

    tries: int = 5
    first_rest: timedelta = timedelta(seconds=5)
    longest_rest: timedelta = timedelta(minutes=10)

    def rest_after(self, tries: int, asked: timedelta | None = None) -> timedelta | None:
        """How long to rest after that many tries (1 or more); None when it has failed for good.

        `asked` is what the other side asks for; it is given that, up to the longest rest.
        """
        if tries >= self.tries:
            return None
        # Bounded before it is multiplied: 2 ** 10,000 seconds is no timedelta.
        doubled: int = 2 ** min(tries - 1, 30)
        return min(self.longest_rest, max(self.first_rest * doubled, asked or timedelta()))
