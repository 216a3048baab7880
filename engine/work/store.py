"""Queries on work items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Update,
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
    update,
)
from sqlalchemy.orm import Session

from engine.infra.db import Utc
from engine.infra.errors import NotFound
from engine.infra.rows import table_of
from engine.infra.session import by_dialect
from engine.work.lifecycle import OFFERED, OPEN
from engine.work.tables import CaseTrailRow, WorkItemRow
from engine.work.views import ItemFilter, ItemPage, WorkItem

_FIELDS = tuple(field.name for field in fields(WorkItem))
_ITEMS = table_of(WorkItemRow).c
_TRAIL = table_of(CaseTrailRow).c
#: Columns in the order of WorkItem's fields: rows of the hot path need no ORM, and statements
#: that are built once need no building.
_ITEM = select(*(_ITEMS[name] for name in _FIELDS))
_THIS_ITEM = _ITEMS.id == bindparam("item")
_FIND = _ITEM.where(_THIS_ITEM)
#: The case of `item`, for a query.
CASE_OF_ITEM = select(_ITEMS.case_id).where(_THIS_ITEM).scalar_subquery()
_OPEN_BY_TOKEN = _ITEM.where(_ITEMS.token == bindparam("token"),
                             _ITEMS.case_id == bindparam("case"), _ITEMS.state.in_(OPEN))
_OF_CASE = (_ITEM.where(_ITEMS.case_id == bindparam("case"))
            .order_by(_ITEMS.offered_at, _ITEMS.id))
_OPEN_OF_CASE = _OF_CASE.where(_ITEMS.state.in_(OPEN))
_ADD = insert(table_of(WorkItemRow))
_TRAIL_OF = (select(_TRAIL.department, _TRAIL.element)
             .where(_TRAIL.case_id == bindparam("case")).order_by(_TRAIL.completed_at.desc()))


def _remembering(new: Any) -> Any:
    row = new(table_of(CaseTrailRow))
    return row.on_conflict_do_update(index_elements=["case_id", "element"], set_={
        name: row.excluded[name] for name in ("department", "completed_at")})


_REMEMBER = by_dialect(_remembering)


@lru_cache(maxsize=64)
def _moving(names: tuple[str, ...]) -> Update:
    return (update(table_of(WorkItemRow))
            .where(_THIS_ITEM, _ITEMS.revision == bindparam("was"),
                   _ITEMS.state == bindparam("stood"))
            .values({name: bindparam(name) for name in names}))
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_ORDER = (func.coalesce(WorkItemRow.due_at, literal(_NEVER, Utc)), WorkItemRow.urgency,
          WorkItemRow.offered_at, WorkItemRow.id)


def view(row: WorkItemRow) -> WorkItem:
    """The item that a row holds."""
    return WorkItem(**{name: getattr(row, name) for name in _FIELDS})


def find(session: Session, item_id: UUID) -> WorkItem:
    """An item by id. Raises NotFound."""
    row = session.connection().execute(_FIND, {"item": item_id}).first()
    if row is None:
        raise NotFound("There is no such work item.")
    return WorkItem(*row)


def add(session: Session, item: WorkItem) -> None:
    """Insert an item."""
    session.connection().execute(_ADD, {name: getattr(item, name) for name in _FIELDS})


def move(session: Session, item: WorkItem, **values: Any) -> WorkItem | None:
    """Change an item if it is still as it was read; None when someone was faster."""
    changed = {**values, "revision": item.revision + 1}
    moved = session.connection().execute(_moving(tuple(changed)), {
        **changed, "item": item.id, "was": item.revision, "stood": item.state})
    return replace(item, **changed) if moved.rowcount == 1 else None


def open_by_token(session: Session, case_id: UUID, token: UUID) -> WorkItem | None:
    """The open item of a waiting token."""
    row = session.connection().execute(
        _OPEN_BY_TOKEN, {"case": case_id, "token": token}).first()
    return WorkItem(*row) if row is not None else None


def suspend(session: Session, case_id: UUID, suspended: bool) -> None:
    """Mark the open items of a case whose case is suspended, or is so no longer."""
    session.execute(
        update(WorkItemRow).where(WorkItemRow.case_id == case_id, WorkItemRow.state.in_(OPEN))
        .values(suspended=suspended, revision=WorkItemRow.revision + 1)
        .execution_options(synchronize_session=False))


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
    return [WorkItem(*row) for row in session.execute(_OF_CASE, {"case": case_id})]


def open_of_case(session: Session, case_id: UUID) -> list[WorkItem]:
    """The items of a case that are to be done, in the order in which they were offered."""
    return [WorkItem(*row) for row in session.execute(_OPEN_OF_CASE, {"case": case_id})]


def inbox(session: Session, person: UUID | None, departments: frozenset[str],
          limit: int) -> list[WorkItem]:
    """What `person` has claimed and what `departments` may take."""
    offered = and_(WorkItemRow.state == OFFERED, WorkItemRow.department.in_(departments))
    mine = and_(WorkItemRow.state.in_(OPEN), WorkItemRow.assignee == person)
    query = select(WorkItemRow).where(or_(mine, offered) if person else offered)
    rows = session.execute(query.order_by(*_ORDER).limit(limit)).scalars()
    return [view(row) for row in rows]


def remember(session: Session, item: WorkItem, completed_at: datetime) -> None:
    """Note that the item's element was finished, and by which department."""
    session.connection().execute(_REMEMBER(session), {
        "case_id": item.case_id, "element": item.element, "department": item.department,
        "completed_at": completed_at})


def trail(session: Session, case_id: UUID) -> list[tuple[str, str]]:
    """(department, element) of the elements finished on the case, the last one first."""
    rows = session.connection().execute(_TRAIL_OF, {"case": case_id})
    return [(department, element) for department, element in rows]


def rename_trail(session: Session, case_id: UUID, renamed: Mapping[str, str]) -> None:
    """The elements finished on a case are called otherwise now."""
    if not renamed:
        return
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
