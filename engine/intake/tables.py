"""The tables of intake: journeys, drafts, versions, and the bytes of packs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column

from engine.infra.db import Base, Json, Utc


class JourneyRow(Base):
    """A journey, by the key that never changes."""

    __tablename__ = "journeys"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(Utc)
    last_version: Mapped[int] = mapped_column(default=0)


class DraftRow(Base):
    """What a designer is preparing: the next version of `journey`."""

    __tablename__ = "drafts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    journey: Mapped[str] = mapped_column(String(60), unique=True)
    drawing: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    settings: Mapped[dict[str, Any]] = mapped_column(Json)
    updated_at: Mapped[datetime] = mapped_column(Utc)
    updated_by: Mapped[UUID | None]


class DraftFileRow(Base):
    """Another file of a draft's pack."""

    __tablename__ = "draft_files"

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("drafts.id"), primary_key=True)
    path: Mapped[str] = mapped_column(String(255), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class VersionRow(Base):
    """A published version; it never changes."""

    __tablename__ = "versions"
    __table_args__ = (UniqueConstraint("journey", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    journey: Mapped[str] = mapped_column(ForeignKey("journeys.key"))
    number: Mapped[int]
    drawing: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    adapted: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    process: Mapped[str] = mapped_column(String(255))
    settings: Mapped[dict[str, Any]] = mapped_column(Json)
    adaptations: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    published_at: Mapped[datetime] = mapped_column(Utc)
    published_by: Mapped[UUID | None]


class VersionFileRow(Base):
    """Another file of a version's pack."""

    __tablename__ = "version_files"

    version_id: Mapped[UUID] = mapped_column(ForeignKey("versions.id"), primary_key=True)
    path: Mapped[str] = mapped_column(String(255), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
