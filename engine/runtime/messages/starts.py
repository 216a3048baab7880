"""What starts cases by itself: the message, signal and timer start events of latest versions."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from engine.infra.errors import Invalid
from engine.infra.now import Now
from engine.runtime import timers
from engine.runtime.business_time import CalendarOf, calendar_for, department_for
from engine.runtime.errors import ModelFault
from engine.runtime.messages import store
from engine.runtime.messages.tables import JourneyStartRow
from engine.runtime.messages.views import FailingStart, Start
from engine.runtime.model import Element, TimerRule
from engine.runtime.ports import RunnableVersion, Versions
from engine.runtime.sandbox import Sandbox
from engine.runtime.service import Cases


class Starts:
    """Commands on what starts cases, within one unit of work."""

    def __init__(self, session: Session, now: Now, cases: Cases, versions: Versions,
                 calendar_of: CalendarOf | None = None) -> None:
        self._session = session
        self._now = now
        self._cases = cases
        self._versions = versions
        self._calendar_of = calendar_of

    def publish(self, version: RunnableVersion) -> None:
        """Let this version's start events start cases, and those of earlier versions no more.

        A timer that says the same as before keeps its rhythm. Raises Invalid for one that can't
        be set.
        """
        before = {row.element: row for row in store.starts_of(self._session, version.journey)}
        found = {element.id: element for element in version.model.elements.values()
                 if element.trigger is not None and element.trigger.process in version.entries}
        for gone in before.keys() - found.keys():
            self._session.delete(before[gone])
        for element in found.values():
            row = before.get(element.id) or JourneyStartRow(
                journey=version.journey, element=element.id, cycles_left=0)
            self._renew(row, element, version)
            self._session.add(row)
        self._session.flush()

    def of(self, journey: str) -> list[Start]:
        """What starts cases of a journey by itself."""
        return [Start(row.element, row.kind, row.name, row.due_at)
                for row in store.starts_of(self._session, journey)]

    def due(self, limit: int) -> list[tuple[str, str]]:
        """(journey, element) of start timers that are due now."""
        return store.starts_due(self._session, self._now(), limit)

    def start(self, journey: str, element: str) -> bool:
        """Start the case that a timer is due for, and set it again; False when another process
        was faster."""
        claimed = store.claim_start(self._session, journey, element, self._now())
        if claimed is None:
            return False
        row, due_at = claimed
        due_at, row.missed_at, row.failure = row.missed_at or due_at, None, None
        if row.cycles_left and row.interval:
            again = timers.next_cycle(row.interval, due_at, self._now(), row.cycles_left,
                                      self._versions(row.version_id).timezone,
                                      calendar_for(row.calendar, self._calendar_of))
            if again is not None:
                row.due_at, row.cycles_left, row.counts_from = again.at, again.cycles_left, due_at
        self._cases.start(row.version_id, channel="timer", process=row.process, event=element,
                          due_at=due_at)
        return True

    def put_off(self, journey: str, element: str, reason: str) -> None:
        """A case that could not be started for this `reason`: try again in an hour, or when the
        journey is published again."""
        row = self._session.get(JourneyStartRow, (journey, element))
        if row is not None:
            row.missed_at, row.failure = row.missed_at or row.due_at, reason
            row.due_at = self._now() + timedelta(hours=1)

    def failing(self) -> list[FailingStart]:
        """Timers whose last case could not be started, the one that waits longest first."""
        return [FailingStart(row.journey, row.element, row.missed_at, row.failure or "")
                for row in store.starts_failing(self._session) if row.missed_at is not None]

    def calendar_changed(self, department: str) -> None:
        """Set the timers again that count the time of `department`."""
        for row in store.starts_by(self._session, department):
            calendar = calendar_for(department, self._calendar_of)
            if calendar is not None and row.due_at is not None and row.counts_from is not None:
                row.due_at = timers.reckoned(row.interval, row.counts_from,
                                             self._versions(row.version_id).timezone,
                                             calendar) or row.due_at

    def _renew(self, row: JourneyStartRow, element: Element, version: RunnableVersion) -> None:
        trigger = element.trigger
        assert trigger is not None, "chosen by its trigger"  # noqa: S101
        row.version_id, row.process = version.id, trigger.process
        row.kind, row.name = trigger.kind, trigger.name or None
        rule = trigger.timer
        calendar = department_for(version, element.id, rule.calendar) if rule else None
        said = f"{rule.kind} {rule.text}" if rule is not None else None
        row.due_at, row.missed_at, row.failure = row.missed_at or row.due_at, None, None
        if said == row.rule and calendar == row.calendar:
            return
        row.rule, row.calendar, row.due_at = said, calendar, None
        if rule is not None:
            row.counts_from = self._now()
            due, row.interval = self._first(rule, version, calendar)
            row.due_at, row.cycles_left = due.at, due.cycles_left

    def _first(self, rule: TimerRule, version: RunnableVersion,
               department: str | None) -> tuple[timers.Due, str | None]:
        """The first due moment of a start timer. Raises Invalid for one that can't be set."""
        try:
            with Sandbox(self._now(), version.timezone) as sandbox:
                return timers.set_timer(
                    rule, self._now(), version.timezone,
                    lambda text: sandbox.evaluate(text, dict.fromkeys(version.fields),
                                                  kind="timer"),
                    calendar_for(department, self._calendar_of))
        except ModelFault as fault:
            raise Invalid("The timer that starts cases can't be set: {reason}",
                          reason=str(fault)) from fault
