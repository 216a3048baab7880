"""The tables of insight: imported logs with their maps."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, deferred, mapped_column

from engine.infra.db import Base, Json, Utc


class ImportedLogRow(Base):
    """An event log that somebody brought: the file as it came, and its map (JSON, compressed)."""

    __tablename__ = "imported_logs"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    imported_at: Mapped[datetime] = mapped_column(Utc)
    imported_by: Mapped[UUID | None]
    cases: Mapped[int]
    events: Mapped[int]
    #: How the file is to be read (engine/insight/formats/options.py).
    options: Mapped[dict[str, Any]] = mapped_column(Json)
    source: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    map: Mapped[bytes] = deferred(mapped_column(LargeBinary))
