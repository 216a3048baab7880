"""Queries on work items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Select,
    Uuid,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session

from engine.infra.db import Utc
from engine.infra.errors import NotFound
from engine.infra.rows import table_of
from engine.work.lifecycle import OFFERED, OPEN
from engine.work.tables import CaseTrailRow, WorkItemRow
from engine.work.views import ItemFilter, ItemPage, WorkItem

_ITEMS = table_of(WorkItemRow).c
_TRAIL = table_of(CaseTrailRow).c
#: Columns in the order of WorkItem's fields.
_ITEM = select(*(_ITEMS[field.name] for field in fields(WorkItem)))
#: The case of `item`, for a query.
CASE_OF_ITEM = select(_ITEMS.case_id).where(_ITEMS.id == bindparam("item")).scalar_subquery()
_OF_CASE = (_ITEM.where(_ITEMS.case_id == bindparam("case"))
            .order_by(_ITEMS.offered_at, _ITEMS.id))
_OPEN_OF_CASE = _OF_CASE.where(_ITEMS.state.in_(OPEN))
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_ORDER = (func.coalesce(WorkItemRow.due_at, literal(_NEVER, Utc)), WorkItemRow.urgency,
          WorkItemRow.offered_at, WorkItemRow.id)


def find(session: Session, item_id: UUID) -> WorkItem:
    """An item by id. Raises NotFound."""
    row = session.execute(_ITEM.where(_ITEMS.id == item_id)).first()
    if row is None:
        raise NotFound("There is no such work item.")
    return WorkItem(*row)


def page(session: Session, where: ItemFilter, limit: int) -> ItemPage:
    """Items: those with a due moment first, then the most urgent, then the longest offered."""
    query = _filtered(where).order_by(*_ORDER).limit(limit + 1)
    if where.after is not None:
        last = find(session, where.after)
        place = tuple_(literal(last.due_at or _NEVER, Utc), literal(last.urgency),
                       literal(last.offered_at, Utc), literal(last.id, Uuid))
        query = query.where(tuple_(*_ORDER) > place)
    found = _items(session, query)
    more = len(found) > limit
    return ItemPage(found[:limit], found[limit - 1].id if more else None)


def of_case(session: Session, case_id: UUID) -> list[WorkItem]:
    """All items of a case, in the order in which they were offered."""
    return _items(session, _OF_CASE, case=case_id)


def open_of_case(session: Session, case_id: UUID) -> list[WorkItem]:
    """The items of a case that are to be done, in the order in which they were offered."""
    return _items(session, _OPEN_OF_CASE, case=case_id)


def inbox(session: Session, person: UUID | None, departments: frozenset[str],
          limit: int) -> list[WorkItem]:
    """What `person` has claimed and what `departments` may take."""
    offered = and_(WorkItemRow.state == OFFERED, WorkItemRow.department.in_(departments))
    mine = and_(WorkItemRow.state.in_(OPEN), WorkItemRow.assignee == person)
    query = _ITEM.where(or_(mine, offered) if person else offered)
    return _items(session, query.order_by(*_ORDER).limit(limit))


def rename_trail(session: Session, case_id: UUID, renamed: Mapping[str, str]) -> None:
    """The elements finished on a case are called otherwise now."""
    if not renamed:
        return
    session.flush()
    connection = session.connection()
    here = _TRAIL.case_id == case_id
    rows = connection.execute(select(*_TRAIL).where(here)).mappings().all()
    latest: dict[str, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda each: each["completed_at"]):
        element = renamed.get(row["element"], row["element"])
        latest[element] = {**row, "element": element}
    if latest:
        connection.execute(delete(table_of(CaseTrailRow)).where(here))
        connection.execute(insert(table_of(CaseTrailRow)), list(latest.values()))


def _items(session: Session, query: Select[Any], **asked: Any) -> list[WorkItem]:
    return [WorkItem(*row) for row in session.execute(query, asked)]


def _filtered(where: ItemFilter) -> Select[Any]:
    query = _ITEM
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
