"""The tables of promises: standards by version, clocks, their next thresholds."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.infra.db import Base, Json, Utc


class VersionStandardsRow(Base):
    """The standards of a journey version, complete."""

    __tablename__ = "version_standards"

    version_id: Mapped[UUID] = mapped_column(primary_key=True)
    journey: Mapped[str] = mapped_column(String(60), index=True)
    number: Mapped[int]
    standards: Mapped[list[dict[str, Any]]] = mapped_column(Json)


class CaseClocksRow(Base):
    """What the fold over a case's facts holds beside its clocks."""

    __tablename__ = "case_clocks"

    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    version_id: Mapped[UUID]
    number: Mapped[str] = mapped_column(String(40))
    #: Keys of the standards that apply to the case.
    applies: Mapped[list[str]] = mapped_column(Json)
    waiting: Mapped[list[list[str]]] = mapped_column(Json)
    #: How many clocks each standard has had on the case.
    begun: Mapped[dict[str, int]] = mapped_column(Json)
    #: To be folded again, because a calendar changed.
    stale: Mapped[bool] = mapped_column(default=False, index=True)


class ClockRow(Base):
    """One clock after the last fact that moved it (engine/sla/clocks.py says what each means)."""

    __tablename__ = "clocks"
    __table_args__ = (Index("ix_clocks_case", "case_id"),
                      Index("ix_clocks_open_due", "state", "due_at"),
                      Index("ix_clocks_journey_standard", "journey", "standard", "state"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    case_number: Mapped[str] = mapped_column(String(40))
    journey: Mapped[str] = mapped_column(String(60))
    version_id: Mapped[UUID]
    position: Mapped[int]
    standard: Mapped[str] = mapped_column(String(60))
    department: Mapped[str] = mapped_column(String(60))
    visit: Mapped[str | None] = mapped_column(String(40))
    item: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(12))
    started_at: Mapped[datetime] = mapped_column(Utc)
    since: Mapped[datetime] = mapped_column(Utc)
    stretch: Mapped[int]
    element: Mapped[str | None] = mapped_column(String(255))
    target_seconds: Mapped[float]
    used_seconds: Mapped[float]
    due_at: Mapped[datetime | None] = mapped_column(Utc)
    breached_at: Mapped[datetime | None] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    announced: Mapped[list[int]] = mapped_column(Json)


class ThresholdRow(Base):
    """When a share of a clock's time will be used: what the sweep looks for."""

    __tablename__ = "clock_thresholds"
    __table_args__ = (Index("ix_clock_thresholds_due", "due_at"),)

    clock_id: Mapped[UUID] = mapped_column(ForeignKey("clocks.id"), primary_key=True)
    percent: Mapped[int] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(Utc)
