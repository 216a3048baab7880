"""Where time comes from: the one module that reads the clock on the wall (law 4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Now(Protocol):
    """Answers what time it is: an aware datetime in UTC."""

    def __call__(self) -> datetime: ...


class SystemNow:
    """The time of this machine."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


class SetNow:
    """A time that only moves when told to: for tests, simulation and lived history."""

    def __init__(self, at: datetime) -> None:
        self.set(at)

    def __call__(self) -> datetime:
        return self._at

    def set(self, at: datetime) -> None:
        """Jump to `at`, which must be aware; it may lie in the past."""
        if at.tzinfo is None:
            raise ValueError("time needs a zone")
        self._at = at.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Let `by` pass."""
        self._at += by
