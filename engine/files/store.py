"""Queries on files and their contents."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.files.tables import AttachmentRow, ContentRow

_ATTEMPTS = 3


def keep(session: Session, sha256: str, content: bytes) -> None:
    """Store the content unless it is there, and hold it against removal until the commit."""
    for _ in range(_ATTEMPTS):
        held = session.scalar(
            select(ContentRow.sha256).where(ContentRow.sha256 == sha256)
            .with_for_update(read=True))
        if held is not None:
            return
        try:
            with session.begin_nested():
                row = ContentRow(sha256=sha256, size=len(content), content=content)
                session.add(row)
            # The bytes are in the database now; the session need not hold them too.
            session.expunge(row)
        except IntegrityError:
            continue  # another command stored it at the same time
        return
    raise RuntimeError(f"content {sha256} comes and goes too fast to be kept")


def drop_unused(session: Session, sha256: str) -> None:
    """Delete the content when no file that isn't removed has it any more."""
    session.flush()
    session.execute(select(ContentRow.sha256).where(ContentRow.sha256 == sha256)
                    .with_for_update())
    # A second statement, so that it sees what a command we waited for has committed.
    used = exists().where(AttachmentRow.sha256 == sha256, AttachmentRow.removed_at.is_(None))
    session.execute(delete(ContentRow).where(ContentRow.sha256 == sha256, ~used))


def content(session: Session, sha256: str) -> bytes | None:
    """The bytes with this hash."""
    return session.scalar(select(ContentRow.content).where(ContentRow.sha256 == sha256))


def of_case(session: Session, case: UUID) -> list[AttachmentRow]:
    """The files of a case that aren't removed, oldest first."""
    return list(session.scalars(
        select(AttachmentRow)
        .where(AttachmentRow.case_id == case, AttachmentRow.removed_at.is_(None))
        .order_by(AttachmentRow.uploaded_at, AttachmentRow.id)))


def orphans(session: Session, before: datetime, limit: int) -> list[AttachmentRow]:
    """Files uploaded before that moment which never came to a case."""
    return list(session.scalars(
        select(AttachmentRow)
        .where(AttachmentRow.case_id.is_(None), AttachmentRow.removed_at.is_(None),
               AttachmentRow.uploaded_at < before)
        .order_by(AttachmentRow.uploaded_at).limit(limit)))
