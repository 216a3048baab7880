"""The one table of jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.infra.db import Base, Json, Utc


class JobRow(Base):
    """One job: queued, running, done, failed or cancelled."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_state_run_at", "state", "run_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(10))
    tries: Mapped[int]
    #: 0 to 1, and words for it.
    progress: Mapped[float]
    progress_text: Mapped[str] = mapped_column(String(300))
    #: Not before this moment: when it was deferred, then after each rest.
    run_at: Mapped[datetime] = mapped_column(Utc)
    #: Procrastinate's entry that says when it is this job's turn; on SQLite there is none.
    ticket: Mapped[int | None] = mapped_column(BigInteger)
    #: Which claim holds it. Each claim has a name of its own, so that a worker that was given up
    #: for dead can't write over the work of its successor.
    claimed_by: Mapped[str | None] = mapped_column(String(100))
    claimed_at: Mapped[datetime | None] = mapped_column(Utc)
    heartbeat: Mapped[datetime | None] = mapped_column(Utc)
    error: Mapped[str | None] = mapped_column(Text)
    result: Mapped[Any | None] = mapped_column(Json(none_as_null=True))
    #: The case and its token that wait for the job, and at which step.
    case_id: Mapped[UUID | None] = mapped_column(index=True)
    token: Mapped[UUID | None]
    element: Mapped[str | None] = mapped_column(String(255))
    #: How often it may be tried in all, and the seconds of the first rest.
    most_tries: Mapped[int] = mapped_column(default=5)
    first_rest: Mapped[int] = mapped_column(default=5)
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
