"""What the sweep finds due here: kept messages, targets of signals, timers that start cases, and
timers that a changed calendar moves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from engine.infra.errors import DomainError


class KeptSource:
    """Kept messages that someone may wait for by now, or whose time is over."""

    name = "message"

    def due(self, services: Any, limit: int) -> list[UUID]:
        """Messages to look at."""
        found: list[UUID] = services.messages.due(limit)
        return found

    def run(self, services: Any, key: UUID) -> bool:
        """Hand one over, or forget it."""
        return bool(services.messages.look(key))

    def fail(self, services: Any, key: UUID, error: Exception) -> None:
        """Look again later."""
        services.messages.put_off(key)


class SignalSource:
    """Cases and journeys that a signal is still to reach."""

    name = "signal"

    def due(self, services: Any, limit: int) -> list[UUID]:
        """Targets, the longest waiting first."""
        found: list[UUID] = services.signals.due(limit)
        return found

    def run(self, services: Any, key: UUID) -> bool:
        """Reach one."""
        return bool(services.signals.reach(key))

    def fail(self, services: Any, key: UUID, error: Exception) -> None:
        """Say in the signal's account, and on the case, why it was not reached."""
        services.signals.fail(key, str(error))


class StartSource:
    """Timers that start cases."""

    name = "start"

    def due(self, services: Any, limit: int) -> list[tuple[str, str]]:
        """(journey, element) of each, the longest due first."""
        found: list[tuple[str, str]] = services.starts.due(limit)
        return found

    def run(self, services: Any, key: tuple[str, str]) -> bool:
        """Start one case."""
        return bool(services.starts.start(*key))

    def fail(self, services: Any, key: tuple[str, str], error: Exception) -> None:
        """Try again later, and say so to who looks after this installation."""
        services.starts.put_off(*key, str(error) or type(error).__name__)


class ReckonSource:
    """Cases with timers that count the time of a calendar that was changed."""

    name = "timer calendar"

    def due(self, services: Any, limit: int) -> list[UUID]:
        """Those cases."""
        found: list[UUID] = services.cases.to_reckon(limit)
        return found

    def run(self, services: Any, key: UUID) -> bool:
        """Set the timers of one again."""
        return bool(services.cases.reckon(key))

    def fail(self, services: Any, key: UUID, error: Exception) -> None:
        """Leave them as they are, and say so on the case."""
        services.cases.leave_reckoned(key)
        services.cases.note_fault(key, None, None, "timer", (
            str(error) if isinstance(error, DomainError) else
            f"Its timers could not be set again after a calendar was changed: {error}"))


SOURCES = (KeptSource(), SignalSource(), StartSource(), ReckonSource())
