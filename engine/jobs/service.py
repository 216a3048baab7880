"""Deferring jobs and looking after them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.infra.errors import Conflict, NotFound
from engine.infra.ids import new_id
from engine.infra.now import Now
from engine.jobs import store
from engine.jobs.tables import JobRow

#: The states of a job, with the words a page shows for them.
STATES: dict[str, dict[str, str]] = {
    "queued": {"en": "Queued", "zh": "排队中"},
    "running": {"en": "Running", "zh": "运行中"},
    "done": {"en": "Done", "zh": "已完成"},
    "failed": {"en": "Failed", "zh": "失败"},
}
#: Jobs that are done are kept this long; failed ones until someone deals with them.
_DONE_LASTS = timedelta(days=30)


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


class Jobs:
    """Commands and questions on jobs, within the unit of work of `session`."""

    def __init__(self, session: Session, now: Now) -> None:
        self._session = session
        self._now = now

    def defer(self, kind: str, payload: Mapping[str, Any], *, by: UUID | None) -> Job:
        """Have a job done once this transaction is committed. `payload` is plain JSON."""
        now = self._now()
        row = JobRow(id=new_id(self._now), kind=kind, payload=dict(payload), state="queued",
                     tries=0, progress=0.0, progress_text="", run_at=now, created_by=by,
                     created_at=now)
        self._session.add(row)
        self._session.flush()
        return _job(row)

    def get(self, job: UUID) -> Job:
        """The job. Raises NotFound."""
        row = self._session.get(JobRow, job)
        if row is None:
            raise NotFound("There is no such job.")
        return _job(row)

    def all(self, *, state: str | None = None, kind: str | None = None,
            limit: int = 100) -> list[Job]:
        """The newest jobs first, of a state or kind where given."""
        query = select(JobRow).order_by(JobRow.created_at.desc(), JobRow.id.desc()).limit(limit)
        if state is not None:
            query = query.where(JobRow.state == state)
        if kind is not None:
            query = query.where(JobRow.kind == kind)
        return [_job(row) for row in self._session.scalars(query)]

    def retry(self, job: UUID) -> Job:
        """Try a failed job anew, with all its tries. Conflict when it hasn't failed."""
        self.get(job)
        if not store.requeue_failed(self._session, job, self._now()):
            raise Conflict("Only a job that has failed can be tried again.")
        return self.get(job)

    def purge(self) -> int:
        """Delete jobs done more than 30 days ago; returns how many."""
        return store.purge(self._session, self._now() - _DONE_LASTS)


def _job(row: JobRow) -> Job:
    return Job(row.id, row.kind, row.payload, row.state, row.tries, row.progress,
               row.progress_text, row.run_at, row.error, row.result, row.created_by,
               row.created_at, row.ended_at)
