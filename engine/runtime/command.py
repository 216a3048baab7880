"""One command on one case: run the tokens, then record what passed, what ended, what waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from engine.infra.ids import new_id
from engine.infra.now import Now
from engine.journal import facts
from engine.journal.service import Journal
from engine.runtime import held, store, stored
from engine.runtime.business_time import CalendarOf
from engine.runtime.errors import ModelFault
from engine.runtime.incidents import Incidents
from engine.runtime.model import PERSON, Evaluate, Fault, Sent, Thrown, Wait
from engine.runtime.ports import RunnableVersion
from engine.runtime.sandbox import Sandbox
from engine.runtime.spiff.execution import Execution
from engine.runtime.tables import CaseRow, CaseStateRow, LetterRow, WaitRow
from engine.runtime.waiting import WaitRules

_LATE = 2.0


class Command:
    """The frame of every command: the case's row is locked, the document in memory."""

    def __init__(self, session: Session, now: Now, journal: Journal, version: RunnableVersion,
                 row: CaseRow, state: CaseStateRow, by: UUID | None,
                 calendar_of: CalendarOf | None) -> None:
        self._session = session
        self._now = now
        self._journal = journal
        self._version = version
        self.row = row
        self._state = state
        self._by = by
        self._document = stored.document(session, state, version)
        self._waits = WaitRules(version, self._document, now, calendar_of)
        #: Messages that left for other processes of the drawing.
        self.sent: list[Sent] = []
        #: Escalations that nothing in the case catches: the step that called it may.
        self.escalated: list[Thrown] = []
        self._model = version.processes[row.process or version.main]
        self.incidents = Incidents(session, now, row, self.record, by)
        self._resumed: UUID | None = None
        self._answered: UUID | None = None

    def write(self, values: Mapping[str, Any], intervention: UUID | None = None) -> None:
        """Write fields that a person or a message brought."""
        if values:
            self._document.write(values)
            self.record(facts.DataWritten, fields=sorted(values), intervention=intervention)

    def bring(self, values: Mapping[str, Any], kind: str, token: UUID | None,
              element: str) -> bool:
        """Write fields that another case brought, in the types that this journey gives them; what
        doesn't fit is an incident of that kind, and nothing is written."""
        try:
            self._document.bring(values)
        except ModelFault as fault:
            self.raise_incident(Fault(token, element, kind, str(fault)))
            return False
        if values:
            self.record(facts.DataWritten, fields=sorted(values))
        return True

    def record(self, fact: type[facts.Fact], /, *, element: str | None = None,
               by_person: bool = True, **content: Any) -> facts.Fact:
        """Append a fact about this case, now."""
        return self._journal.append(fact(
            occurred_at=self._now(), case=self.row.id, journey=self.row.journey,
            journey_version=self.row.version_number, element=element,
            person=self._by if by_person else None, **content))

    def send(self, message: Sent, to: UUID | None) -> None:
        """Record that a message left for another case, or found none."""
        self.record(facts.MessageSent, element=message.element, by_person=False,
                    message=message.name, to=to)

    def receive(self, element: str, values: Mapping[str, Any]) -> None:
        """A message from another case came for `element`, now or before the token did."""
        if not self.bring({key: value for key, value in values.items()
                           if self._document.values.get(key) != value}, "message", None, element):
            return
        self._session.add(LetterRow(id=new_id(self._now), case_id=self.row.id, element=element,
                                    arrived_at=self._now()))
        if self.row.state == "open":
            self.run(lambda execution: execution.proceed())
        else:
            self.keep()

    def keep(self) -> None:
        """Persist what was written to the data of a case that is suspended."""
        stored.keep(self._session, self._state, self._document)
        self.row.revision += 1

    def run(self, act: Callable[[Execution], object]) -> None:
        """Let `act` move the tokens on, and persist all that follows from it."""
        with Sandbox(self._now(), self._version.timezone) as sandbox:
            execution = self._execution(sandbox)
            act(execution)
            self._open_letters(execution)
            self._settle(execution, sandbox)

    def _open_letters(self, execution: Execution) -> None:
        """Hand over the messages that came before their step did."""
        if len(self._version.processes) == 1:
            return
        letters = store.letters(self._session, self.row.id)
        while letters:
            waits = {wait.element: wait for wait in execution.waits() if wait.message is not None}
            letter = next((each for each in letters if each.element in waits), None)
            if letter is None:
                return
            letters.remove(letter)
            self._session.delete(letter)
            message = waits[letter.element].message or ""
            self.record(facts.MessageReceived, element=letter.element, by_person=False,
                        message=message)
            execution.deliver(message, letter.element)

    @property
    def values(self) -> dict[str, Any]:
        """The case's data as it stands."""
        return dict(self._document.values)

    def awaits(self, token: UUID, kind: str) -> str | None:
        """The element at which `token` waits so; None where it doesn't."""
        return next((row.element for row in self._wait_rows().values()
                     if row.token == token and row.kind == kind), None)

    def resume(self, token: UUID, element: str, answers: tuple[str, ...]) -> None:
        """A person did the step at which `token` waits, or answered its question."""
        self.record(facts.StepResumed, token=token, element=element, answers=list(answers))
        self._resumed = token
        self.run(lambda execution: execution.complete(token, answers))

    def start(self, element: str | None = None) -> None:
        """Set the first token going, at the start event `element` where there are several."""
        self.run(lambda execution: execution.start(element))

    def note_begin(self, event: str, due_at: datetime | None) -> None:
        """Record what the case began with: a timer that was due, or a message or signal."""
        element = self._model.by_drawn_id(event)
        trigger = element.trigger if element is not None else None
        if trigger is None:
            return
        if due_at is not None:
            self._record_fired(event, self.row.id, due_at)
        else:
            self.record(facts.MessageReceived, element=event, message=trigger.name)

    def _record_fired(self, element: str, token: UUID, due_at: datetime) -> None:
        late = (self._now() - due_at).total_seconds()
        self.record(facts.TimerFired, element=element, token=token, due_at=due_at,
                    late_seconds=late if late > _LATE else 0.0)

    def come_back(self, token: UUID, element: str, child: UUID) -> None:
        """The case that the step had begun has ended."""
        self.record(facts.CallReturned, element=element, by_person=False, token=token,
                    child=child)
        self._resumed = token
        self.run(lambda execution: execution.complete(token))

    def answered(self, token: UUID, element: str, status: int, tries: int,
                 read: Callable[[Evaluate], Mapping[str, Any]]) -> None:
        """The outside service that the step waits for has answered; `read` gives the fields that
        the answer fills, asking for expressions as the step sees them. Raises ModelFault."""
        def act(execution: Execution) -> None:
            values = self._document.typed(
                read(lambda text, own: execution.evaluate(token, text, own)))
            self.record(facts.ServiceAnswered, element=element, by_person=False, token=token,
                        status=status, tries=tries)
            self.write(values)
            execution.complete(token, by_person=False)
        self._answered = token
        self.run(act)

    def throw(self, token: UUID, thrown: Thrown, caught: type[facts.Fact] | None = None,
              **content: Any) -> bool:
        """What the waiting step stands for threw this; the fact `caught` says so where it is.

        Returns False, with nothing changed, where nothing catches it.
        """
        with Sandbox(self._now(), self._version.timezone) as sandbox:
            execution = self._execution(sandbox)
            if not execution.throw(token, thrown):
                return False
            if caught is not None:
                self.record(caught, by_person=False, token=token, **content)
                self._resumed = self._answered = token
            self._settle(execution, sandbox)
        return True

    def fire(self, timer: WaitRow) -> None:
        """Fire the due timer that was taken from its row."""
        due_at = timer.due_at or self._now()
        self._record_fired(timer.element, timer.token, due_at)
        left = self._waits.fired(timer)
        self.incidents.resolve_of(timer.token, "retried")
        self.run(lambda execution: execution.fire(timer.token, timer.element, left))

    def skip(self, token: UUID, element: str, intervention: UUID) -> None:
        """A person lets the token go on past its step, whose incident is dealt with."""
        self.record(facts.StepSkipped, token=token, element=element, intervention=intervention)
        self.incidents.resolve_of(token, "skipped")
        self.run(lambda execution: execution.skip(token))

    def send_back(self, token: UUID, element: str, to: str, intervention: UUID) -> None:
        """A person takes the token away and puts one before the earlier step `to`."""
        def act(execution: Execution) -> None:
            gone = execution.send_back(token, to)
            self.record(facts.CaseSentBack, token=token, element=element, to=to,
                        intervention=intervention, withdrawn=sorted(set(gone)))
            self.incidents.resolve_of(token, "sent_back")
        self.run(act)

    def cancel(self) -> None:
        """End the case: everything that waits is withdrawn."""
        for row in list(self._wait_rows().values()):
            self._end_wait(row)
        self.incidents.cancel()
        self._end("cancelled", facts.CaseCancelled)
        self.row.revision += 1

    def _execution(self, sandbox: Sandbox) -> Execution:
        return Execution(self._model, self._document.environment(sandbox),
                         self._state.tokens or None)

    def _settle(self, execution: Execution, sandbox: Sandbox) -> None:
        """Facts in the order in which they happened; rows for what waits now."""
        for passed in execution.passed:
            if not passed.inserted:
                self.record(facts.ElementCompleted, element=passed.element, by_person=False,
                            token=passed.token, kind=passed.kind)
            for decision, rules in self._document.decided.pop(passed.token, {}).items():
                self.record(facts.DecisionMade, element=passed.element, by_person=False,
                            token=passed.token, decision=decision, rules=list(rules))
        written = self._document.written
        if written:
            self.record(facts.DataWritten, by_person=False, fields=sorted(written))
        self.sent += execution.sent
        for fault in execution.faults:
            self.raise_incident(fault)
        before = dict(self._wait_rows())
        after = {(wait.token, wait.element): wait for wait in execution.waits()}
        if self.row.open_incidents:
            self.incidents.withdraw_but(execution.held | {token for token, _ in after})
        for key, row in before.items():
            if key not in after:
                self._end_wait(row)
        for key, wait in after.items():
            if key not in before:
                self._begin_wait(wait, sandbox)
            elif wait.kind == "message" and self._waits.correlate_again(
                    wait, before[key], sandbox):
                self._await_anew(wait)
        stored.keep(self._session, self._state, self._document)
        self._state.tokens = execution.state()
        self.row.revision += 1
        self.escalated += [each for each in execution.thrown if each.kind == "escalation"]
        for thrown in execution.thrown:
            if thrown.kind == "signal":
                self.record(facts.SignalThrown, element=thrown.element, by_person=False,
                            signal=thrown.code)
        if execution.finished:
            self._end("completed", facts.CaseCompleted, error=next(
                (each.code for each in execution.thrown if each.kind == "error"), None))

    def _wait_rows(self) -> held.Waits:
        return held.waits(self._session, self.row.id)

    def _begin_wait(self, wait: Wait, sandbox: Sandbox) -> None:
        row = WaitRow(case_id=self.row.id, token=wait.token, element=wait.element,
                      kind=wait.kind, message=wait.message, since=self._now(),
                      reason=wait.reason or None)
        if wait.timer is not None:
            try:
                self._set_timer(wait, row, sandbox)
            except ModelFault as fault:
                # Nobody knows when: it waits for a person who sees the incident.
                self.raise_incident(Fault(wait.token, wait.element, fault.kind, str(fault)))
        elif wait.message is not None:
            self._correlate(wait, row, sandbox)
            self.record(facts.MessageAwaited, element=wait.element, by_person=False,
                        token=wait.token, message=wait.message)
        elif wait.kind == "call":
            element = self._model.by_drawn_id(wait.element)
            self.record(facts.CallAwaited, element=wait.element, by_person=False,
                        token=wait.token, called=element.calls if element else "")
        elif wait.kind == "service":
            self.record(facts.ServiceAwaited, element=wait.element, by_person=False,
                        token=wait.token)
        elif wait.kind in PERSON:
            self.record(facts.StepAwaited, element=wait.element, by_person=False,
                        token=wait.token, kind=wait.kind)
        held.add_wait(self._session, row)

    def _set_timer(self, wait: Wait, row: WaitRow, sandbox: Sandbox,
                   since: datetime | None = None) -> None:
        due = self._waits.set_timer(wait, row, sandbox, since)
        row.due_at, row.cycles_left = due.at, due.cycles_left
        self.record(facts.TimerSet, element=wait.element, by_person=False, token=wait.token,
                    due_at=due.at)

    def _await_anew(self, wait: Wait) -> None:
        """A message that was kept under the keys of now may be handed over."""
        for kind in (facts.MessageWaitEnded, facts.MessageAwaited):
            self.record(kind, element=wait.element, by_person=False, token=wait.token,
                        message=wait.message)

    def _correlate(self, wait: Wait, row: WaitRow, sandbox: Sandbox) -> None:
        """Note what a message must carry; without it, only who names the case can report it."""
        try:
            self._waits.correlate(wait, row, sandbox)
        except ModelFault as fault:
            self.raise_incident(Fault(wait.token, wait.element, fault.kind, str(fault)))

    def reckon(self) -> None:
        """Set the timers again that count the time of a calendar that was changed."""
        for row in self._wait_rows().values():
            due_at = self._waits.reckon(row) if row.reckon_at is not None else None
            if due_at is not None:
                self.record(facts.TimerSet, element=row.element, by_person=False,
                            token=row.token, due_at=due_at)

    def _end_wait(self, row: WaitRow) -> None:
        """A wait that ended otherwise than by a person's answer is withdrawn."""
        if row.kind in PERSON and row.token != self._resumed:
            self.record(facts.StepWithdrawn, element=row.element, token=row.token)
        elif row.kind == "call" and row.token != self._resumed:
            self.record(facts.CallWithdrawn, element=row.element, by_person=False,
                        token=row.token)
        elif row.kind == "service" and row.token != self._answered:
            self.record(facts.ServiceWithdrawn, element=row.element, by_person=False,
                        token=row.token)
        elif row.kind == "timer":
            self.record(facts.TimerCancelled, element=row.element, by_person=False,
                        token=row.token)
        elif row.message is not None:
            self.record(facts.MessageWaitEnded, element=row.element, by_person=False,
                        token=row.token, message=row.message)
        held.end_wait(self._session, row)

    def raise_incident(self, fault: Fault) -> None:
        """A fault of model or data: an incident with an owner, never lost quietly (law 7)."""
        self.incidents.raise_for(fault, self._version.owner)

    def _end(self, state: str, kind: type[facts.Fact], **content: Any) -> None:
        self.row.state = state
        self.row.ended_at = self.record(kind, by_person=state == "cancelled",
                                        **content).occurred_at
