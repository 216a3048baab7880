"""Trying again what has failed on a case, each kind of it in its own way."""

from __future__ import annotations

from uuid import UUID

from engine.journal import facts
from engine.runtime.command import Command
from engine.runtime.errors import ModelFault
from engine.runtime.sandbox import Sandbox
from engine.runtime.tables import IncidentRow


class Retry(Command):
    """The frame of a command that tries again what an incident tells of."""

    def try_again(self, incident: IncidentRow) -> None:
        """The incident is resolved, unless it fails again. One that no token has to do with is
        dismissed: there is nothing to try."""
        if incident.token is None:
            self.incidents.resolve(incident, "dismissed")
        elif incident.kind in ("timer", "correlation"):
            self._wait(incident, incident.token)
        elif incident.kind == "call":
            self._call(incident, incident.token)
        else:
            self._step(incident, incident.token)

    def _wait(self, incident: IncidentRow, token: UUID) -> None:
        """A timer that could not be set or fired, or the keys of a message that no value was there
        for: the data may have been corrected."""
        key = (token, incident.element or "")
        with Sandbox(self._now(), self._version.timezone) as sandbox:
            row = self._wait_rows().get(key)
            wait = next((each for each in self._execution(sandbox).waits()
                         if (each.token, each.element) == key), None)
            if row is None or wait is None:
                self.incidents.resolve(incident, "withdrawn")
                return
            try:
                if wait.timer is None:
                    self._waits.correlate(wait, row, sandbox)
                    self._await_anew(wait)
                elif row.due_at is None:
                    self._set_timer(wait, row, sandbox)
                else:
                    row.due_at = self._now()  # the sweep fires it
            except ModelFault as fault:
                self.incidents.failed_again(incident, str(fault))
                return
        self.incidents.resolve(incident, "retried")

    def _call(self, incident: IncidentRow, token: UUID) -> None:
        """The case that a step had begun was cancelled: begin another."""
        element = self._model.by_drawn_id(incident.element or "")
        self.incidents.resolve(incident, "retried")
        self.record(facts.CallAwaited, element=incident.element, by_person=False, token=token,
                    called=element.calls if element else "")

    def _step(self, incident: IncidentRow, token: UUID) -> None:
        """A step that failed; the incident stays, with one more try, if it fails again."""
        with Sandbox(self._now(), self._version.timezone) as sandbox:
            execution = self._execution(sandbox)
            execution.retry(token)
            self._open_letters(execution)
            again = [fault for fault in execution.faults if fault.token == token]
            if again:
                self.incidents.failed_again(incident, again[0].message)
                execution.faults = [f for f in execution.faults if f.token != token]
            else:
                self.incidents.resolve(incident, "asked" if any(
                    wait.token == token and wait.kind == "service" for wait in execution.waits())
                    else "retried")
            self._settle(execution, sandbox)
