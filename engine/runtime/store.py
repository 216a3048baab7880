"""Queries on the runtime's tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    and_,
    case,
    delete,
    exists,
    false,
    func,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from engine.infra.errors import NotFound
from engine.people.access import Scope, Visibility
from engine.runtime.tables import (
    CaseCounterRow,
    CaseDepartmentRow,
    CaseRow,
    CaseStateRow,
    CommentRow,
    IncidentRow,
    LetterRow,
    WaitRow,
)
from engine.runtime.views import Case, CaseFilter, CaseWait, Comment, Incident, Page

_CASE = tuple(field.name for field in fields(Case))
_HELD = "baton_held_cases"


def view(row: CaseRow) -> Case:
    """The case that a row holds."""
    return Case(**{name: getattr(row, name) for name in _CASE})


def find(session: Session, reference: UUID | str) -> CaseRow:
    """A case by id or number. Raises NotFound."""
    held: dict[Any, tuple[CaseRow, CaseStateRow]] = session.info.get(_HELD, {})
    if reference in held:
        return held[reference][0]
    row: CaseRow | None = session.execute(_by(reference)).scalar_one_or_none()
    if row is None:
        raise NotFound("There is no case {reference}.", reference=str(reference))
    return row


def lock(session: Session,
         case_id: UUID | ScalarSelect[UUID]) -> tuple[CaseRow, CaseStateRow]:
    """A case (its id, or a query for it) and its state, locked until the command ends, so that
    a case that this command has locked before is as it was. Raises NotFound.

    Of cases that exchange messages the first one is locked as well, and before the others, so
    that two commands never wait for each other.
    """
    held: dict[UUID, tuple[CaseRow, CaseStateRow]] = session.info.setdefault(_HELD, {})
    if isinstance(case_id, UUID) and case_id in held:
        return held[case_id]
    # What this transaction has changed of them must not be read over.
    session.flush()
    first = select(CaseRow.together).where(CaseRow.id == case_id).scalar_subquery()
    pairs = session.execute(
        select(CaseRow, CaseStateRow).join(CaseStateRow, CaseStateRow.case_id == CaseRow.id)
        .where(or_(CaseRow.id == case_id, CaseRow.id == first))
        .order_by(case((CaseRow.id == first, 0), else_=1))
        .with_for_update().execution_options(populate_existing=True)).all()
    for row, state in pairs:
        held[row.id] = row, state
    # The first of the company comes first, the case itself last.
    if pairs and (not isinstance(case_id, UUID) or pairs[-1][0].id == case_id):
        return held[pairs[-1][0].id]
    raise NotFound("There is no case {reference}.", reference=str(case_id))


def begin(session: Session, row: CaseRow, state: CaseStateRow) -> None:
    """Insert a new case, which nobody else can see, and so change, before the command ends."""
    session.add(row)
    session.flush()
    session.add(state)
    session.info.setdefault(_HELD, {})[row.id] = row, state


def together(session: Session, first: UUID) -> list[CaseRow]:
    """The cases that came of one start, in the order in which they began."""
    return list(session.execute(select(CaseRow).where(CaseRow.together == first)
                                .order_by(CaseRow.started_at, CaseRow.number)).scalars())


def called_by(session: Session, parent: UUID, token: UUID) -> list[CaseRow]:
    """The cases that a step of `parent` began."""
    return list(session.execute(select(CaseRow).where(
        CaseRow.parent == parent, CaseRow.parent_token == token)).scalars())


def taker(session: Session, first: UUID, version_id: UUID, process: str | None, element: str,
          but: UUID) -> UUID | None:
    """The open case of one process, of those that came of one start, that a message is for: one
    that waits at `element`, the longest waiting first, else the one that began first."""
    waits = (select(WaitRow.since).where(WaitRow.case_id == CaseRow.id, WaitRow.element == element)
             .order_by(WaitRow.since).limit(1).correlate(CaseRow).scalar_subquery())
    process_is = CaseRow.process == process if process is not None else CaseRow.process.is_(None)
    return session.execute(
        select(CaseRow.id).where(CaseRow.together == first, CaseRow.version_id == version_id,
                                 CaseRow.state == "open", process_is, CaseRow.id != but)
        .order_by(waits.is_(None), waits, CaseRow.started_at, CaseRow.number).limit(1)
    ).scalar_one_or_none()


def letters(session: Session, case_id: UUID) -> list[LetterRow]:
    """Messages that came before their step, the oldest first."""
    return list(session.execute(select(LetterRow).where(LetterRow.case_id == case_id)
                                .order_by(LetterRow.id)).scalars())


def next_number(session: Session, prefix: str, year: int) -> str:
    """The next case number of `prefix` in `year`, such as CP-2026-00042."""
    new: Any = _insert_of(session)
    statement = new(CaseCounterRow).values(prefix=prefix, year=year, last=1)
    statement = statement.on_conflict_do_update(
        index_elements=["prefix", "year"], set_={"last": CaseCounterRow.last + 1}
    ).returning(CaseCounterRow.last)
    return f"{prefix}-{year}-{session.execute(statement).scalar_one():05d}"


def page(session: Session, where: CaseFilter, limit: int) -> Page:
    """Cases newest first. `where.number_after` is the `next` of the page before."""
    query = _filtered(select(CaseRow), where).order_by(
        CaseRow.started_at.desc(), CaseRow.id.desc()).limit(limit + 1)
    if where.number_after:
        last = find(session, where.number_after)
        query = query.where(or_(CaseRow.started_at < last.started_at,
                                and_(CaseRow.started_at == last.started_at,
                                     CaseRow.id < last.id)))
    rows = session.execute(query).scalars().all()
    more = len(rows) > limit
    return Page([view(row) for row in rows[:limit]], rows[limit - 1].number if more else None)


def count(session: Session, where: CaseFilter) -> dict[str, int]:
    """How many cases there are by state."""
    query = _filtered(select(CaseRow.state, func.count()), where).group_by(CaseRow.state)
    return {row[0]: row[1] for row in session.execute(query)}


def by_ids(session: Session, ids: Iterable[UUID]) -> dict[UUID, Case]:
    """Cases by id, in one query."""
    rows = session.execute(select(CaseRow).where(CaseRow.id.in_(list(ids)))).scalars()
    return {row.id: view(row) for row in rows}


def may_see(session: Session, case_id: UUID, visibility: Visibility) -> bool:
    """Whether `visibility` admits the case."""
    query = select(CaseRow.id).where(CaseRow.id == case_id, visible_to(visibility))
    return session.execute(query).first() is not None


def waits(session: Session, case_id: UUID) -> list[CaseWait]:
    """What the case waits for now, oldest first."""
    rows = session.execute(select(WaitRow).where(WaitRow.case_id == case_id)
                           .order_by(WaitRow.since, WaitRow.element)).scalars()
    return [CaseWait(r.token, r.element, r.kind, r.message, r.since, r.due_at, r.reason)
            for r in rows]


def due_timers(session: Session, now: datetime, limit: int) -> list[tuple[UUID, UUID, str]]:
    """(case, token, element) of timers that are due, the longest due first."""
    return [(r.case_id, r.token, r.element) for r in session.execute(
        select(WaitRow.case_id, WaitRow.token, WaitRow.element)
        .where(WaitRow.due_at <= now).order_by(WaitRow.due_at).limit(limit))]


def next_timer(session: Session) -> datetime | None:
    """When the next timer is due."""
    return session.execute(select(func.min(WaitRow.due_at))).scalar_one()


def take_timer(session: Session, case_id: UUID, token: UUID, element: str,
               now: datetime) -> WaitRow | None:
    """The due timer, taken by this transaction; None when another was faster."""
    query = select(WaitRow).where(WaitRow.case_id == case_id, WaitRow.token == token,
                                  WaitRow.element == element, WaitRow.due_at <= now)
    row = session.execute(query).scalar_one_or_none()
    if row is None:
        return None
    taken: Any = session.execute(delete(WaitRow).where(
        WaitRow.case_id == case_id, WaitRow.token == token, WaitRow.element == element,
        WaitRow.due_at <= now).execution_options(synchronize_session=False))
    session.expunge(row)
    return row if taken.rowcount == 1 else None


def postpone_timer(session: Session, case_id: UUID, token: UUID, element: str,
                   until: datetime) -> None:
    """Push a timer that failed forward, so that it can't stop the sweep."""
    session.execute(update(WaitRow).where(
        WaitRow.case_id == case_id, WaitRow.token == token, WaitRow.element == element,
    ).values(due_at=until))


