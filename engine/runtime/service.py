"""Commands on cases: start, move on, deliver, fire, retry, cancel; each is persisted whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect
from sqlalchemy.orm import Session

from engine.infra.errors import Conflict, Invalid, NotFound
from engine.infra.ids import new_id
from engine.infra.now import Now
from engine.jobs.service import Jobs
from engine.journal import facts
from engine.journal.service import Journal
from engine.people.access import Actor
from engine.runtime import held, incidents, store, stored
from engine.runtime.answers import refuse_company
from engine.runtime.business_time import CalendarOf
from engine.runtime.calls.request import KIND as SERVICE
from engine.runtime.calls.service import ServiceCalls
from engine.runtime.command import Command
from engine.runtime.company import Company, Origin
from engine.runtime.errors import CaseSuspended, ended
from engine.runtime.fields import accept, refuse_unknown
from engine.runtime.model import Fault
from engine.runtime.ports import RunnableVersion, Versions
from engine.runtime.retries import Retry
from engine.runtime.tables import CaseRow, CaseStateRow, CommentRow
from engine.runtime.views import Case, CaseFilter, CaseWait, Comment, Incident, Page

PRIORITIES = ("low", "normal", "high", "urgent")
#: How somebody says that a case came; those that begin by themselves say timer, message or signal.
CHANNELS = ("phone", "mail", "web", "counter", "chat")


class Cases:
    """The runtime's commands, within one unit of work."""

    def __init__(self, session: Session, now: Now, journal: Journal, versions: Versions,
                 timezone: str = "UTC",
                 calendar_of: CalendarOf | None = None) -> None:
        self._session = session
        self._now = now
        self._journal = journal
        self._versions = versions
        self._timezone = timezone
        self._calendar_of = calendar_of
        self._company = Company(session, now, journal, versions, timezone, self._command)
        #: Calls of outside services that steps wait for.
        self.service_calls = ServiceCalls(session, now, versions, Jobs(session, now),
                                          self._by_itself, self._company.carry)

    def start(self, version_id: UUID, *, data: Mapping[str, Any] | None = None,
              by: UUID | None = None, channel: str | None = None, priority: str = "normal",
              customer: UUID | None = None, tier: str | None = None,
              process: str | None = None, event: str | None = None,
              due_at: datetime | None = None) -> Case:
        """Start a case on a published version and run it to its first waits.

        `process` says which of several processes of the drawing begins, else the main one;
        `event` is the start event that a message, signal or timer began it at: nobody filled in
        the form. `due_at` is when that timer was due. Raises Invalid for data that doesn't fit
        the journey's fields or an unknown priority.
        """
        if priority not in PRIORITIES:
            raise Invalid("{priority} is no priority; choose low, normal, high or urgent.",
                          field="priority", priority=priority)
        version = self._versions(version_id)
        values = self._accepted(version, data or {}, "" if event is None else None)
        origin = Origin(by=by, channel=channel, priority=priority, customer=customer, tier=tier)
        begun = [self._company.begin(version, version.entry(process), values, origin)]
        begun += [self._company.begin(version, other, values, origin, first=begun[0].row.id)
                  for other in version.company(version.entry(process))[1:]]
        for each in begun:
            # A message of an earlier one may have written its data, or set it going.
            row, state = held.lock(self._session, each.row.id)
            if not state.tokens:
                command = self._command(version, row, state, by)
                if each is begun[0] and event is not None:
                    command.note_begin(event, due_at)
                command.start(event if each is begun[0] else None)
                self._company.carry(command, version, origin)
        return store.view(begun[0].row)

    def resume_step(self, case_id: UUID, token: UUID, element: str, *,
                    answers: tuple[str, ...] = (), data: Mapping[str, Any] | None = None,
                    by: UUID | None = None) -> Case:
        """A person did the step at which `token` waits; `answers` are flow ids of a question.

        Raises TokenGone when the step no longer waits, CaseEnded when the case is over,
        Invalid for data or answers that don't fit.
        """
        version, row, state = self._open(case_id)
        found = version.model.by_drawn_id(element)
        allowed = {answer.flow for answer in found.answers} if found else set()
        if (allowed or answers) and (
                not answers or not set(answers) <= allowed
                or (len(answers) > 1 and found is not None and not found.several_answers)):
            raise Invalid("Choose one of the answers.", field="answers")
        refuse_company(found.answers if found is not None else (), answers)
        command = self._command(version, row, state, by)
        command.write(self._accepted(version, data or {}, None if allowed else element, command))
        command.resume(token, element, answers)
        self._company.carry(command, version)
        return store.view(row)

    def deliver(self, case_id: UUID, message: str, *, data: Mapping[str, Any] | None = None,
                by: UUID | None = None, token: UUID | None = None) -> Case:
        """A message reached the case; `token` says which step of it, else the one that has waited
        longest. Raises Conflict when no step waits for it."""
        version, row, state = self._open(case_id)
        awaited = [w for w in store.waits(self._session, case_id)
                   if w.message == message and token in (None, w.token)]
        if not awaited:
            raise Conflict("Case {number} is not waiting for {message}.", number=row.number,
                           message=message)
        command = self._command(version, row, state, by)
        command.write(self._accepted(version, data or {}, None, command))
        command.record(facts.MessageReceived, message=message, element=awaited[0].element)
        command.run(lambda execution: execution.deliver(message, token=token))
        self._company.carry(command, version)
        return store.view(row)

    def fire_timer(self, case_id: UUID, token: UUID, element: str) -> bool:
        """Fire a due timer; False when another process was faster or it is no longer due."""
        version, row, state = self._open(case_id)
        taken = held.take_timer(self._session, case_id, token, element, self._now())
        if taken is None or taken.due_at is None:
            return False
        command = self._command(version, row, state, None)
        command.fire(taken)
        self._company.carry(command, version)
        return True

    def retry(self, incident_id: UUID, *, by: UUID | None = None) -> Case:
        """Try the failed step of an open incident again; it resolves unless it fails again."""
        incident = incidents.find(self._session, incident_id)
        version, row, state = self._open(incident.case_id)
        self._session.refresh(incident)  # who held the case before may have dealt with it
        if incident.resolved_at is not None:
            raise Conflict("This incident is already resolved.")
        command = Retry(self._session, self._now, self._journal, version, row, state, by,
                        self._calendar_of)
        if incident.kind == SERVICE and incident.token is not None:
            self.service_calls.again(incident.case_id, incident.token)
            command.incidents.resolve(incident, "asked")
        else:
            command.try_again(incident)
        return self.carry(command, version)

    def cancel(self, case_id: UUID, *, reason: str, by: UUID | None = None) -> Case:
        """End a case before its end. Raises Invalid without a reason, CaseEnded when over."""
        if not reason.strip():
            raise Invalid("Say why the case is cancelled.", field="reason")
        command, version = self.opened(case_id, by, states=store.LIVE)
        command.row.cancel_reason = reason.strip()
        command.cancel()
        return store.view(command.row)

    def opened(self, case_id: UUID, by: UUID | None, *, states: tuple[str, ...] = ("open",),
               ) -> tuple[Command, RunnableVersion]:
        """A command on a case, locked until it ends, and its version; for commands in files of
        their own. Raises CaseSuspended or CaseEnded where its state is none of `states`."""
        version, row, state = self._open(case_id, states)
        return self._command(version, row, state, by), version

    def carry(self, command: Command, version: RunnableVersion) -> Case:
        """Take what the command said to other cases to them; the case as it is then."""
        self._company.carry(command, version)
        return store.view(command.row)

    def write_data(self, case_id: UUID, data: Mapping[str, Any], *,
                   by: UUID | None = None) -> Case:
        """Correct fields of an open case."""
        version, row, state = self._open(case_id)
        command = self._command(version, row, state, by)
        command.write(self._accepted(version, data, None, command))
        command.run(lambda execution: execution.proceed())
        self._company.carry(command, version)
        return store.view(row)

    def comment(self, case_id: UUID, text: str, *, by: UUID | None) -> UUID:
        """Write on a case. Raises Invalid for an empty or overlong text."""
        if not text.strip() or len(text) > 10_000:
            raise Invalid("Write a comment of at most 10,000 characters.", field="text")
        row, _ = held.lock(self._session, case_id)  # facts are numbered under its lock
        comment = CommentRow(id=new_id(self._now), case_id=row.id, person=by, text=text.strip(),
                             written_at=self._now())
        self._session.add(comment)
        self._journal.append(facts.CommentAdded(
            occurred_at=self._now(), case=row.id, journey=row.journey,
            journey_version=row.version_number, person=by, comment=comment.id))
        return comment.id

    def note_file(self, case_id: UUID, file: UUID, *, by: UUID | None) -> None:
        """Record that a file was attached to the case."""
        row, _ = held.lock(self._session, case_id)
        self._journal.append(facts.FileAttached(
            occurred_at=self._now(), case=row.id, journey=row.journey,
            journey_version=row.version_number, person=by, file=file))

    def involve(self, case_id: UUID, department: str) -> None:
        """Note that `department` has work on the case, so that its people may see it."""
        store.involve(self._session, case_id, department)

    def hold(self, case_id: UUID | ScalarSelect[UUID], **asked: Any) -> Case:
        """The case (its id, or a query for it with the values it asks for), locked until the
        command ends; commands that write facts about it take it first, so that they are numbered
        one after the other and never wait for each other twice.
        """
        return store.view(held.lock(self._session, case_id, **asked)[0])

    def visible_case(self, reference: UUID | str, actor: Actor) -> Case:
        """A case by id or number, if `actor` may see it. Raises NotFound otherwise."""
        case = self.case(reference)
        if not store.may_see(self._session, case.id, actor.visible()):
            raise NotFound("There is no case {reference}.", reference=str(reference))
        return case

    def page(self, where: CaseFilter, limit: int = 50) -> Page:
        """Cases newest first, a page at a time (`limit` at most 200)."""
        return store.page(self._session, where, max(1, min(limit, 200)))

    def found(self, where: CaseFilter, limit: int) -> list[UUID]:
        """The ids of the cases that `where` finds, the oldest first."""
        return store.found(self._session, where, limit)

    def counts(self, where: CaseFilter) -> dict[str, int]:
        """How many cases there are by state."""
        return store.count(self._session, where)

    def by_ids(self, ids: Iterable[UUID]) -> dict[UUID, Case]:
        """Several cases at once."""
        return store.by_ids(self._session, ids)

    def waits(self, case_id: UUID) -> list[CaseWait]:
        """What the case waits for now."""
        return store.waits(self._session, case_id)

    def comments(self, case_id: UUID) -> Sequence[Comment]:
        """Comments on a case, oldest first."""
        return store.comments(self._session, case_id)

    def incidents(self, case_id: UUID | None = None, *, open_only: bool = True) -> list[Incident]:
        """Incidents (of one case), newest first."""
        return incidents.of_case(self._session, case_id, open_only)

    def due_timers(self, limit: int = 100) -> list[tuple[UUID, UUID, str]]:
        """(case, token, element) of timers that are due now."""
        return store.due_timers(self._session, self._now(), limit)

    def next_timer(self) -> datetime | None:
        """When the next timer is due (UTC); None when none waits."""
        return store.next_timer(self._session)

    def fail_timer(self, case_id: UUID, token: UUID, element: str, reason: str) -> None:
        """A due timer could not be fired: push it an hour forward and raise an incident."""
        held.lock(self._session, case_id)
        timer = held.waits(self._session, case_id).get((token, element))
        if timer is not None:
            # What was its moment stays so: a cycle keeps its rhythm, and its lateness is told.
            timer.held_at = timer.held_at or timer.due_at
            timer.due_at = self._now() + timedelta(hours=1)
            self.note_fault(case_id, token, element, "timer", reason)

    def calendar_changed(self, department: str) -> int:
        """Timers that count the time of `department` are to be set again (by the sweep); returns
        how many there are."""
        return store.mark_to_reckon(self._session, department, self._now())

    def to_reckon(self, limit: int) -> list[UUID]:
        """Cases with timers that a changed calendar moves."""
        return store.cases_to_reckon(self._session, limit)

    def reckon(self, case_id: UUID) -> bool:
        """Set the timers of a case again that a changed calendar moves."""
        row, state = held.lock(self._session, case_id)
        self._command(self._versions(row.version_id), row, state, None).reckon()
        return True

    def leave_reckoned(self, case_id: UUID) -> None:
        """A case whose timers can't be set again keeps them as they are."""
        held.lock(self._session, case_id)
        for timer in held.waits(self._session, case_id).values():
            timer.reckon_at = None

    def note_fault(self, case_id: UUID, token: UUID | None, element: str | None, kind: str,
                   reason: str) -> None:
        """Raise an incident on a case."""
        row, state = held.lock(self._session, case_id)
        self._command(self._versions(row.version_id), row, state, None).raise_incident(
            Fault(token, element, kind, reason))

    def case(self, reference: UUID | str) -> Case:
        """A case by id or number. Raises NotFound."""
        return store.find(self._session, reference)

    def document(self, case_id: UUID) -> dict[str, Any]:
        """The case's data: real decimals, dates and moments."""
        return stored.of_case(self._session, case_id)

    def call(self, fact: facts.CallAwaited, version_id: UUID) -> None:
        """Begin a case of another journey for the step that awaits it."""
        self._company.call(fact, version_id)

    def end_call(self, fact: facts.CallWithdrawn) -> None:
        """Cancel the case that a step no longer waits for."""
        self._company.end_call(fact)

    def give_back(self, fact: facts.CaseCompleted | facts.CaseCancelled) -> None:
        """Let the step that called an ended case go on."""
        self._company.give_back(fact)

    def give_back_since(self, case_id: UUID, since: datetime) -> None:
        """Let the steps go on whose called case ended while this one was suspended."""
        self._company.give_back_since(case_id, since)

    def together(self, case: Case) -> list[Case]:
        """The other cases that came of the same start, in the order in which they began."""
        if case.together is None:
            return []
        return [each for each in store.together(self._session, case.together)
                if each.id != case.id]

    def _open(self, case_id: UUID, states: tuple[str, ...] = ("open",),
              ) -> tuple[RunnableVersion, CaseRow, CaseStateRow]:
        row, state = held.lock(self._session, case_id)
        if row.state not in states:
            if row.state == "suspended":
                raise CaseSuspended("Case {number} is suspended ({reason}); it has to be resumed "
                                    "first.", number=row.number, reason=row.suspend_reason or "")
            raise ended(row.number, row.state)
        return self._versions(row.version_id), row, state

    def _by_itself(self, case_id: UUID, only_open: bool) -> tuple[RunnableVersion, Command]:
        """A case that the system, not a person, has something to say to."""
        if only_open:
            version, row, state = self._open(case_id)
        else:
            row, state = held.lock(self._session, case_id)
            version = self._versions(row.version_id)
        return version, self._command(version, row, state, None)

    def _accepted(self, version: RunnableVersion, data: Mapping[str, Any], form: str | None,
                  command: Command | None = None) -> dict[str, Any]:
        """`data` as the case keeps it. Raises Invalid where it doesn't satisfy the `form` that it
        was asked for with, or is nothing that the journey, the form or the case knows."""
        asked = version.forms.get(form) if form is not None else None
        if asked is not None:
            asked.check(data)
        refuse_unknown(version.journey, data, version.fields, lambda: (
            *(field.key for field in (asked.fields if asked else ())),
            *(command.values if command else ())))
        return accept(data, version.fields, self._timezone)

    def _command(self, version: RunnableVersion, row: CaseRow, state: CaseStateRow,
                 by: UUID | None) -> Command:
        return Command(self._session, self._now, self._journal, version, row, state, by,
                       self._calendar_of)
