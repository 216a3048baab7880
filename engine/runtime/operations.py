"""What people do to a case beside its drawing: hold it, let it go on, mend what failed.

Each is one command with a reason that the case's story tells. `seen` is the revision of the case
that the person was looking at: a case that has changed since is a conflict.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.infra.errors import Conflict, Forbidden, Invalid, NotFound
from engine.infra.ids import new_id
from engine.infra.now import Now
from engine.journal import facts
from engine.people.access import Actor
from engine.runtime import held, incidents, store, tagged
from engine.runtime.command import Command
from engine.runtime.fields import accept, refuse_unknown
from engine.runtime.incidents import Alike, IncidentFilter
from engine.runtime.ports import RunnableVersion
from engine.runtime.service import Cases
from engine.runtime.tables import IncidentRow, InterventionRow, WaitRow
from engine.runtime.views import Case, Incident, Intervention, Try
from engine.runtime.ways_back import WayBack, WaysBack

_LONGEST_REASON = 2000


class Operations:
    """Commands of those who look after cases, within one unit of work."""

    def __init__(self, session: Session, now: Now, cases: Cases, ways: WaysBack,
                 timezone: str) -> None:
        self._session = session
        self._now = now
        self._cases = cases
        self._timezone = timezone
        self._ways = ways

    # --- one case ----------------------------------------------------------------------------

    def suspend(self, case_id: UUID, *, reason: str, by: Actor, seen: int | None = None) -> Case:
        """Let nothing happen to a case until it is resumed.

        Its timers wait, its work can't be done, messages from outside are refused. Its promises
        run on. Raises Invalid without a reason, Conflict when it is suspended or over.
        """
        command, _ = self._opened(case_id, by, "case.operate", seen)
        made = self._intervene(command, "suspended", _reason(reason), by)
        row = command.row
        row.state, row.suspend_reason, row.suspended_at = "suspended", made.reason, self._now()
        for wait in self._timers(case_id):
            # Out of the sweep's index: a suspended case costs nothing, however many there are.
            wait.due_at, wait.held_at = None, wait.due_at
        command.record(facts.CaseSuspended, intervention=made.id)
        command.keep()
        return store.view(row)

    def resume(self, case_id: UUID, *, by: Actor, reason: str = "",
               seen: int | None = None) -> Case:
        """Let a suspended case go on: timers that came due meanwhile fire now, once, marked late;
        what other cases had to say to it arrives. Raises Conflict when it isn't suspended."""
        command, version = self._opened(case_id, by, "case.operate", seen, ("suspended", "open"))
        row = command.row
        if row.state == "open":
            raise Conflict("Case {number} is not suspended.", number=row.number)
        made = self._intervene(command, "resumed", reason.strip()[:_LONGEST_REASON], by)
        since = row.suspended_at or self._now()
        row.state, row.suspend_reason, row.suspended_at = "open", None, None
        for wait in self._timers(case_id):
            wait.due_at, wait.held_at = wait.held_at, None
        command.record(facts.CaseResumed, intervention=made.id)
        command.run(lambda execution: execution.proceed())
        self._cases.carry(command, version)
        self._cases.give_back_since(case_id, since)
        return self._cases.case(case_id)

    def cancel(self, case_id: UUID, *, reason: str, by: Actor, seen: int | None = None) -> Case:
        """End a case before its end, suspended or not. Raises Invalid without a reason."""
        self._opened(case_id, by, "case.cancel", seen, store.LIVE)
        return self._cases.cancel(case_id, reason=_reason(reason), by=by.person)

    def correct(self, case_id: UUID, data: Mapping[str, Any], *, by: Actor, reason: str = "",
                seen: int | None = None) -> Case:
        """Correct fields of a case; what they were is kept beside the fact. A suspended case
        stays where it is."""
        command, version = self._opened(case_id, by, "case.operate", seen, store.LIVE)
        self._write(command, version, data, reason, by)
        if command.row.state == "suspended":
            command.keep()
            return store.view(command.row)
        command.run(lambda execution: execution.proceed())
        return self._cases.carry(command, version)

    def skip(self, case_id: UUID, token: UUID, *, reason: str, by: Actor,
             seen: int | None = None) -> Case:
        """Let a token go on past the step at which it waits or failed, without it being done: what
        the step would have written stays as it is.

        For who may operate cases, and the owner of the step's incident. Raises TokenGone when it is
        there no longer, Conflict where ways part.
        """
        command, version, element = self._steered(case_id, token, by, seen)
        made = self._intervene(command, "skipped", _reason(reason), by)
        command.skip(token, element, made.id)
        return self._cases.carry(command, version)

    def send_back(self, case_id: UUID, token: UUID, to: str, *, reason: str, by: Actor,
                  seen: int | None = None) -> Case:
        """Take a token away from where it waits or failed, and put one before the earlier step
        `to`. What runs beside that step stays; what it leads to again is withdrawn. Promises run
        on.

        Raises Conflict for a step that the case has not passed, or where it can't go on from.
        """
        command, version, element = self._steered(case_id, token, by, seen)
        row = command.row
        if to not in self._ways.passed(row.id, version, token, row.process):
            raise Conflict("Case {number} has not passed {to}.", number=row.number, to=to)
        made = self._intervene(command, "sent_back", _reason(reason), by)
        command.send_back(token, element, to, made.id)
        return self._cases.carry(command, version)

    def token_at(self, case_id: UUID, at: str) -> UUID:
        """The token that waits or failed at an element, which `at` names; or the token named.

        Raises NotFound where none does, Conflict where several do.
        """
        found = {wait.token: wait.element for wait in self._cases.waits(case_id)} | {
            one.token: one.element for one in self._cases.incidents(case_id) if one.token}
        tokens = [token for token, element in found.items() if at in (element, str(token))]
        if not tokens:
            raise NotFound("The case doesn't stand at {element}.", element=at)
        if len(tokens) > 1:
            raise Conflict("The case stands at {element} more than once: name one of {tokens}.",
                           element=at, tokens=", ".join(map(str, tokens)))
        return tokens[0]

    def ways_back(self, case: Case, token: UUID) -> list[WayBack]:
        """The earlier steps to which a token can be sent back, in the order of the drawing."""
        return self._ways.of(case, token)

    # --- incidents ---------------------------------------------------------------------------

    def retry(self, incident_id: UUID, *, by: Actor, data: Mapping[str, Any] | None = None,
              reason: str = "", seen: int | None = None) -> Case:
        """Try the failed step again, after correcting fields where `data` is given.

        The incident is resolved unless the step fails again. Raises Conflict when it is resolved.
        """
        incident, command, version = self._own(incident_id, by, seen)
        if data and self._write(command, version, data, reason, by):
            command.keep()
        return self._cases.retry(incident.id, by=by.person)

    def give(self, incident_id: UUID, *, by: Actor, person: UUID | None = None,
             departments: frozenset[str] = frozenset(), department: str | None = None) -> Incident:
        """Make an incident someone else's: another department's, or that of a person who is a
        member of `departments`; anyone may take one that is theirs to deal with."""
        incident, command, _ = self._own(incident_id, by, None)
        wanted = department or incident.department
        if person not in (None, by.person) and wanted not in departments:
            raise Forbidden("This person is not a member of the incident's department.")
        if (incident.owner, incident.department) == (person, wanted):
            return incidents.view(incident)
        incident.owner, incident.department = person, wanted
        command.record(facts.IncidentGiven, element=incident.element, incident=incident.id,
                       to=person)
        if wanted:
            self._cases.involve(incident.case_id, wanted)
        command.row.revision += 1
        return incidents.view(incident)

    def incident(self, incident_id: UUID, by: Actor) -> Incident:
        """An incident of a case that `by` may see. Raises NotFound."""
        row = incidents.find(self._session, incident_id)
        self._cases.visible_case(row.case_id, by)
        return incidents.view(row)

    def may_mend(self, incident: Incident | IncidentRow, by: Actor) -> bool:
        """Whether `by` may deal with it: its owner, or who may resolve incidents there."""
        if incident.owner is not None and incident.owner == by.person and (
                by.scopes is None or "incident.resolve" in by.scopes):
            return True
        return by.may("incident.resolve", journey=incident.journey,
                      department=incident.department or None)

    def incidents(self, where: IncidentFilter, limit: int = 50,
                  after: UUID | None = None) -> list[Incident]:
        """Open incidents of visible cases, newest first (`limit` at most 500)."""
        return incidents.page(self._session, where, max(1, min(limit, 500)), after)

    def cases_with(self, where: IncidentFilter, limit: int) -> list[UUID]:
        """The cases that have such incidents open."""
        return incidents.cases_with(self._session, where, limit)

    def alike(self, where: IncidentFilter, limit: int = 200) -> list[Alike]:
        """Open incidents put together by journey, step and message, the most frequent first."""
        return incidents.alike(self._session, where, limit)

    def tries(self, found: list[Incident]) -> dict[UUID, list[Try]]:
        """The failed tries of incidents, the first one first."""
        return incidents.tries(self._session, [one.id for one in found])

    def interventions(self, case_id: UUID) -> dict[UUID, Intervention]:
        """What people did to a case beside its drawing, by the id that facts carry."""
        rows = self._session.execute(select(InterventionRow).where(
            InterventionRow.case_id == case_id).order_by(InterventionRow.at)).scalars()
        return {r.id: Intervention(
            r.id, r.kind, r.reason,
            {key: (pair[0], pair[1]) for key, pair in tagged.loads(r.changes).items()}
            if r.changes else {}, r.person, r.at) for r in rows}

    # --- shared ------------------------------------------------------------------------------

    def _opened(self, case_id: UUID, by: Actor, right: str, seen: int | None,
                states: tuple[str, ...] = ("open",)) -> tuple[Command, RunnableVersion]:
        case = self._cases.visible_case(case_id, by)
        by.require(right, journey=case.journey)
        command, version = self._cases.opened(case_id, by.person, states=states)
        _unchanged(command, seen)
        return command, version

    def _own(self, incident_id: UUID, by: Actor, seen: int | None,
             ) -> tuple[IncidentRow, Command, RunnableVersion]:
        """An open incident that is `by`'s to deal with, its case locked."""
        incident = incidents.find(self._session, incident_id)
        if not self.may_mend(incident, by):
            self._cases.visible_case(incident.case_id, by)
            raise Forbidden("This incident is not yours: ask its owner, or have it given to you.")
        command, version = self._cases.opened(incident.case_id, by.person)
        _unchanged(command, seen)
        self._session.refresh(incident)  # who held the case before may have dealt with it
        if incident.resolved_at is not None:
            raise Conflict("This incident is already resolved.")
        return incident, command, version

    def _steered(self, case_id: UUID, token: UUID, by: Actor, seen: int | None,
                 ) -> tuple[Command, RunnableVersion, str]:
        """The command, and the element at which a token waits or failed."""
        case = self._cases.visible_case(case_id, by)
        failed = next((one for one in self._cases.incidents(case_id) if one.token == token), None)
        if failed is None or not self.may_mend(failed, by):
            by.require("case.operate", journey=case.journey)
        command, version = self._cases.opened(case_id, by.person)
        _unchanged(command, seen)
        wait = next((row for (waiting, _), row in held.waits(self._session, case_id).items()
                     if waiting == token), None)
        element = wait.element if wait is not None else failed.element if failed else None
        return command, version, element or ""

    def _write(self, command: Command, version: RunnableVersion, data: Mapping[str, Any],
               reason: str, by: Actor) -> bool:
        """Write the fields that really change; what they were stands in the intervention."""
        before = command.values
        refuse_unknown(version.journey, data, version.fields, lambda: before)
        values = accept(data, version.fields, self._timezone)
        changes = {key: (before.get(key), value) for key, value in values.items()
                   if key not in before or before[key] != value}
        if not changes:
            return False
        made = self._intervene(command, "corrected", reason.strip()[:_LONGEST_REASON], by, changes)
        command.write({key: after for key, (_, after) in changes.items()}, made.id)
        return True

    def _intervene(self, command: Command, kind: str, reason: str, by: Actor,
                   changes: Mapping[str, tuple[Any, Any]] | None = None) -> InterventionRow:
        made = InterventionRow(
            id=new_id(self._now), case_id=command.row.id, kind=kind, reason=reason,
            changes=tagged.dumps({key: list(pair) for key, pair in changes.items()})
            if changes else None, person=by.person, at=self._now())
        self._session.add(made)
        return made

    def _timers(self, case_id: UUID) -> list[WaitRow]:
        return [row for row in held.waits(self._session, case_id).values()
                if row.due_at is not None or row.held_at is not None]


def _reason(text: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid("Say why: the reason stands in the case's story.", field="reason")
    if len(text) > _LONGEST_REASON:
        raise Invalid("Say it in at most {longest} characters.", field="reason",
                      longest=_LONGEST_REASON)
    return text


def _unchanged(command: Command, seen: int | None) -> None:
    if seen is not None and seen != command.row.revision:
        raise Conflict("Case {number} has changed meanwhile: look again.",
                       number=command.row.number)
