"""Incidents: raised with an owner, tried again, resolved, listed; every try is kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from engine.infra.errors import NotFound
from engine.infra.ids import new_id
from engine.infra.now import Now
from engine.infra.rows import rows_of
from engine.journal import facts
from engine.people.access import Visibility
from engine.runtime import store
from engine.runtime.model import Fault
from engine.runtime.tables import CaseRow, IncidentRow, IncidentTryRow
from engine.runtime.views import Incident, Try

_FIELDS = tuple(field.name for field in fields(Incident))


class Record(Protocol):
    """Appends a fact about the case of a command."""

    def __call__(self, fact: type[facts.Fact], /, *, element: str | None = None,
                 by_person: bool = True, **content: Any) -> object: ...


class Incidents:
    """The incidents of one case, within one command."""

    def __init__(self, session: Session, now: Now, row: CaseRow, record: Record,
                 by: UUID | None) -> None:
        self._session = session
        self._now = now
        self._row = row
        self._record = record
        self._by = by

    def raise_for(self, fault: Fault, department: str) -> None:
        """A fault of model or data: an incident that `department` owns (law 7). A step that has
        one of its kind has failed once more."""
        if fault.token is not None and self._row.open_incidents:
            same = (fault.token, fault.element, fault.kind)
            for known in self.open():
                if (known.token, known.element, known.kind) == same:
                    self.failed_again(known, fault.message)
                    return
        incident = IncidentRow(
            id=new_id(self._now), case_id=self._row.id, journey=self._row.journey,
            token=fault.token, element=fault.element, kind=fault.kind, message=fault.message,
            department=department, tries=fault.tries, raised_at=self._now())
        rows_of(self._session).add(incident)
        self._note_try(incident, None)
        if department:
            store.involve(self._session, self._row.id, department)
        self._row.open_incidents += 1
        self._record(facts.IncidentRaised, element=fault.element, by_person=False,
                     incident=incident.id, token=fault.token, kind=fault.kind)

    def failed_again(self, incident: IncidentRow, message: str) -> None:
        """The step was tried once more, in vain."""
        incident.tries += 1
        incident.message = message
        self._note_try(incident, self._by)
        self._record(facts.IncidentRetried, element=incident.element, incident=incident.id,
                     tries=incident.tries)

    def resolve(self, incident: IncidentRow, how: str) -> None:
        """It is dealt with."""
        incident.resolved_at = self._now()
        incident.resolved_by = self._by
        incident.resolved_how = how
        self._row.open_incidents -= 1
        self._record(facts.IncidentResolved, element=incident.element, incident=incident.id,
                     how=how)

    def resolve_of(self, token: UUID, how: str) -> None:
        """Those of a token are dealt with, if there are any."""
        if self._row.open_incidents:
            for incident in self.open():
                if incident.token == token:
                    self.resolve(incident, how)

    def withdraw_but(self, held: Collection[UUID]) -> None:
        """Resolve those whose token is not among `held`: their step is no longer to be done."""
        for incident in self.open():
            if incident.token is not None and incident.token not in held:
                self.resolve(incident, "withdrawn")

    def cancel(self) -> None:
        """The case has ended: nothing is left to be dealt with."""
        if self._row.open_incidents:
            for incident in self.open():
                self.resolve(incident, "cancelled")

    def open(self) -> Sequence[IncidentRow]:
        """The open ones, the oldest first."""
        return self._session.execute(
            select(IncidentRow).where(IncidentRow.case_id == self._row.id,
                                      IncidentRow.resolved_at.is_(None))
            .order_by(IncidentRow.raised_at, IncidentRow.id)).scalars().all()

    def _note_try(self, incident: IncidentRow, person: UUID | None) -> None:
        rows_of(self._session).add(IncidentTryRow(
            incident=incident.id, number=incident.tries, at=self._now(), person=person,
            message=incident.message))


@dataclass(frozen=True)
class IncidentFilter:
    """Which incidents a list shows, of the cases that `visible` admits."""

    visible: Visibility
    case: UUID | None = None
    journey: str | None = None
    element: str | None = None
    message: str | None = None
    #: Those of this person, and those without an owner of these departments.
    owner: UUID | None = None
    departments: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Alike:
    """Open incidents of the same step with the same message."""

    journey: str
    element: str | None
    kind: str
    message: str
    count: int


def view(row: IncidentRow) -> Incident:
    """The incident that a row holds."""
    return Incident(**{name: getattr(row, name) for name in _FIELDS})


def find(session: Session, incident: UUID) -> IncidentRow:
    """An incident by id. Raises NotFound."""
    row = session.get(IncidentRow, incident)
    if row is None:
        raise NotFound("There is no such incident.")
    return row


def of_case(session: Session, case_id: UUID | None, open_only: bool) -> list[Incident]:
    """Incidents (of one case), newest first."""
    query = select(IncidentRow).order_by(IncidentRow.raised_at.desc(), IncidentRow.id.desc())
    if case_id is not None:
        query = query.where(IncidentRow.case_id == case_id)
    if open_only:
        query = query.where(IncidentRow.resolved_at.is_(None))
    return [view(row) for row in session.execute(query).scalars()]


def page(session: Session, where: IncidentFilter, limit: int,
         after: UUID | None = None) -> list[Incident]:
    """Open incidents, newest first; `after` is the last one of the page before."""
    query = _filtered(select(IncidentRow), where).order_by(
        IncidentRow.raised_at.desc(), IncidentRow.id.desc()).limit(limit)
    if after is not None:
        last = find(session, after)
        query = query.where(or_(IncidentRow.raised_at < last.raised_at,
                                and_(IncidentRow.raised_at == last.raised_at,
                                     IncidentRow.id < last.id)))
    return [view(row) for row in session.execute(query).scalars()]


def cases_with(session: Session, where: IncidentFilter, limit: int) -> list[UUID]:
    """The cases that have such incidents."""
    return list(session.execute(_filtered(select(IncidentRow.case_id).distinct(), where)
                                .limit(limit)).scalars())


def alike(session: Session, where: IncidentFilter, limit: int) -> list[Alike]:
    """Open incidents by journey, step and message, the most frequent first."""
    of = (IncidentRow.journey, IncidentRow.element, IncidentRow.kind, IncidentRow.message)
    query = _filtered(select(*of, func.count().label("many")), where).group_by(*of).order_by(
        func.count().desc(), func.max(IncidentRow.raised_at).desc()).limit(limit)
    return [Alike(r.journey, r.element, r.kind, r.message, r.many)
            for r in session.execute(query)]


def tries(session: Session, incidents: Iterable[UUID]) -> dict[UUID, list[Try]]:
    """The failed tries of incidents, the first one first."""
    found: dict[UUID, list[Try]] = {}
    for row in session.execute(
            select(IncidentTryRow).where(IncidentTryRow.incident.in_(list(incidents)))
            .order_by(IncidentTryRow.number)).scalars():
        found.setdefault(row.incident, []).append(Try(row.number, row.at, row.person, row.message))
    return found


def _filtered(query: Any, where: IncidentFilter) -> Any:
    query = query.where(IncidentRow.resolved_at.is_(None))
    if where.case is not None:
        query = query.where(IncidentRow.case_id == where.case)
    for name in ("journey", "element", "message"):
        value = getattr(where, name)
        if value is not None:
            query = query.where(getattr(IncidentRow, name) == value)
    if where.owner is not None or where.departments:
        ours = and_(IncidentRow.owner.is_(None),
                    IncidentRow.department.in_(list(where.departments)))
        query = query.where(or_(IncidentRow.owner == where.owner, ours)
                            if where.owner is not None else ours)
    if not where.visible.everything:
        query = query.join(CaseRow, CaseRow.id == IncidentRow.case_id).where(
            store.visible_to(where.visible))
    return query
