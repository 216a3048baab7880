"""One clock: a standard measured on one case, as a value that moves with what happens.

All functions are pure. `calendar` is the one that the standard is measured by: the
department's for business time, one that never closes for time on the wall clock. Seconds are
seconds of that time; moments are aware, UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from engine.sla.standards import Standard
from engine.worktime.calendar import WorkCalendar
from engine.worktime.span import due, seconds

RUNNING, PAUSED = "running", "paused"
#: Done in time; done late; no longer to be done.
MET, MISSED, CANCELLED = "met", "missed", "cancelled"
OPEN = (RUNNING, PAUSED)

#: The percent of the target at which a promise is broken.
BREACH = 100
#: Done exactly at the due moment is done in time: a promise is broken one microsecond later.
_JUST_AFTER = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class Clock:
    """The state of a clock after the last fact that moved it."""

    id: UUID
    case: UUID
    standard: str
    department: str
    #: The token (of a step) or arrival that it was started by; None when by the case.
    visit: str | None = None
    #: The work item of that visit, when there is one.
    item: str | None = None
    state: str
    started_at: datetime
    #: Since when it has been in this state, and the how-manieth stretch this is.
    since: datetime
    stretch: int = 0
    #: Where the token waits for which it is paused.
    element: str | None = None
    target_seconds: float
    #: Used until `since`.
    used_seconds: float = 0.0
    #: The promised moment; None while paused in time, as it moves until the clock runs again.
    due_at: datetime | None
    #: The promised moment that was passed; stays whatever happens after.
    breached_at: datetime | None = None
    ended_at: datetime | None = None
    #: Percents of which people have been told.
    announced: tuple[int, ...] = ()

    @property
    def is_open(self) -> bool:
        """Running or paused."""
        return self.state in OPEN


def begin(standard: Standard, calendar: WorkCalendar, *, id: UUID, case: UUID, at: datetime,  # noqa: A002
          visit: str | None = None, item: str | None = None) -> Clock:
    """A clock that starts to run at `at`."""
    due_at = due(at, standard.target, calendar)
    target = seconds(standard.target)
    if target is None:  # business days: as much as lies before the promised moment
        target = calendar.between(at, due_at)
    return Clock(id=id, case=case, standard=standard.key, department=standard.department,
                 visit=visit, item=item, state=RUNNING, started_at=at, since=at,
                 target_seconds=target, due_at=due_at)


def pause(clock: Clock, at: datetime, element: str, calendar: WorkCalendar) -> Clock:
    """Stand from `at` on, because a token waits at `element`. A breach stays one."""
    clock = _spend(clock, at, calendar)
    return replace(clock, state=PAUSED, since=_later(clock, at), stretch=clock.stretch + 1,
                   element=element, due_at=clock.breached_at)


def resume(clock: Clock, at: datetime, calendar: WorkCalendar) -> Clock:
    """Run again from `at` on: what was left is left, so the due moment moves."""
    at = _later(clock, at)
    left = max(0.0, clock.target_seconds - clock.used_seconds)
    return replace(clock, state=RUNNING, since=at, stretch=clock.stretch + 1, element=None,
                   due_at=clock.breached_at or calendar.add(at, left))


def finish(clock: Clock, at: datetime, calendar: WorkCalendar) -> Clock:
    """The promised thing was done at `at`: met, or missed when late."""
    clock = _spend(clock, at, calendar)
    return _end(clock, at, MET if clock.breached_at is None else MISSED)


def cancel(clock: Clock, at: datetime, calendar: WorkCalendar) -> Clock:
    """The promise no longer applies; that it was broken before stays on record."""
    return _end(_spend(clock, at, calendar), at, CANCELLED)


def remeasure(clock: Clock, at: datetime, before: WorkCalendar, after: WorkCalendar) -> Clock:
    """Be measured on another calendar from `at` on: what is promised for a moment stays promised
    for it, what stands keeps the seconds that it has left."""
    clock = _spend(clock, at, before)
    if clock.state != RUNNING or clock.due_at is None or clock.breached_at is not None:
        return clock
    at = _later(clock, at)
    return replace(clock, since=at, stretch=clock.stretch + 1,
                   target_seconds=clock.used_seconds + after.between(at, clock.due_at))


def announce(clock: Clock, percent: int, at: datetime) -> Clock:
    """People were told at `at` that `percent` of the time is used; BREACH may break it."""
    told = clock if percent in clock.announced else replace(
        clock, announced=(*clock.announced, percent))
    return _late(told, at) if percent == BREACH else told


def used(clock: Clock, now: datetime, calendar: WorkCalendar) -> float:
    """Seconds used until `now`."""
    if clock.state != RUNNING or now <= clock.since:
        return clock.used_seconds
    return clock.used_seconds + calendar.between(clock.since, now)


def time_left(clock: Clock, now: datetime, calendar: WorkCalendar) -> float:
    """Seconds left at `now`; below zero when late. A paused clock keeps what it has."""
    return clock.target_seconds - used(clock, now, calendar)


def is_breached(clock: Clock, now: datetime) -> bool:
    """Whether the promise is broken at `now`, noticed or not."""
    return clock.breached_at is not None or _is_late(clock, now)


def moments(clock: Clock, warn: tuple[int, ...], calendar: WorkCalendar) -> dict[int, datetime]:
    """When each percent of `warn`, and BREACH, is or was reached if nothing changes.

    A percent that a paused clock hasn't reached is absent: nobody knows when.
    """
    found: dict[int, datetime] = {}
    for percent in warn:
        missing = clock.target_seconds * percent / BREACH - clock.used_seconds
        if missing <= 0:
            found[percent] = clock.since
        elif clock.state == RUNNING:
            found[percent] = calendar.add(clock.since, missing)
    if clock.state == RUNNING and clock.due_at is not None:
        found[BREACH] = clock.due_at + _JUST_AFTER
    return found


def _spend(clock: Clock, at: datetime, calendar: WorkCalendar) -> Clock:
    late = _late(clock, at)
    return replace(late, used_seconds=used(clock, at, calendar))


def _is_late(clock: Clock, at: datetime) -> bool:
    return clock.state == RUNNING and clock.due_at is not None and clock.due_at < at


def _late(clock: Clock, at: datetime) -> Clock:
    """Past the due moment the promise is broken, and said to be."""
    if clock.breached_at is not None or not _is_late(clock, at):
        return clock
    told = clock.announced if BREACH in clock.announced else (*clock.announced, BREACH)
    return replace(clock, breached_at=clock.due_at, announced=told)


def _end(clock: Clock, at: datetime, state: str) -> Clock:
    at = _later(clock, at)
    return replace(clock, state=state, since=at, ended_at=at, element=None)


def _later(clock: Clock, at: datetime) -> datetime:
    """A clock never runs backwards, even where facts come with an earlier moment."""
    return max(at, clock.since)
