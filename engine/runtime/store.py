"""Queries on the runtime's tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    false,
    func,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.orm import Session

from engine.infra.errors import NotFound
from engine.infra.prepared import Prepared
from engine.infra.rows import rows_of, table_of
from engine.people.access import Scope, Visibility
from engine.runtime.held import held_case
from engine.runtime.tables import (
    CaseCounterRow,
    CaseDepartmentRow,
    CaseRow,
    CaseStateRow,
    CommentRow,
    LetterRow,
    WaitRow,
)
from engine.runtime.views import Case, CaseFilter, CaseWait, Comment, Page

#: A case that has not ended.
LIVE = ("open", "suspended")
_CASES = table_of(CaseRow).c
_STATES = table_of(CaseStateRow).c
_WAITS = table_of(WaitRow).c
_VIEW = tuple(field.name for field in fields(Case))
_IN_VIEW = itemgetter(*_VIEW)
#: Columns in the order of Case's fields.
_CASE = select(*(_CASES[name] for name in _VIEW))


def view(row: CaseRow) -> Case:
    """The case that a row holds."""
    return Case(*_IN_VIEW(row.__dict__))


def find(session: Session, reference: UUID | str) -> Case:
    """A case by id or number. Raises NotFound."""
    if isinstance(reference, UUID) and (held := held_case(session, reference)):
        return view(held[0])
    row = session.execute(_by(reference)).first()
    if row is None:
        raise NotFound("There is no case {reference}.", reference=str(reference))
    return Case(*row)


def together(session: Session, first: UUID) -> list[Case]:
    """The cases that came of one start, in the order in which they began."""
    return _cases(session, _CASE.where(_CASES.together == first)
                  .order_by(_CASES.started_at, _CASES.number))


def called_by(session: Session, parent: UUID, token: UUID) -> list[Case]:
    """The cases that a step of `parent` began."""
    return _cases(session, _CASE.where(_CASES.parent == parent, _CASES.parent_token == token))


def taker(session: Session, first: UUID, version_id: UUID, process: str | None, element: str,
          but: UUID) -> UUID | None:
    """The open case of one process, of those that came of one start, that a message is for: one
    that waits at `element`, the longest waiting first, else the one that began first."""
    waits = (select(WaitRow.since).where(WaitRow.case_id == CaseRow.id, WaitRow.element == element)
             .order_by(WaitRow.since).limit(1).correlate(CaseRow).scalar_subquery())
    process_is = CaseRow.process == process if process is not None else CaseRow.process.is_(None)
    return session.execute(
        select(CaseRow.id).where(CaseRow.together == first, CaseRow.version_id == version_id,
                                 CaseRow.state.in_(LIVE), process_is, CaseRow.id != but)
        .order_by(waits.is_(None), waits, CaseRow.started_at, CaseRow.number).limit(1)
    ).scalar_one_or_none()


def letters(session: Session, case_id: UUID) -> list[LetterRow]:
    """Messages that came before their step, the oldest first."""
    return list(session.execute(select(LetterRow).where(LetterRow.case_id == case_id)
                                .order_by(LetterRow.id)).scalars())


def next_number(session: Session, prefix: str, year: int) -> str:
    """The next case number of `prefix` in `year`, such as CP-2026-00042."""
    [[last]] = _COUNT.rows(session, prefix=prefix, year=year, last=1)
    return f"{prefix}-{year}-{last:05d}"


def page(session: Session, where: CaseFilter, limit: int) -> Page:
    """Cases newest first. `where.number_after` is the `next` of the page before."""
    query = _filtered(_CASE, where).order_by(
        CaseRow.started_at.desc(), CaseRow.id.desc()).limit(limit + 1)
    if where.number_after:
        last = find(session, where.number_after)
        query = query.where(or_(CaseRow.started_at < last.started_at,
                                and_(CaseRow.started_at == last.started_at,
                                     CaseRow.id < last.id)))
    found = _cases(session, query)
    more = len(found) > limit
    return Page(found[:limit], found[limit - 1].number if more else None)


def found(session: Session, where: CaseFilter, limit: int) -> list[UUID]:
    """The ids of the cases that `where` finds, the oldest first."""
    return list(session.execute(_filtered(select(CaseRow.id), where).order_by(
        CaseRow.started_at, CaseRow.id).limit(limit)).scalars())


def count(session: Session, where: CaseFilter) -> dict[str, int]:
    """How many cases there are by state."""
    query = _filtered(select(CaseRow.state, func.count()), where).group_by(CaseRow.state)
    return {row[0]: row[1] for row in session.execute(query)}


def by_ids(session: Session, ids: Iterable[UUID]) -> dict[UUID, Case]:
    """Cases by id, in one query."""
    return {case.id: case for case in _cases(session, _CASE.where(_CASES.id.in_(list(ids))))}


def may_see(session: Session, case_id: UUID, visibility: Visibility) -> bool:
    """Whether `visibility` admits the case."""
    query = select(CaseRow.id).where(CaseRow.id == case_id, visible_to(visibility))
    return session.execute(query).first() is not None


def waits(session: Session, case_id: UUID) -> list[CaseWait]:
    """What the case waits for now, oldest first."""
    rows = session.execute(select(*_WAITS).where(_WAITS.case_id == case_id)
                           .order_by(_WAITS.since, _WAITS.element))
    return [CaseWait(r.token, r.element, r.kind, r.message, r.since, r.due_at or r.held_at,
                     r.reason)
            for r in rows]


def due_timers(session: Session, now: datetime, limit: int) -> list[tuple[UUID, UUID, str]]:
    """(case, token, element) of timers that are due, the longest due first."""
    return [(r.case_id, r.token, r.element) for r in session.execute(
        select(WaitRow.case_id, WaitRow.token, WaitRow.element)
        .where(WaitRow.due_at <= now).order_by(WaitRow.due_at).limit(limit))]


def next_timer(session: Session) -> datetime | None:
    """When the next timer is due."""
    return session.execute(select(func.min(WaitRow.due_at))).scalar_one()


def mark_to_reckon(session: Session, department: str, now: datetime) -> int:
    """Timers that count the time of `department` are to be set again."""
    marked: Any = session.execute(
        update(WaitRow).where(WaitRow.calendar == department).values(reckon_at=now)
        .execution_options(synchronize_session=False))
    return int(marked.rowcount)


def cases_to_reckon(session: Session, limit: int) -> list[UUID]:
    """Cases with timers that are to be set again."""
    return list(session.execute(select(WaitRow.case_id).where(
        WaitRow.reckon_at.is_not(None)).distinct().limit(limit)).scalars())


def involve(session: Session, case_id: UUID, department: str) -> None:
    """Note that `department` has work on the case."""
    rows_of(session).later(_INVOLVE, case_id=case_id, department=department)


def comments(session: Session, case_id: UUID) -> Sequence[Comment]:
    """Comments on a case, oldest first."""
    rows = session.execute(select(CommentRow).where(CommentRow.case_id == case_id)
                           .order_by(CommentRow.written_at)).scalars()
    return [Comment(r.id, r.case_id, r.person, r.text, r.written_at) for r in rows]


def _cases(session: Session, query: Select[Any]) -> list[Case]:
    return [Case(*row) for row in session.execute(query)]


def _by(reference: UUID | str) -> Select[Any]:
    try:
        case_id = reference if isinstance(reference, UUID) else UUID(reference)
    except ValueError:
        return _CASE.where(_CASES.number == str(reference).strip().upper())
    return _CASE.where(_CASES.id == case_id)


def _next_number(new: Any) -> Any:
    row = new(table_of(CaseCounterRow))
    return row.on_conflict_do_update(
        index_elements=["prefix", "year"],
        set_={"last": table_of(CaseCounterRow).c.last + 1},
    ).returning(table_of(CaseCounterRow).c.last)


_COUNT = Prepared(_next_number)
_INVOLVE = Prepared(lambda new: new(table_of(CaseDepartmentRow)).on_conflict_do_nothing())


def _filtered(query: Any, where: CaseFilter) -> Any:
    for name in ("state", "journey", "priority", "channel"):
        value = getattr(where, name)
        if value:
            query = query.where(getattr(CaseRow, name) == value)
    if where.text is not None:
        found = CaseRow.number.contains(where.text.strip().upper(), autoescape=True)
        query = query.where(or_(found, CaseRow.customer.in_(where.customers))
                            if where.customers else found)
    if where.live:
        query = query.where(CaseRow.state.in_(LIVE))
    if where.ids is not None:
        query = query.where(CaseRow.id.in_(where.ids))
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