def cases_awaiting(session: Session, message: str) -> list[UUID]:
    """Cases in which a token waits for `message`."""
    return list(session.execute(select(WaitRow.case_id).where(WaitRow.message == message)
                                .distinct()).scalars())


def involve(session: Session, case_id: UUID, department: str) -> None:
    """Note that `department` has work on the case."""
    new: Any = _insert_of(session)
    session.execute(new(CaseDepartmentRow).values(case_id=case_id, department=department)
                    .on_conflict_do_nothing())


def incidents(session: Session, *, case_id: UUID | None = None,
              open_only: bool = True) -> list[Incident]:
    """Incidents, newest first."""
    query = select(IncidentRow).order_by(IncidentRow.raised_at.desc())
    if case_id is not None:
        query = query.where(IncidentRow.case_id == case_id)
    if open_only:
        query = query.where(IncidentRow.resolved_at.is_(None))
    return [Incident(r.id, r.case_id, r.token, r.element, r.kind, r.message, r.tries,
                     r.raised_at, r.resolved_at) for r in session.execute(query).scalars()]


def comments(session: Session, case_id: UUID) -> Sequence[Comment]:
    """Comments on a case, oldest first."""
    rows = session.execute(select(CommentRow).where(CommentRow.case_id == case_id)
                           .order_by(CommentRow.written_at)).scalars()
    return [Comment(r.id, r.case_id, r.person, r.text, r.written_at) for r in rows]


