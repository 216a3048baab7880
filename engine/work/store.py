"""Queries on work items."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, and_, func, literal, or_, select, tuple_, update
from sqlalchemy.orm import Session

from engine.infra.db import Utc
from engine.infra.errors import NotFound
from engine.work.lifecycle import OFFERED, OPEN
from engine.work.tables import CaseTrailRow, WorkItemRow
from engine.work.views import ItemFilter, ItemPage, WorkItem

_FIELDS = tuple(field.name for field in fields(WorkItem))
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_ORDER = (func.coalesce(WorkItemRow.due_at, literal(_NEVER, Utc)), WorkItemRow.urgency,
          WorkItemRow.offered_at, WorkItemRow.id)


def view(row: WorkItemRow) -> WorkItem:
    """The item that a row holds."""
    return WorkItem(**{name: getattr(row, name) for name in _FIELDS})


def find(session: Session, item_id: UUID) -> WorkItem:
    """An item by id. Raises NotFound."""
    row = session.get(WorkItemRow, item_id, populate_existing=True)
    if row is None:
        raise NotFound("There is no such work item.")
    return view(row)


def move(session: Session, item: WorkItem, **values: Any) -> bool:
    """Change an item if it is still as it was read; False when someone was faster."""
    moved: Any = session.execute(
        update(WorkItemRow)
        .where(WorkItemRow.id == item.id, WorkItemRow.revision == item.revision,
               WorkItemRow.state == item.state)
        .values(revision=item.revision + 1, **values)
        .execution_options(synchronize_session=False))
    return bool(moved.rowcount == 1)


def open_by_token(session: Session, case_id: UUID, token: UUID) -> WorkItem | None:
    """The open item of a waiting token."""
    row = session.execute(select(WorkItemRow).where(
        WorkItemRow.token == token, WorkItemRow.case_id == case_id,
        WorkItemRow.state.in_(OPEN)).execution_options(populate_existing=True)).scalars().first()
    return view(row) if row is not None else None


def page(session: Session, where: ItemFilter, limit: int) -> ItemPage:
    """Items: those with a due moment first, then the most urgent, then the longest offered."""
    query = _filtered(where).order_by(*_ORDER).limit(limit + 1)
    if where.after is not None:
        last = find(session, where.after)
        place = tuple_(literal(last.due_at or _NEVER, Utc), literal(last.urgency),
                       literal(last.offered_at, Utc), literal(last.id, Uuid))
        query = query.where(tuple_(*_ORDER) > place)
    rows = session.execute(query).scalars().all()
    more = len(rows) > limit
    return ItemPage([view(row) for row in rows[:limit]], rows[limit - 1].id if more else None)


def of_case(session: Session, case_id: UUID) -> list[WorkItem]:
    """All items of a case, in the order in which they were offered."""
    return [view(row) for row in session.execute(
        select(WorkItemRow).where(WorkItemRow.case_id == case_id)
        .order_by(WorkItemRow.offered_at, WorkItemRow.id)).scalars()]


def inbox(session: Session, person: UUID | None, departments: frozenset[str],
          limit: int) -> list[WorkItem]:
    """What `person` has claimed and what `departments` may take."""
    offered = and_(WorkItemRow.state == OFFERED, WorkItemRow.department.in_(departments))
    mine = and_(WorkItemRow.state.in_(OPEN), WorkItemRow.assignee == person)
    query = select(WorkItemRow).where(or_(mine, offered) if person else offered)
    rows = session.execute(query.order_by(*_ORDER).limit(limit)).scalars()
    return [view(row) for row in rows]


def remember(session: Session, item: WorkItem, completed_at: Any) -> None:
    """Note that the item's element was finished, and by which department."""
    row = session.get(CaseTrailRow, (item.case_id, item.element))
    if row is None:
        session.add(CaseTrailRow(case_id=item.case_id, element=item.element,
                                 department=item.department, completed_at=completed_at))
    else:
        row.department, row.completed_at = item.department, completed_at


def trail(session: Session, case_id: UUID) -> list[CaseTrailRow]:
    """Elements finished on the case, the last one first."""
    return list(session.execute(select(CaseTrailRow).where(CaseTrailRow.case_id == case_id)
                                .order_by(CaseTrailRow.completed_at.desc())).scalars())


def _filtered(where: ItemFilter) -> Any:
    query = select(WorkItemRow)
    if where.departments is not None:
        query = query.where(WorkItemRow.department.in_(where.departments))
    if where.states:
        query = query.where(WorkItemRow.state.in_(where.states))
    if where.assignee is not None:
        query = query.where(WorkItemRow.assignee == where.assignee)
    if where.unassigned:
        query = query.where(WorkItemRow.assignee.is_(None))
    if where.case_id is not None:
        query = query.where(WorkItemRow.case_id == where.case_id)
    if where.journey:
        query = query.where(WorkItemRow.journey == where.journey)
    return query
