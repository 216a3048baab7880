"""Queries on intake's tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, undefer

from engine.infra.errors import NotFound
from engine.intake.model import Adaptation, Option
from engine.intake.records import Draft, Journey, Version
from engine.intake.rule import Published
from engine.intake.settings import from_dict
from engine.intake.tables import DraftFileRow, DraftRow, JourneyRow, VersionFileRow, VersionRow


def draft(session: Session, draft_id: UUID, *, hold: bool = False) -> Draft:
    """A draft with its files; `hold` locks its row and reads it anew. Raises NotFound."""
    row = session.get(DraftRow, draft_id, options=[undefer(DraftRow.drawing)],
                      with_for_update=hold, populate_existing=hold)
    if row is None:
        raise NotFound("This draft is not here any more; it was published or dropped.")
    files = session.execute(select(DraftFileRow).where(DraftFileRow.draft_id == row.id)).scalars()
    return Draft(row.id, row.journey, row.drawing, from_dict(row.settings),
                 {each.path: each.content for each in files}, row.updated_at, row.updated_by)


def draft_of(session: Session, journey: str) -> DraftRow | None:
    """The draft of a journey, if there is one."""
    return session.execute(select(DraftRow).where(DraftRow.journey == journey)
                           ).scalar_one_or_none()


def begin_draft(session: Session, row: DraftRow) -> DraftRow:
    """Insert a journey's first draft, or the one of someone who was faster, held."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return session.execute(select(DraftRow).where(DraftRow.journey == row.journey)
                               .with_for_update()).scalar_one()
    return row


def write_files(session: Session, draft_id: UUID, files: Mapping[str, bytes]) -> None:
    """Replace a draft's files."""
    session.execute(delete(DraftFileRow).where(DraftFileRow.draft_id == draft_id))
    session.add_all(DraftFileRow(draft_id=draft_id, path=path, content=content)
                    for path, content in files.items())


def drop_draft(session: Session, draft_id: UUID) -> None:
    """Remove a draft and its files."""
    session.execute(delete(DraftFileRow).where(DraftFileRow.draft_id == draft_id))
    session.execute(delete(DraftRow).where(DraftRow.id == draft_id))


def next_number(session: Session, journey: str) -> int:
    """The number of a journey's next version; its row is locked by this."""
    taken: Any = session.execute(
        update(JourneyRow).where(JourneyRow.key == journey)
        .values(last_version=JourneyRow.last_version + 1).returning(JourneyRow.last_version)
        .execution_options(synchronize_session=False))
    return int(taken.scalar_one())


def version(session: Session, version_id: UUID) -> Version:
    """A version with all its bytes. Raises NotFound."""
    row = session.get(VersionRow, version_id,
                      options=[undefer(VersionRow.drawing), undefer(VersionRow.adapted)])
    if row is None:
        raise NotFound("There is no such version.")
    files = session.execute(select(VersionFileRow).where(VersionFileRow.version_id == row.id))
    return Version(
        row.id, row.journey, row.number, row.drawing, row.adapted, row.process,
        from_dict(row.settings), tuple(_adaptation(each) for each in row.adaptations),
        row.published_at, row.published_by, {f.path: f.content for f in files.scalars()})


def version_id(session: Session, journey: str, number: int | None = None) -> UUID:
    """A version's id by number, or the latest one's. Raises NotFound."""
    query = select(VersionRow.id).where(VersionRow.journey == journey)
    if number is not None:
        query = query.where(VersionRow.number == number)
    found = session.execute(query.order_by(VersionRow.number.desc()).limit(1)).scalar_one_or_none()
    if found is None:
        if number is not None:
            latest = session.get_one(VersionRow, version_id(session, journey)).number
            raise NotFound("{key} has no version {number}; its latest is {latest}.", key=journey,
                           number=number, latest=latest)
        raise NotFound("There is no published journey {key}.", key=journey)
    return found


def version_ids(session: Session, journey: str | None = None) -> list[tuple[UUID, str, int]]:
    """(id, journey, number) of versions, newest first."""
    query = select(VersionRow.id, VersionRow.journey, VersionRow.number)
    if journey is not None:
        query = query.where(VersionRow.journey == journey)
    return [(row[0], row[1], row[2])
            for row in session.execute(query.order_by(VersionRow.number.desc()))]


def journeys(session: Session) -> list[Journey]:
    """All journeys with their latest version and draft, by key."""
    latest: dict[str, VersionRow] = {}
    for row in session.execute(select(VersionRow).order_by(VersionRow.number)).scalars():
        latest[row.journey] = row
    drafts = {row.journey: row for row in session.execute(select(DraftRow)).scalars()}
    found = []
    for key in sorted({*latest, *drafts}):
        last, waiting = latest.get(key), drafts.get(key)
        settings = from_dict(last.settings if last is not None else drafts[key].settings)
        found.append(Journey(
            key, settings, last.id if last else None, last.number if last else 0,
            last.published_at if last else None, waiting.id if waiting else None,
            waiting.updated_at if waiting else None))
    return found


def published(session: Session) -> dict[str, Published]:
    """The latest version of each journey, as others may call it, by key."""
    rows = session.execute(select(VersionRow.journey, VersionRow.settings, VersionRow.process)
                           .order_by(VersionRow.number))
    return {row[0]: Published(row[1].get("name", {}), row[2]) for row in rows}


def plain(adaptation: Adaptation) -> dict[str, Any]:
    """An adaptation as JSON."""
    return asdict(adaptation)


def _adaptation(stored: dict[str, Any]) -> Adaptation:
    options = tuple(Option(**each) for each in stored.get("options", ()))
    return Adaptation(**{**stored, "options": options})