def _insert_of(session: Session) -> Any:
    return postgres_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert


def _by(reference: UUID | str) -> Any:
    try:
        case_id = reference if isinstance(reference, UUID) else UUID(reference)
    except ValueError:
        return select(CaseRow).where(CaseRow.number == str(reference).strip().upper())
    return select(CaseRow).where(CaseRow.id == case_id)


def _filtered(query: Any, where: CaseFilter) -> Any:
    for name in ("state", "journey", "priority", "channel"):
        value = getattr(where, name)
        if value:
            query = query.where(getattr(CaseRow, name) == value)
    if where.text is not None:
        found = CaseRow.number.contains(where.text.strip().upper(), autoescape=True)
        query = query.where(or_(found, CaseRow.customer.in_(where.customers))
                            if where.customers else found)
    if where.department:
        query = query.where(_involves({where.department}))
    if not where.visible.everything:
        query = query.where(visible_to(where.visible))
    return query


def visible_to(visibility: Visibility) -> ColumnElement[bool]:
    """The condition on cases that `visibility` stands for."""
    return or_(false(), *(_scope(scope) for scope in visibility.scopes))


def _scope(scope: Scope) -> ColumnElement[bool]:
    inside: list[ColumnElement[bool]] = []
    if scope.journey is not None:
        inside.append(CaseRow.journey == scope.journey)
    if scope.departments is not None:
        ours = _involves(scope.departments)
        inside.append(or_(ours, CaseRow.started_by == scope.started_by)
                      if scope.started_by else ours)
    return and_(true(), *inside)


def _involves(departments: Iterable[str]) -> ColumnElement[bool]:
    return exists().where(CaseDepartmentRow.case_id == CaseRow.id,
                          CaseDepartmentRow.department.in_(list(departments)))
