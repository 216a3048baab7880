"""Runs over many cases: what was asked for, and what came of each case."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.infra.db import Base, Json, Utc


class BulkRunRow(Base):
    """One run: `kind` says what is done (migration), `what` with which parameters."""

    __tablename__ = "bulk_runs"
    __table_args__ = (Index("ix_bulk_runs_journey_created", "journey", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    journey: Mapped[str] = mapped_column(String(60))
    what: Mapped[dict[str, Any]] = mapped_column(Json)
    reason: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(Utc)
    #: When nothing was left to be done, or somebody stopped it.
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    stopped_by: Mapped[UUID | None]
    total: Mapped[int]


class BulkCaseRow(Base):
    """One case of a run: waiting, done, refused, failed, or left out as the run was stopped."""

    __tablename__ = "bulk_run_cases"
    __table_args__ = (Index("ix_bulk_run_cases_state", "state", "run_id", "position"),)

    run_id: Mapped[UUID] = mapped_column(ForeignKey("bulk_runs.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    position: Mapped[int]
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(12))
    #: What came of it: notes as JSON.
    result: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    at: Mapped[datetime | None] = mapped_column(Utc)
    tries: Mapped[int] = mapped_column(default=0)
