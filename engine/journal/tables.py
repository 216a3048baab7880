"""The journal's one table; rows are only ever added."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.infra.db import Base, Json, Utc


class FactRow(Base):
    """One fact. `stream` is the case, or what else the fact is about; `seq` counts within it."""

    __tablename__ = "facts"
    __table_args__ = (
        UniqueConstraint("stream", "seq"),
        Index("ix_facts_journey_id", "journey", "id"),
        Index("ix_facts_transaction_id", "transaction", "id"),
    )

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    #: PostgreSQL's transaction id, for the commit horizon; 0 on SQLite.
    transaction: Mapped[int] = mapped_column(BigInteger, default=0)
    stream: Mapped[str] = mapped_column(String(80))
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))
    kind_version: Mapped[int]
    occurred_at: Mapped[datetime] = mapped_column(Utc)
    recorded_at: Mapped[datetime] = mapped_column(Utc)
    case_id: Mapped[UUID | None]
    journey: Mapped[str | None] = mapped_column(String(60))
    journey_version: Mapped[int | None]
    element: Mapped[str | None] = mapped_column(String(255))
    department: Mapped[str | None] = mapped_column(String(60))
    person: Mapped[UUID | None]
    on_behalf_of: Mapped[UUID | None]
    content: Mapped[dict[str, Any]] = mapped_column(Json)
