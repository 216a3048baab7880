"""Queries on jobs. Every change of state is a conditional UPDATE whose row count is looked at."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Delete,
    Update,
    and_,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from engine.jobs.tables import JobRow


def due(now: datetime, stale: datetime) -> ColumnElement[bool]:
    """Queued and due, or running with a heart that stopped beating."""
    return or_(and_(JobRow.state == "queued", JobRow.run_at <= now),
               and_(JobRow.state == "running", JobRow.heartbeat < stale))


def called(ticket: int) -> ColumnElement[bool]:
    """Queued, and it is this ticket's turn."""
    return and_(JobRow.state == "queued", JobRow.ticket == ticket)


def next_due(session: Session, now: datetime, stale: datetime,
             kinds: tuple[str, ...]) -> JobRow | None:
    """The job that has waited longest among those of `kinds` that may be claimed."""
    return session.scalars(
        select(JobRow).where(JobRow.kind.in_(kinds), due(now, stale))
        .order_by(JobRow.run_at, JobRow.id).limit(1)).one_or_none()


def claim(session: Session, job: JobRow, claim_name: str, now: datetime,
          claimable: ColumnElement[bool]) -> bool:
    """Take the job as it was read; False when another was faster."""
    return _changed(session, job.id, and_(JobRow.tries == job.tries, claimable), {
        "state": "running", "tries": job.tries + 1, "claimed_by": claim_name,
        "claimed_at": now, "heartbeat": now, "progress": 0.0, "progress_text": ""})


def change_claimed(session: Session, job: UUID, claim_name: str, **values: Any) -> bool:
    """Change a running job; False when it is no longer held by this claim."""
    held = and_(JobRow.state == "running", JobRow.claimed_by == claim_name)
    return _changed(session, job, held, values)


def requeue(session: Session, job: UUID, now: datetime, **values: Any) -> bool:
    """Queue a job that has failed or was cancelled as if it were new; False when it wasn't."""
    return _changed(session, job, JobRow.state.in_(("failed", "cancelled")), {
        "state": "queued", "tries": 0, "run_at": now, "error": None, "ended_at": None, **values})


def hurry(session: Session, job: UUID, now: datetime, ticket: int | None) -> bool:
    """End the rest of a job that waits; False when it doesn't wait."""
    return _changed(session, job, JobRow.state == "queued", {"run_at": now, "ticket": ticket})


def cancel(session: Session, job: UUID, now: datetime) -> bool:
    """Cancel a job that is not over; False when it is."""
    return _changed(session, job, JobRow.state.in_(("queued", "running", "failed")), {
        "state": "cancelled", "claimed_by": None, "ended_at": now})


def awaited_by(session: Session, case: UUID, token: UUID) -> JobRow | None:
    """The job that a token of a case waits, or waited, for."""
    return session.scalars(
        select(JobRow).where(JobRow.case_id == case, JobRow.token == token)
        .order_by(JobRow.created_at.desc(), JobRow.id.desc()).limit(1)).one_or_none()


def counts(session: Session) -> dict[str, int]:
    """How many jobs there are by state."""
    rows = session.execute(select(JobRow.state, func.count()).group_by(JobRow.state))
    return {row[0]: row[1] for row in rows}


def purge(session: Session, before: datetime) -> int:
    """Delete jobs done before that moment; returns how many."""
    return _rows(session, delete(JobRow).where(
        JobRow.state.in_(("done", "cancelled")), JobRow.ended_at < before))


def _changed(session: Session, job: UUID, condition: ColumnElement[bool],
             values: dict[str, Any]) -> bool:
    changed = _rows(session, update(JobRow).where(JobRow.id == job, condition).values(**values))
    for held in [each for each in session if isinstance(each, JobRow)]:
        session.expire(held)  # whoever reads afterwards reads anew
    return changed == 1


def _rows(session: Session, statement: Delete | Update) -> int:
    """Carry it out; how many rows it changed."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", result).rowcount
