"""What the sweep finds due here: timers of cases."""

from __future__ import annotations

from typing import Any
from uuid import UUID


class TimerSource:
    """Due timers of cases, for the sweep."""

    name = "timer"

    def due(self, services: Any, limit: int) -> list[tuple[UUID, UUID, str]]:
        """Due timers, the longest due first."""
        found: list[tuple[UUID, UUID, str]] = services.cases.due_timers(limit)
        return found

    def run(self, services: Any, key: tuple[UUID, UUID, str]) -> bool:
        """Fire one."""
        return bool(services.cases.fire_timer(*key))

    def fail(self, services: Any, key: tuple[UUID, UUID, str], error: Exception) -> None:
        """Make an incident of one that can't be fired."""
        services.cases.fail_timer(*key, reason=str(error))
