"""Promises at work: hears facts, moves clocks, warns and breaks on time, answers what is due."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from engine.infra.now import Now
from engine.journal import facts
from engine.journal.service import Journal
from engine.sla import clocks, store
from engine.sla.clocks import Clock
from engine.sla.fold import CaseClocks, fold, move, start, step
from engine.sla.held import HeldClocks
from engine.sla.ledger import Stretch, stretches
from engine.sla.standards import Standard, Surroundings, parse_standards
from engine.sla.tables import CaseClocksRow, VersionStandardsRow
from engine.worktime.calendar import WorkCalendar

#: Facts that may move a clock.
MOVING = (facts.WorkItemOffered, facts.WorkItemCompleted, facts.WorkItemWithdrawn,
          facts.StepAwaited, facts.MessageAwaited, facts.TimerSet, facts.StepResumed,
          facts.StepWithdrawn, facts.MessageWaitEnded, facts.TimerFired, facts.TimerCancelled,
          facts.ElementCompleted, facts.CaseSuspended, facts.CaseResumed, facts.CaseMigrated,
          facts.CaseCompleted, facts.CaseCancelled)


@dataclass(frozen=True)
class ShownClock:
    """A clock with what people read: its standard's name, seconds left now, and its history.

    `left` is in seconds of the standard's own time (business or wall), below zero when late.
    """

    clock: Clock
    name: Mapping[str, str]
    left: float
    business: bool
    case_number: str = ""
    journey: str = ""
    stretches: tuple[Stretch, ...] = ()


@dataclass(frozen=True)
class Kept:
    """How a standard is kept: counts, each of which can be opened."""

    journey: str
    standard: str
    name: Mapping[str, str]
    kept: int
    missed: int
    open: int
    broken: int

    @property
    def share(self) -> float | None:
        """The share of ended promises that were kept."""
        ended = self.kept + self.missed
        return self.kept / ended if ended else None


class Promises:
    """Standards and clocks, within one unit of work."""

    def __init__(self, session: Session, now: Now, journal: Journal,
                 calendar_of: Callable[[str], WorkCalendar],
                 hold: Callable[[UUID], object],
                 parsed: dict[UUID, tuple[Standard, ...]] | None = None) -> None:
        """`hold` locks a case until the command ends: its facts are numbered under that lock.

        `parsed` keeps the standards of versions, which never change, for later units of work.
        """
        self._session = session
        self._now = now
        self._journal = journal
        self._calendar_of = calendar_of
        self._hold = hold
        self._parsed = parsed if parsed is not None else {}
        #: The case whose facts this unit of work hears, with its clocks after the last of them.
        self._at_hand: tuple[CaseClocksRow, CaseClocks] | None = None
        self._held = HeldClocks(session)

    def publish(self, fact: facts.JourneyPublished, sections: Collection[Mapping[str, Any]],
                around: Surroundings) -> None:
        """Keep a version's standards. Raises Invalid for one that can't be measured."""
        standards = parse_standards(sections, around)
        self._session.add(VersionStandardsRow(
            version_id=fact.version_id, journey=fact.journey or "",
            number=fact.journey_version or 0, standards=[s.section() for s in standards]))
        self._session.flush()

    def begin_case(self, fact: facts.CaseStarted, version_id: UUID) -> None:
        """Start the clocks that start with the case."""
        standards = self._standards(version_id)
        if not standards or fact.case is None:
            return
        state = start(fact, standards, self._calendar)
        row = CaseClocksRow(case_id=fact.case, version_id=version_id, number=fact.number,
                            applies=[s.key for s in state.standards], waiting=[], begun={},
                            stale=False)
        self._held.add(row)
        self._keep(row, CaseClocks(), state, fact)

    def hear(self, fact: facts.Fact) -> None:
        """Move the clocks of the fact's case."""
        if fact.case is None:
            return
        if self._at_hand is None or self._at_hand[0].case_id != fact.case:
            found = self._held.of_case(fact.case)
            if found is None:
                return
            self._at_hand = found, self._state(found)
        row, before = self._at_hand
        if isinstance(fact, facts.CaseMigrated):
            self._migrate(row, before, fact)
            return
        after = step(before, fact, self._calendar)
        self._keep(row, before, after, fact)
        self._at_hand = row, replace(after, clocks=tuple(c for c in after.clocks if c.is_open))

    def begin_again(self, fact: facts.CaseMigrated) -> None:
        """A case for which nothing was promised came to a version that promises something."""
        standards = self._standards(fact.version_id)
        if fact.case is None or not standards \
                or self._held.of_case(fact.case) is not None:
            return
        history = self._journal.read_case(fact.case)
        # What happened after it in this unit of work is heard later.
        state = fold(history[:history.index(fact) + 1], self._standards, fact.version_id,
                     self._calendar)
        self._held.add(CaseClocksRow(
            case_id=fact.case, version_id=fact.version_id, number=fact.number,
            applies=[s.key for s in state.standards], begun={}, stale=False,
            waiting=sorted([token, element] for token, element in state.waiting)))

    def _migrate(self, row: CaseClocksRow, before: CaseClocks, fact: facts.CaseMigrated) -> None:
        """From here on the standards of the new version hold."""
        after = move(before, fact, self._standards(fact.version_id), self._calendar)
        open_ones = [clock for clock in after.clocks if clock.is_open]
        self._held.change_version([clock.id for clock in open_ones], fact.version_id)
        for clock in after.clocks:
            if not clock.is_open:  # it no longer applies, and is told by the old standards
                self._keep_one(row, next(c for c in before.clocks if c.id == clock.id), clock,
                               fact)
        row.version_id, row.applies = fact.version_id, [s.key for s in after.standards]
        self._keep(row, replace(before, clocks=tuple(
            c for c in before.clocks if c.id in {o.id for o in open_ones})),
            replace(after, clocks=tuple(open_ones)), fact)
        for clock in open_ones:
            # Other shares of the time may be warned of now.
            self._watch(clock, self._standard(row.version_id, clock.standard))
        self._at_hand = row, replace(after, clocks=tuple(open_ones))

    def due(self, limit: int) -> list[tuple[UUID, int]]:
        """Thresholds that are reached now."""
        return store.due_thresholds(self._session, self._now(), limit)

    def next_due(self) -> datetime | None:
        """When the next threshold is reached (UTC); None when none is coming."""
        return store.next_threshold(self._session)

    def reach(self, clock_id: UUID, percent: int) -> bool:
        """Say that a threshold is reached; False when another was faster."""
        case_id = store.case_of(self._session, clock_id)
        if case_id is None:
            return False
        self._hold(case_id)
        if not store.take_threshold(self._session, clock_id, percent, self._now()):
            return False
        self._held.of_case(case_id)
        clock = next((c for c in self._held.open_of(case_id) if c.id == clock_id), None)
        if clock is None:
            return False
        self._at_hand = None
        told = clocks.announce(clock, percent, self._now())
        self._held.change(told)
        self._tell(clock, told, self._held.journey_of(clock), self._now(), percent)
        return True

    def postpone(self, clock_id: UUID, percent: int) -> None:
        """A threshold could not be handled: look again in ten minutes."""
        store.postpone_threshold(self._session, clock_id, percent,
                                 self._now() + timedelta(minutes=10))

    def calendar_changed(self, department: str) -> int:
        """A department works at other times: its open promises are to be folded again.

        The sweep does it, case by case. Returns how many cases there are.
        """
        return store.mark_stale(self._session, department)

    def stale(self, limit: int) -> list[UUID]:
        """Cases whose clocks are to be folded again."""
        return store.stale_cases(self._session, limit)

    def leave_stale(self, case_id: UUID) -> None:
        """A case could not be folded again: its clocks stay as they were, and it waits for
        the next change of a calendar."""
        store.unmark_stale(self._session, case_id)

    def recompute(self, case_id: UUID) -> bool:
        """Fold a case from its journal again, as after a calendar was changed.

        Returns whether a clock came out differently; nobody is told twice.
        """
        self._hold(case_id)
        row = self._held.of_case(case_id)
        if row is None:
            return False
        self._at_hand = None
        row.stale = False
        history = self._journal.read_case(case_id)
        state = fold(history, self._standards, row.version_id, self._calendar)
        before = {clock.id: clock for clock in self._held.all_of(case_id)}
        journey = next((f.journey for f in history if f.journey), None) or ""
        changed = False
        for position, clock in enumerate(state.clocks):
            if before.get(clock.id) != clock:
                changed = True
                self._held.write(clock, position, row, journey)
            if clock.is_open:
                # Even a clock that is the same may be warned of at another moment.
                self._watch(clock, self._standard(row.version_id, clock.standard))
            else:
                self._held.watch(clock, {})
        return changed

    def of_case(self, case_id: UUID, *, history: bool = False) -> list[ShownClock]:
        """The clocks of a case; with `history` each stretch of their time is explained."""
        row = self._session.get(CaseClocksRow, case_id)
        if row is None:
            return []
        told = stretches(self._journal.read_case(case_id), self._standards, row.version_id,
                         self._calendar) if history else {}
        found = store.with_versions(self._session, case_id)
        self._load({version for _, version in found})
        return [self._shown(clock, version, row.number, "", told.get(clock.id, ()))
                for clock, version in found]

    def most_urgent(self, items: Collection[tuple[UUID, UUID]],
                    versions: Mapping[UUID, UUID]) -> dict[UUID, ShownClock]:
        """The promise that presses most on each of `items` (item id, case id), in one query.

        `versions` gives each case's version. A step's clock counts for its own item only.
        """
        by_case: dict[UUID, list[Clock]] = {}
        for clock in store.open_clocks(self._session, {case for _, case in items}):
            by_case.setdefault(clock.case, []).append(clock)
        self._load(versions.values())
        found = {}
        for item, case in items:
            pressing = [c for c in by_case.get(case, ()) if c.item in (None, str(item))]
            if pressing:
                clock = min(pressing, key=_urgency)
                found[item] = self._shown(clock, versions[case])
        return found

    def at_risk(self, *, departments: Collection[str] | None = None, journey: str | None = None,
                limit: int = 200) -> list[ShownClock]:
        """Open promises, the most urgent first."""
        rows = store.at_risk(self._session, departments=departments, journey=journey, limit=limit)
        self._load({version for *_, version in rows})
        return [self._shown(clock, version, number, key) for clock, number, key, version in rows]

    def summary(self, since: datetime | None = None) -> list[Kept]:
        """How each standard is kept, for clocks started since then."""
        names = store.latest_names(self._session)
        return [Kept(journey, standard, names.get((journey, standard), {"en": standard}),
                     int(kept), int(missed), int(open_), int(broken))
                for journey, standard, kept, missed, open_, broken
                in store.summary(self._session, since)]

    def cases_with(self, journey: str, standard: str, outcome: str,
                   limit: int = 500) -> list[tuple[Clock, str]]:
        """The clocks, with their case numbers, behind one figure of `summary`."""
        return store.cases_with(self._session, journey, standard, outcome, limit)

    def _state(self, row: CaseClocksRow) -> CaseClocks:
        standards = tuple(s for s in self._standards(row.version_id) if s.key in row.applies)
        return CaseClocks(row.case_id, standards,
                          tuple(self._held.open_of(row.case_id)),
                          frozenset((token, element) for token, element in row.waiting),
                          row.begun)

    def _keep(self, row: CaseClocksRow, before: CaseClocks, after: CaseClocks,
              fact: facts.Fact) -> None:
        """Store what changed, and append what is to be told."""
        if after.waiting != before.waiting:
            row.waiting = sorted([token, element] for token, element in after.waiting)
        if after.begun != before.begun:
            row.begun = dict(after.begun)
        ended = sum(after.begun.values()) - len(after.clocks)
        old = {clock.id: clock for clock in before.clocks}
        for position, clock in enumerate(after.clocks, start=ended):
            was = old.get(clock.id)
            if was != clock:
                self._keep_one(row, was, clock, fact, position)

    def _keep_one(self, row: CaseClocksRow, was: Clock | None, clock: Clock, fact: facts.Fact,
                  position: int = 0) -> None:
        self._held.write(clock, position, row, fact.journey or "")
        self._watch(clock, self._standard(row.version_id, clock.standard))
        self._tell(was, clock, fact.journey, fact.occurred_at)

    def _watch(self, clock: Clock, standard: Standard) -> None:
        """Set down when the clock's coming thresholds will be reached."""
        moments = {} if not clock.is_open else {
            percent: at for percent, at in
            clocks.moments(clock, standard.warn, self._calendar(standard)).items()
            if percent not in clock.announced
            or (percent == clocks.BREACH and clock.breached_at is None)}
        self._held.watch(clock, moments)

    def _tell(self, was: Clock | None, clock: Clock, journey: str | None, at: datetime,
              percent: int | None = None) -> None:
        common: dict[str, Any] = {
            "occurred_at": at, "case": clock.case, "journey": journey, "clock": clock.id,
            "standard": clock.standard, "department": clock.department}
        due_at = clock.due_at or clock.since
        if clock.breached_at is not None and (was is None or was.breached_at is None):
            self._journal.append(facts.ClockBreached(**common, due_at=clock.breached_at))
        elif percent is not None and percent != clocks.BREACH:
            self._journal.append(facts.ClockWarned(**common, percent=percent))
        if was is not None and was.state == clock.state:
            return
        measured: dict[str, Any] = {"used_seconds": clock.used_seconds,
                                    "target_seconds": clock.target_seconds}
        if was is None:
            self._journal.append(facts.ClockStarted(**common, due_at=due_at))
        if clock.state == clocks.PAUSED:
            self._journal.append(facts.ClockPaused(**common))
        elif clock.state == clocks.RUNNING and was is not None:
            self._journal.append(facts.ClockResumed(**common, due_at=due_at))
        elif clock.state == clocks.MET:
            self._journal.append(facts.ClockMet(**common, **measured))
        elif clock.state == clocks.MISSED:
            self._journal.append(facts.ClockMissed(**common, **measured))
        elif clock.state == clocks.CANCELLED:
            self._journal.append(facts.ClockCancelled(**common))

    def _shown(self, clock: Clock, version_id: UUID, number: str = "", journey: str = "",
               told: tuple[Stretch, ...] = ()) -> ShownClock:
        standard = self._standard(version_id, clock.standard)
        left = clocks.time_left(clock, self._now(), self._calendar(standard))
        return ShownClock(clock, standard.name, left, standard.target.business, number, journey,
                          told)

    def _standard(self, version_id: UUID, key: str) -> Standard:
        return next(s for s in self._standards(version_id) if s.key == key)

    def _standards(self, version_id: UUID) -> tuple[Standard, ...]:
        if version_id not in self._parsed:
            self._load([version_id])
        return self._parsed.get(version_id, ())

    def _load(self, version_ids: Collection[UUID]) -> None:
        missing = {version for version in version_ids if version not in self._parsed}
        if missing:
            rows = store.standards_rows(self._session, missing)
            self._parsed.update((version, parse_standards(found))
                                for version, found in rows.items())

    def _calendar(self, standard: Standard) -> WorkCalendar:
        if not standard.target.business:
            return _ALWAYS
        calendar = self._calendar_of(standard.department)
        # Where next to nothing is worked, no promise would ever be due: better warned too early.
        return calendar if calendar.weekly_seconds >= _LEAST_WEEK else _ALWAYS


_ALWAYS = WorkCalendar.always()
_LEAST_WEEK = 3600


def _urgency(clock: Clock) -> tuple[bool, datetime]:
    """Running before paused, then by the promised moment."""
    return clock.due_at is None, clock.due_at or clock.since
