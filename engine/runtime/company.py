"""Cases that belong together: processes of one drawing that exchange messages, and called journeys.

All of them are locked through the first one (held.lock), so that commands on different cases of
one company never wait for each other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from engine.infra.errors import DomainError
from engine.infra.ids import new_id
from engine.infra.now import Now
from engine.infra.rows import rows_of
from engine.journal import facts
from engine.journal.service import Journal
from engine.runtime import held, store, stored, tagged
from engine.runtime.command import Command
from engine.runtime.fields import accept, bounded
from engine.runtime.model import MAX_MESSAGES, Fault, Sent, Thrown
from engine.runtime.ports import RunnableVersion, Versions
from engine.runtime.retype import plainer
from engine.runtime.tables import CaseRow, CaseStateRow, GivenRow

#: How deep journeys may call each other.
MAX_DEPTH = 10

MakeCommand = Callable[[RunnableVersion, CaseRow, CaseStateRow, UUID | None], Command]


@dataclass(frozen=True)
class Origin:
    """Whence a case comes, and for whom it is."""

    by: UUID | None
    channel: str | None
    priority: str
    customer: UUID | None
    tier: str | None = None


@dataclass(frozen=True)
class Caller:
    """The step of another case that begins this one, and waits for its end."""

    case: CaseRow
    token: UUID
    element: str


class Company:
    """Begins cases, and carries between them what they have to say to each other."""

    def __init__(self, session: Session, now: Now, journal: Journal, versions: Versions,
                 timezone: str, command: MakeCommand) -> None:
        self._session = session
        self._now = now
        self._journal = journal
        self._versions = versions
        self._timezone = timezone
        self._command = command

    def begin(self, version: RunnableVersion, process: str, values: Mapping[str, Any],
              origin: Origin, *, first: UUID | None = None, parent: UUID | None = None,
              caller: Caller | None = None) -> Command:
        """A new case of one process, of the company of `first`; its tokens don't move yet."""
        now = self._now()
        year = now.astimezone(ZoneInfo(self._timezone)).year
        row = CaseRow(
            id=new_id(self._now), number=store.next_number(self._session, version.prefix, year),
            journey=version.journey, version_id=version.id, version_number=version.number,
            process=None if process == version.main else process, together=first,
            parent=caller.case.id if caller else None,
            parent_token=caller.token if caller else None,
            parent_element=caller.element if caller else None, state="open",
            channel=origin.channel, priority=origin.priority, customer=origin.customer,
            tier=origin.tier, started_at=now, started_by=origin.by, revision=0)
        if first is None and len(version.processes) > 1:
            row.together = row.id
        state = CaseStateRow(case_id=row.id, tokens="", document="{}")
        held.begin(self._session, row, state)
        document = stored.document(self._session, state, version)
        document.write(values)
        stored.keep(self._session, state, document)
        attributes = {key: tagged.plain(values[key]) for key, rule in version.fields.items()
                      if rule.filter and values.get(key) is not None}
        self._journal.append(facts.CaseStarted(
            occurred_at=now, case=row.id, journey=row.journey,
            journey_version=row.version_number, person=origin.by, number=row.number,
            channel=origin.channel, priority=origin.priority, customer=origin.customer,
            tier=origin.tier, parent_case=parent or row.parent, process=row.process,
            attributes=attributes))
        command = self._command(version, row, state, origin.by)
        if values:
            command.record(facts.DataWritten, fields=sorted(values))
        return command

    # --- messages --------------------------------------------------------------------------

    def carry(self, command: Command, version: RunnableVersion,
              origin: Origin | None = None) -> None:
        """Take the messages of a command to the other cases of its drawing, and so on."""
        ahead = deque([command])
        carried = 0
        while ahead:
            sender = ahead.popleft()
            for thrown in sender.escalated:
                self._escalate(sender.row, thrown)
            for message in sender.sent:
                carried += 1
                if carried > MAX_MESSAGES:
                    sender.raise_incident(Fault(None, message.element, "circle", (
                        f"{MAX_MESSAGES} messages went to and fro without waiting for anyone; "
                        "those after them are lost.")))
                    return
                ahead.extend(self._set_going(sender, message, version, origin))
                ahead.extend(self._reach(sender, message, version))

    def _set_going(self, sender: Command, message: Sent, version: RunnableVersion,
                   origin: Origin | None) -> list[Command]:
        row, begun = sender.row, []
        for process, element in message.begins:
            made = self.begin(version, process, sender.values, origin or _like(row),
                              first=row.together or row.id, parent=row.id)
            sender.send(message, made.row.id)
            made.start(element)
            begun.append(made)
        return begun

    def _reach(self, sender: Command, message: Sent, version: RunnableVersion) -> list[Command]:
        row, reached = sender.row, []
        for process, element in message.to:
            name = None if process == version.main else process
            taker = store.taker(self._session, row.together or row.id, version.id, name, element,
                                row.id)
            sender.send(message, taker)
            if taker is not None:
                case, state = held.lock(self._session, taker)
                command = self._command(version, case, state, None)
                command.receive(element, sender.values)
                reached.append(command)
        return reached

    # --- calls -----------------------------------------------------------------------------

    def call(self, fact: facts.CallAwaited, version_id: UUID) -> None:
        """Begin the case that a step waits for, with the fields that both journeys declare."""
        row, state = held.lock(self._session, _case_of(fact))
        caller = self._command(self._versions(row.version_id), row, state, None)
        if self._depth(row) >= MAX_DEPTH:
            caller.raise_incident(Fault(fact.token, fact.element, "call", (
                f"Journeys call each other more than {MAX_DEPTH} deep.")))
            return
        version = self._versions(version_id)
        try:
            values = accept(_shared(caller.values, version), version.fields, self._timezone)
        except DomainError as error:
            caller.raise_incident(Fault(fact.token, fact.element, "call", str(error)))
            return
        if row.together is None:
            row.together = row.id
        made = self.begin(version, version.main, values, _like(row), first=row.together,
                          caller=Caller(row, fact.token, fact.element or ""))
        rows_of(self._session).add(GivenRow(case_id=made.row.id, document=bounded(values)))
        made.start()
        self.carry(made, version)

    def end_call(self, fact: facts.CallWithdrawn) -> None:
        """Cancel the case that a step no longer waits for."""
        for child in store.called_by(self._session, _case_of(fact), fact.token):
            if child.state in store.LIVE:
                row, state = held.lock(self._session, child.id)
                row.cancel_reason = "The step that called it is no longer waited for."
                self._command(self._versions(row.version_id), row, state, None).cancel()

    def give_back(self, fact: facts.CaseCompleted | facts.CaseCancelled) -> None:
        """A case has ended: the step that called it, if one did, goes on; or can't."""
        self._give_back(_case_of(fact), fact)

    def give_back_since(self, case: UUID, since: datetime) -> None:
        """What ended after `since`, while the case was suspended, comes back to it now."""
        for wait in store.waits(self._session, case):
            if wait.kind == "call":
                for child in store.called_by(self._session, case, wait.token):
                    if child.ended_at is not None and child.ended_at >= since:
                        self._give_back(child.id, self._end_of(child.id))

    def _end_of(self, case: UUID) -> facts.CaseCompleted | facts.CaseCancelled:
        return next(fact for fact in reversed(self._journal.read_case(case))
                    if isinstance(fact, facts.CaseCompleted | facts.CaseCancelled))

    def _give_back(self, ended_case: UUID,
                   fact: facts.CaseCompleted | facts.CaseCancelled) -> None:
        child, ended = held.lock(self._session, ended_case)
        if child.parent is None or child.parent_token is None:
            return
        row, state = held.lock(self._session, child.parent)
        token, element = child.parent_token, child.parent_element or ""
        waits = {token for token, _ in held.waits(self._session, row.id)}
        if row.state != "open" or token not in waits:
            return
        version = self._versions(row.version_id)
        command = self._command(version, row, state, None)
        if isinstance(fact, facts.CaseCancelled):
            command.raise_incident(Fault(token, element, "call", (
                f"The called case {child.number} was cancelled.")))
            return
        if not command.bring(_shared(self._changed(child.id, ended), version), "call", token,
                             element):
            return
        if fact.error is None:
            command.come_back(token, element, child.id)
        elif not command.throw(token, Thrown("error", fact.error), facts.CallReturned,
                               element=element, child=child.id, error=fact.error):
            command.keep()
            command.raise_incident(Fault(token, element, "call", (
                f"The called case {child.number} ended with an error that nothing here catches: "
                f"{fact.error or '(no code)'}.")))
            return
        self.carry(command, version)

    def _changed(self, case: UUID, state: CaseStateRow) -> dict[str, Any]:
        """The fields in which a called case differs from what it was given: the others may have
        been written by its caller meanwhile."""
        row = self._session.get(GivenRow, case)
        given = tagged.loads(row.document) if row is not None else {}
        return {key: value for key, value in stored.of_state(self._session, state).items()
                if key not in given or given[key] != value}

    def _escalate(self, row: CaseRow, thrown: Thrown) -> None:
        """Take an escalation to the step that called the case, or to the one that called that."""
        while row.parent is not None and row.parent_token is not None:
            child, token, element = row, row.parent_token, row.parent_element or ""
            row, state = held.lock(self._session, row.parent)
            if token not in {token for token, _ in held.waits(self._session, row.id)}:
                return
            version = self._versions(row.version_id)
            command = self._command(version, row, state, None)
            if row.state != "open":
                command.raise_incident(Fault(None, element, "escalation", (
                    f"The called case {child.number} escalated {thrown.code} while this case was "
                    "suspended: nothing was done about it.")))
                return
            if command.throw(token, thrown):
                self.carry(command, version)
                return

    def _depth(self, row: CaseRow) -> int:
        depth = 0
        parent = row.parent
        while parent is not None:
            depth += 1
            parent = store.find(self._session, parent).parent
        return depth


def _like(row: CaseRow) -> Origin:
    return Origin(by=None, channel=row.channel, priority=row.priority, customer=row.customer,
                  tier=row.tier)


def _shared(values: Mapping[str, Any], version: RunnableVersion) -> dict[str, Any]:
    """The fields that the other journey declares, too."""
    return {key: plainer(value, version.fields[key]) for key, value in values.items()
            if key in version.fields}


def _case_of(fact: facts.Fact) -> UUID:
    if fact.case is None:
        raise ValueError(f"{fact!r} is about no case")
    return fact.case
