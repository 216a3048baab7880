"""Deferring jobs and looking after them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import literal, select, tuple_
from sqlalchemy.orm import Session

from engine.infra.db import Utc
from engine.infra.errors import Conflict, NotFound
from engine.infra.ids import new_id
from engine.infra.now import Now
from engine.jobs import store, tickets
from engine.jobs.backoff import Patience
from engine.jobs.tables import JobRow

#: The states of a job, with the words a page shows for them.
STATES: dict[str, dict[str, str]] = {
    "queued": {"en": "Queued", "zh": "排队中"},
    "running": {"en": "Running", "zh": "运行中"},
    "done": {"en": "Done", "zh": "已完成"},
    "failed": {"en": "Failed", "zh": "失败"},
    "cancelled": {"en": "Cancelled", "zh": "已取消"},
}
#: Jobs that are done or cancelled are kept this long; failed ones until someone deals with them.
_DONE_LASTS = timedelta(days=30)
_USUAL = Patience()


@dataclass(frozen=True)
class Waiter:
    """Who waits for a job: a token of a case, at a step of the drawing."""

    case: UUID
    token: UUID
    element: str


@dataclass(frozen=True)
class Job:
    """One job as it stands. `progress` is 0 to 1; moments are UTC."""

    id: UUID
    kind: str
    payload: Mapping[str, Any]
    state: str
    tries: int
    progress: float
    progress_text: str
    run_at: datetime
    error: str | None
    result: Any
    created_by: UUID | None
    created_at: datetime
    ended_at: datetime | None
    #: How often it is tried in all before it has failed.
    most_tries: int = 5
    waiter: Waiter | None = None


class Jobs:
    """Commands and questions on jobs, within the unit of work of `session`."""

    def __init__(self, session: Session, now: Now) -> None:
        self._session = session
        self._now = now

    def defer(self, kind: str, payload: Mapping[str, Any], *, by: UUID | None,
              waiter: Waiter | None = None, patience: Patience = _USUAL) -> Job:
        """Have a job done once this transaction is committed. `payload` is plain JSON."""
        now = self._now()
        job = new_id(self._now)
        row = JobRow(id=job, kind=kind, payload=dict(payload), state="queued", tries=0,
                     progress=0.0, progress_text="", run_at=now, created_by=by, created_at=now,
                     ticket=tickets.issue(self._session, job, kind, now), most_tries=patience.tries,
                     first_rest=int(patience.first_rest.total_seconds()))
        if waiter is not None:
            row.case_id, row.token, row.element = waiter.case, waiter.token, waiter.element
        self._session.add(row)
        self._session.flush()
        return _job(row)

    def get(self, job: UUID) -> Job:
        """The job. Raises NotFound."""
        return _job(self._row(job))

    def all(self, *, state: str | None = None, kind: str | None = None,
            case: UUID | None = None, after: UUID | None = None, limit: int = 100) -> list[Job]:
        """The newest jobs first, of a state, kind or case where given; those that come `after`
        one. Raises NotFound where there is no such one."""
        query = select(JobRow).order_by(JobRow.created_at.desc(), JobRow.id.desc()).limit(limit)
        if after is not None:
            last = self._row(after)
            query = query.where(tuple_(JobRow.created_at, JobRow.id)
                                < tuple_(literal(last.created_at, Utc), literal(last.id)))
        if case is not None:
            query = query.where(JobRow.case_id == case)
        if state is not None:
            query = query.where(JobRow.state == state)
        if kind is not None:
            query = query.where(JobRow.kind == kind)
        return [_job(row) for row in self._session.scalars(query)]

    def awaited_by(self, case: UUID, token: UUID) -> Job | None:
        """The job that a token of a case waits, or waited, for; None where it never did."""
        row = store.awaited_by(self._session, case, token)
        return _job(row) if row is not None else None

    def counts(self) -> dict[str, int]:
        """How many jobs there are in each state that has any."""
        return store.counts(self._session)

    def retry(self, job: UUID, payload: Mapping[str, Any] | None = None) -> Job:
        """Try a failed or cancelled job anew, with all its tries; one that rests, at once.

        `payload` takes the place of what it had. Raises Conflict when it runs or is done.
        """
        row = self._row(job)
        now = self._now()
        tickets.withdraw(self._session, row.ticket)
        ticket = tickets.issue(self._session, job, row.kind, now)
        changed = {"payload": dict(payload)} if payload is not None else {}
        if not store.requeue(self._session, job, now, ticket=ticket, **changed) and not (
                store.hurry(self._session, job, now, ticket)):
            raise Conflict("Only a job that waits or has failed can be tried again.")
        return self.get(job)

    def cancel(self, job: UUID) -> Job:
        """Have a job done no more; one that runs is not stopped, but nothing comes of it.

        Raises Conflict when it is over.
        """
        row = self._row(job)
        tickets.withdraw(self._session, row.ticket)
        if not store.cancel(self._session, job, self._now()):
            raise Conflict("This job is over.")
        return self.get(job)

    def purge(self) -> int:
        """Delete jobs done or cancelled more than 30 days ago; returns how many."""
        return store.purge(self._session, self._now() - _DONE_LASTS)

    def _row(self, job: UUID) -> JobRow:
        row = self._session.get(JobRow, job)
        if row is None:
            raise NotFound("There is no such job.")
        return row


def _job(row: JobRow) -> Job:
    return Job(row.id, row.kind, row.payload, row.state, row.tries, row.progress,
               row.progress_text, row.run_at, row.error, row.result, row.created_by,
               row.created_at, row.ended_at, row.most_tries,
               Waiter(row.case_id, row.token, row.element or "")
               if row.case_id is not None and row.token is not None else None)
