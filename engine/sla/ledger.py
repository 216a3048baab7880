"""Why a clock stands where it stands: its time, stretch by stretch (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from engine.journal import facts
from engine.sla import clocks
from engine.sla.clocks import Clock
from engine.sla.fold import CalendarOf, CaseClocks, StandardsOf, states


@dataclass(frozen=True)
class Stretch:
    """A time in which a clock ran or stood. `used` is what it cost, in the standard's seconds;
    `element` is where the case waited for the customer; `until` is None for the present one."""

    state: str
    since: datetime
    until: datetime | None
    used: float
    element: str | None


def stretches(history: Iterable[facts.Fact], standards_of: StandardsOf, version: UUID,
              calendar_of: CalendarOf) -> dict[UUID, tuple[Stretch, ...]]:
    """Each clock's stretches, from the facts of its case, which is on `version` now."""
    state = CaseClocks()
    found: dict[UUID, list[Stretch]] = {}
    for after, _ in states(history, standards_of, version, calendar_of):
        before = {clock.id: clock for clock in state.clocks}
        state = after
        for clock in state.clocks:
            was = before.get(clock.id)
            if was is not None and (was.state, was.stretch) != (clock.state, clock.stretch):
                found.setdefault(clock.id, []).append(_closed(was, clock))
    for clock in state.clocks:
        if clock.is_open:
            found.setdefault(clock.id, []).append(
                Stretch(clock.state, clock.since, None, 0.0, clock.element))
    return {key: tuple(each) for key, each in found.items()}


def _closed(was: Clock, now: Clock) -> Stretch:
    used = now.used_seconds - was.used_seconds if was.state == clocks.RUNNING else 0.0
    return Stretch(was.state, was.since, now.since, used, was.element)
