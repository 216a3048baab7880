"""The tables of the work room."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from engine.infra.db import Base, Utc


class WorkItemRow(Base):
    """One work item. Case number, journey and priority are repeated for lists."""

    __tablename__ = "work_items"
    __table_args__ = (
        Index("ix_work_items_open_department", "state", "department", "offered_at"),
        Index("ix_work_items_open_assignee", "state", "assignee"),
        Index("ix_work_items_case", "case_id", "state"),
        Index("ix_work_items_token", "token"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    case_number: Mapped[str] = mapped_column(String(40))
    journey: Mapped[str] = mapped_column(String(60))
    version_id: Mapped[UUID]
    version_number: Mapped[int]
    token: Mapped[UUID]
    element: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(12))
    department: Mapped[str] = mapped_column(String(60))
    priority: Mapped[str] = mapped_column(String(12))
    customer: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(String(12))
    assignee: Mapped[UUID | None]
    offered_at: Mapped[datetime] = mapped_column(Utc)
    claimed_at: Mapped[datetime | None] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    #: Where the work came from, when another department handed it over.
    from_department: Mapped[str | None] = mapped_column(String(60))
    returned: Mapped[bool] = mapped_column(default=False)
    due_at: Mapped[datetime | None] = mapped_column(Utc)
    #: 0 for urgent to 3 for low: the order of `priority`, for lists.
    urgency: Mapped[int] = mapped_column(default=2)
    #: For whom it was meant, and why they don't have it (router.py); "" for nothing.
    meant_for: Mapped[str] = mapped_column(String(255), default="")
    meant_how: Mapped[str] = mapped_column(String(12), default="")
    #: Its case is suspended: it can't be taken or done until that goes on.
    suspended: Mapped[bool] = mapped_column(default=False, server_default=false())
    revision: Mapped[int] = mapped_column(default=0)


class CaseTrailRow(Base):
    """The last finished work of a case, and which elements were finished before: enough to
    tell a hand-over and a return without reading the case's history."""

    __tablename__ = "case_trails"

    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    element: Mapped[str] = mapped_column(String(255), primary_key=True)
    department: Mapped[str] = mapped_column(String(60))
    completed_at: Mapped[datetime] = mapped_column(Utc)
