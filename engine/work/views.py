"""What the work room shows: frozen, detached from the session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class WorkItem:
    """One work item. Times are UTC; `from_department` handed it over.

    `meant_for` names people or groups that the drawing asks for: `meant_how` says why they don't
    simply have it (engine/work/router.py).
    """

    id: UUID
    case_id: UUID
    case_number: str
    journey: str
    version_id: UUID
    version_number: int
    token: UUID
    element: str
    kind: str
    department: str
    priority: str
    customer: UUID | None
    state: str
    assignee: UUID | None
    offered_at: datetime
    claimed_at: datetime | None
    ended_at: datetime | None
    from_department: str | None
    returned: bool
    due_at: datetime | None
    urgency: int
    meant_for: str
    meant_how: str
    suspended: bool
    revision: int


@dataclass(frozen=True)
class ItemFilter:
    """Which items a list shows. `departments` None stands for all."""

    departments: frozenset[str] | None = None
    states: tuple[str, ...] = ()
    assignee: UUID | None = None
    unassigned: bool = False
    case_id: UUID | None = None
    journey: str | None = None
    after: UUID | None = None


@dataclass(frozen=True)
class ItemPage:
    """One page of items, the first due first; `next` goes on after the last one."""

    items: list[WorkItem]
    next: UUID | None
