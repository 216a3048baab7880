"""Contents by their hash, and the files on cases that have them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.infra.db import Base, Utc


class ContentRow(Base):
    """Bytes, once, however many files have them."""

    __tablename__ = "file_contents"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class AttachmentRow(Base):
    """A file that someone added; `case_id` is empty until the form it came with is sent."""

    __tablename__ = "attachments"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: No foreign key: a removed file keeps its hash as evidence when the bytes are gone.
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(150))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    case_id: Mapped[UUID | None] = mapped_column(index=True)
    field: Mapped[str | None] = mapped_column(String(100))
    uploaded_by: Mapped[UUID | None]
    uploaded_at: Mapped[datetime] = mapped_column(Utc)
    removed_by: Mapped[UUID | None]
    removed_at: Mapped[datetime | None] = mapped_column(Utc)
