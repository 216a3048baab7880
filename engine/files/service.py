"""Adding, reading and removing files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from engine.files import store
from engine.files.media import INLINE, media_type, safe_name
from engine.files.tables import AttachmentRow
from engine.infra.errors import Conflict, Invalid, NotFound, TooLarge
from engine.infra.ids import new_id
from engine.infra.now import Now

#: A file that was uploaded for a form which was never sent is kept this long.
ORPHANS_LAST = timedelta(days=2)
_MB = 1024 * 1024
_PORTION = 500


class Stream(Protocol):
    """Something that bytes can be read from, such as an upload."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""


@dataclass(frozen=True)
class Attachment:
    """A file on a case (or, while `case` is None, on a form that isn't sent yet)."""

    id: UUID
    sha256: str
    name: str
    media_type: str
    size: int
    case: UUID | None
    field: str | None
    uploaded_by: UUID | None
    uploaded_at: datetime
    removed_at: datetime | None = None

    @property
    def inline(self) -> bool:
        """Whether a browser may show it; otherwise it is offered for download only."""
        return self.media_type in INLINE


class Files:
    """Commands and questions on files; none may be larger than `limit_bytes`.

    Who may see a file is decided by its case, which stands above this room.
    """

    def __init__(self, session: Session, now: Now, limit_bytes: int) -> None:
        self._session = session
        self._now = now
        self._limit = limit_bytes

    def add(self, name: str, content: bytes | Stream, *, by: UUID | None,
            case: UUID | None = None, field: str | None = None) -> Attachment:
        """Store a file. `by` is a person. Raises Invalid when empty, TooLarge beyond the limit."""
        read = content if isinstance(content, bytes) else _read(content, self._limit + 1)
        if not read:
            raise Invalid("The file {name} is empty.", field=field or "file",
                          name=safe_name(name))
        if len(read) > self._limit:
            raise TooLarge("The file {name} is larger than {limit} MB.", field=field or "file",
                           name=safe_name(name), limit=f"{self._limit / _MB:g}")
        sha256 = hashlib.sha256(read).hexdigest()
        store.keep(self._session, sha256, read)
        row = AttachmentRow(
            id=new_id(self._now), sha256=sha256, name=safe_name(name),
            media_type=media_type(read), size=len(read), case_id=case, field=field,
            uploaded_by=by, uploaded_at=self._now())
        self._session.add(row)
        self._session.flush()
        return _attachment(row)

    def attach(self, file: UUID, case: UUID, *, field: str | None = None) -> Attachment:
        """Put an uploaded file on the case it was for. Conflict when it is on another one."""
        row = self._row(file)
        if row.removed_at is not None:
            raise Conflict("This file was removed; upload it again.", field=field)
        if row.case_id not in (None, case):
            raise Conflict("This file belongs to another case; upload it again.", field=field)
        row.case_id = case
        row.field = field or row.field
        return _attachment(row)

    def get(self, file: UUID) -> Attachment:
        """The file without its bytes, removed or not. Raises NotFound."""
        return _attachment(self._row(file))

    def read(self, file: UUID) -> bytes:
        """The bytes. Raises NotFound, also for one that was removed."""
        row = self._row(file)
        content = None
        if row.removed_at is None:
            content = store.content(self._session, row.sha256)
        if content is None:
            raise NotFound("This file was removed.")
        return content

    def of_case(self, case: UUID) -> list[Attachment]:
        """The files of a case, oldest first."""
        return [_attachment(row) for row in store.of_case(self._session, case)]

    def remove(self, file: UUID, *, by: UUID | None) -> None:
        """Take a file away: its name and hash stay as evidence, its bytes go with the last use."""
        row = self._row(file)
        if row.removed_at is None:
            row.removed_at, row.removed_by = self._now(), by
            store.drop_unused(self._session, row.sha256)

    def remove_orphans(self) -> int:
        """Remove some hundred files that never came to a case; returns how many (0: all gone)."""
        rows = store.orphans(self._session, self._now() - ORPHANS_LAST, _PORTION)
        for row in rows:
            self.remove(row.id, by=None)
        return len(rows)

    def _row(self, file: UUID) -> AttachmentRow:
        row = self._session.get(AttachmentRow, file)
        if row is None:
            raise NotFound("There is no such file.")
        return row


def _read(stream: Stream, most: int) -> bytes:
    """The stream's bytes, and no more than `most`; a stream may give less than it is asked for."""
    parts, left = [], most
    while left and (part := stream.read(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _attachment(row: AttachmentRow) -> Attachment:
    return Attachment(
        id=row.id, sha256=row.sha256, name=row.name, media_type=row.media_type, size=row.size,
        case=row.case_id, field=row.field, uploaded_by=row.uploaded_by,
        uploaded_at=row.uploaded_at, removed_at=row.removed_at)
