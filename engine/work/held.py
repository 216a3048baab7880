"""The work of the cases that a command holds: read once, answered from memory, written once.

Who holds a case (its lock) is alone with its items and its trail. What has changed is written when
the command ends, or when something is asked through the session (engine/infra/rows.py).
"""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, literal, or_, select
from sqlalchemy.orm import Session

from engine.infra.errors import NotFound
from engine.infra.prepared import Prepared
from engine.infra.rows import rows_of, table_of
from engine.work.lifecycle import OPEN
from engine.work.tables import CaseTrailRow, WorkItemRow
from engine.work.views import WorkItem

_VALUES = itemgetter(*(field.name for field in fields(WorkItem)))
_ITEMS = table_of(WorkItemRow).c
_TRAIL = table_of(CaseTrailRow).c
_OPEN_OF = and_(_ITEMS.case_id == bindparam("case"),
                _ITEMS.state.in_([literal(each) for each in OPEN]))
_READ_OPEN = Prepared(select(*_ITEMS).where(_OPEN_OF))
#: With one item more, whatever its state.
_READ_WITH = Prepared(select(*_ITEMS).where(or_(_OPEN_OF, _ITEMS.id == bindparam("item"))))
_READ_TRAIL = Prepared(
    select(_TRAIL.department, _TRAIL.element).where(_TRAIL.case_id == bindparam("case"))
    .order_by(_TRAIL.completed_at.desc()))


def _remembering(new: Any) -> Any:
    row = new(table_of(CaseTrailRow))
    return row.on_conflict_do_update(index_elements=["case_id", "element"], set_={
        name: row.excluded[name] for name in ("department", "completed_at")})


_REMEMBER = Prepared(_remembering)


class HeldWork:
    """Items and trails within one transaction; their cases are locked."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows = rows_of(session)
        self._items: dict[UUID, WorkItemRow] = {}
        #: The cases whose open items are all in hand.
        self._read: set[UUID] = set()
        #: Department by element of what was finished in this transaction, the last one last.
        self._finished: dict[UUID, dict[str, str]] = {}

    def take(self, item_id: UUID, case_id: UUID) -> WorkItem:
        """An item of a case, whatever its state, and all that is open there. Raises NotFound."""
        if item_id not in self._items:
            self._keep(_READ_WITH, case=case_id, item=item_id)
            self._read.add(case_id)
        return self.item(item_id)

    def item(self, item_id: UUID) -> WorkItem:
        """An item that is in hand, as it is now. Raises NotFound for another one."""
        if item_id not in self._items:
            raise NotFound("There is no such work item.")
        return _view(self._items[item_id])

    def has(self, item_id: UUID) -> bool:
        """Whether an item is in hand."""
        return item_id in self._items

    def has_open_of(self, case_id: UUID) -> bool:
        """Whether all open items of a case are in hand."""
        return case_id in self._read

    def open_of(self, case_id: UUID) -> list[WorkItem]:
        """The open items of a case, in the order in which they were offered."""
        if case_id not in self._read:
            self._keep(_READ_OPEN, case=case_id)
            self._read.add(case_id)
        found = [_view(row) for row in self._items.values()
                 if row.case_id == case_id and row.state in OPEN]
        return sorted(found, key=lambda item: (item.offered_at, item.id))

    def add(self, item: WorkItem) -> None:
        """A new item."""
        row = self._items[item.id] = WorkItemRow()
        row.__dict__.update(vars(item))  # past the ORM's instrumentation
        self._rows.add(row)

    def move(self, item_id: UUID, **values: Any) -> WorkItem:
        """Change an item that is in hand."""
        row = self._items[item_id]
        for name, value in values.items():
            setattr(row, name, value)
        row.revision += 1
        return _view(row)

    def finish(self, item: WorkItem, at: datetime) -> None:
        """Note that the item's element was finished, and by which department."""
        finished = self._finished.setdefault(item.case_id, {})
        finished.pop(item.element, None)
        finished[item.element] = item.department
        self._rows.later(_REMEMBER, case_id=item.case_id, element=item.element,
                         department=item.department, completed_at=at)

    def trail(self, case_id: UUID) -> list[tuple[str, str]]:
        """(department, element) of the elements finished on the case, the last one first."""
        finished = self._finished.get(case_id, {})
        before = _READ_TRAIL.rows(self._session, case=case_id)
        return [(department, element) for element, department in reversed(finished.items())] + [
            (department, element) for department, element in before if element not in finished]

    def _keep(self, statement: Prepared, **asked: UUID) -> None:
        self._rows.write()  # an item that is new, or no longer open, is found as it is
        for values in statement.rows(self._session, **asked):
            if values[0] not in self._items:
                self._items[values[0]] = self._rows.read(WorkItemRow, values)


def _view(row: WorkItemRow) -> WorkItem:
    return WorkItem(*_VALUES(row.__dict__))
