"""What the rows of waiting steps say: when a timer is due, what a message must carry."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.infra.now import Now
from engine.runtime import timers
from engine.runtime.business_time import CalendarOf, calendar_for, department_for
from engine.runtime.correlation import UNMATCHED, expected
from engine.runtime.document import Document
from engine.runtime.errors import ModelFault
from engine.runtime.model import Wait
from engine.runtime.ports import RunnableVersion
from engine.runtime.sandbox import Sandbox
from engine.runtime.tables import WaitRow


class WaitRules:
    """Fills the rows of what a case waits for, within one command."""

    def __init__(self, version: RunnableVersion, document: Document, now: Now,
                 calendar_of: CalendarOf | None) -> None:
        self._version = version
        self._document = document
        self._now = now
        self._calendar_of = calendar_of
        self._fired: WaitRow | None = None
        self._again: timers.Due | None = None

    def of(self, version: RunnableVersion, document: Document) -> WaitRules:
        """The rules of another version, which the case goes on in."""
        return WaitRules(version, document, self._now, self._calendar_of)

    def fired(self, timer: WaitRow) -> int:
        """A timer has fired; returns how often it will come again. Raises ModelFault."""
        self._fired, self._again = timer, None
        if timer.cycles_left and timer.interval and timer.due_at is not None:
            self._again = timers.next_cycle(
                timer.interval, timer.due_at, self._now(), timer.cycles_left,
                self._version.timezone, calendar_for(timer.calendar, self._calendar_of))
        return self._again.cycles_left + 1 if self._again is not None else 0

    def set_timer(self, wait: Wait, row: WaitRow, sandbox: Sandbox,
                  since: datetime | None = None) -> timers.Due:
        """When the timer of `wait` is due, counted from `since` or else now; `row` says how that
        is reckoned. Raises ModelFault."""
        if wait.timer is None:
            raise ModelFault("timer", "This is no timer.")
        row.calendar = department_for(self._version, wait.element, wait.timer.calendar)
        fired = self._fired
        if fired is not None and fired.element == wait.element and wait.cycles_left is not None \
                and self._again is not None:
            row.interval, row.counts_from = fired.interval, fired.due_at
            return self._again
        since = since or self._now()
        row.counts_from = since if row.calendar is not None else None
        due, row.interval = timers.set_timer(
            wait.timer, since, self._version.timezone,
            lambda text: sandbox.evaluate(text, self._seen(wait), kind="timer"),
            calendar_for(row.calendar, self._calendar_of))
        return due

    def reckon(self, row: WaitRow) -> datetime | None:
        """When a timer is due whose calendar was changed, where that moves it; the row says so
        then. Raises ModelFault."""
        row.reckon_at = None
        calendar = calendar_for(row.calendar, self._calendar_of)
        if calendar is None or row.counts_from is None:
            return None
        due_at = timers.reckoned(row.interval, row.counts_from, self._version.timezone,
                                 calendar)
        was = row.due_at or row.held_at
        if due_at is None or was is None or due_at == was:
            return None
        if row.due_at is None:
            row.held_at = due_at  # its case is suspended
        else:
            row.due_at = due_at
        return due_at

    def correlate(self, wait: Wait, row: WaitRow, sandbox: Sandbox) -> None:
        """Note what a message for `wait` must carry. Raises ModelFault where a key has no value:
        then only who names the case can report it."""
        step = self._version.steps.get(wait.element)
        if step is None or not step.correlation or wait.kind != "message":
            return
        row.correlation = UNMATCHED
        values = self._seen(wait)
        row.correlation = expected(step.correlation, values, lambda text: sandbox.evaluate(
            text, values, kind="correlation"))

    def correlate_again(self, wait: Wait, row: WaitRow, sandbox: Sandbox) -> bool:
        """The keys follow the case's data (BPMN 2.0.2, 8.4.2: context-based correlation); whether
        they changed."""
        before = row.correlation
        try:
            self.correlate(wait, row, sandbox)
        except ModelFault:
            row.correlation = UNMATCHED
        return row.correlation != before

    def _seen(self, wait: Wait) -> dict[str, Any]:
        return {**self._document.seen(), **wait.scope}
