"""The worker: does jobs outside any transaction, and writes down what became of them.

A handler may run twice, when its worker died or was slow: it has to be written so that
doing the work again does no harm.
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from engine.infra.db import Database
from engine.infra.errors import DomainError
from engine.infra.now import Now
from engine.jobs import store
from engine.jobs.backoff import Patience
from engine.jobs.service import Waiter
from engine.jobs.tables import JobRow

log = logging.getLogger("baton.jobs")

_LONGEST_ERROR = 4000


class JobLost(Exception):
    """The job was taken over by another worker: stop, whatever is done now counts for nothing."""


class Interrupted(Exception):
    """The worker is told to stop: the job goes back to the queue."""


class TryAgain(Exception):
    """What has to be done can't be done now; `after` is how long to rest at least."""

    def __init__(self, message: str, after: timedelta | None = None) -> None:
        super().__init__(message)
        self.after = after


class NotNow(Exception):
    """What has to be done has to wait for something else: look again after a while."""

    def __init__(self, after: timedelta) -> None:
        super().__init__(f"not now, but in {after}")
        self.after = after


class RunningJob:
    """What a handler knows of its job, and how it reports on it."""

    def __init__(self, worker: Worker, claim: str, row: JobRow) -> None:
        self._worker = worker
        self._claim = claim
        self.id = row.id
        self.kind = row.kind
        self.payload: Mapping[str, Any] = row.payload
        #: 1 at the first try.
        self.tries = row.tries + 1
        self.created_by = row.created_by
        self.waiter = (Waiter(row.case_id, row.token, row.element or "")
                       if row.case_id is not None and row.token is not None else None)
        self._patience = Patience(row.most_tries, timedelta(seconds=row.first_rest))

    @property
    def last(self) -> bool:
        """Whether this try is the last one."""
        return self.tries >= self._patience.tries

    @property
    def overtried(self) -> bool:
        """Whether it was tried often enough before: its workers died each time."""
        return self.tries > self._patience.tries

    def rest(self, asked: timedelta | None = None) -> timedelta | None:
        """How long to rest after this try; None when it was the last."""
        return self._patience.rest_after(self.tries, asked)

    def keep(self, **values: Any) -> None:
        """Add to the payload, for later tries, at once, as `progress` does."""
        self.payload = {**self.payload, **values}
        self._worker.note(self, payload=self.payload)

    def progress(self, fraction: float, text: str = "") -> None:
        """Note how far it is (0 to 1), at once, in a transaction of its own.

        Call it between transactions, never within one. Raises JobLost or Interrupted, which a
        handler lets pass.
        """
        if self._worker.stopping:
            raise Interrupted
        self._worker.note(self, progress=min(1.0, max(0.0, fraction)), progress_text=text[:300])


#: Does the work of one kind of job; what it returns (JSON) is kept as the job's result. A
#: DomainError fails the job at once, its sentence is shown; any other exception is tried again.
Handler = Callable[[RunningJob], Any]
#: Hears that a job of one kind is given up, and why, before it is marked so. May be told twice.
GaveUp = Callable[[RunningJob, str], None]


class Worker(ABC):
    """Does jobs of the given kinds; several may share a database.

    `stale` is how long a worker may be silent before it counts as dead; what it did is then
    done by another.
    """

    def __init__(self, database: Database, kinds: Mapping[str, Handler], now: Now, *,
                 gave_up: Mapping[str, GaveUp] | None = None,
                 stale: timedelta = timedelta(minutes=1)) -> None:
        self._database = database
        self._kinds = dict(kinds)
        self._now = now
        self._gave_up = dict(gave_up or {})
        self._stale = stale
        self._stop = threading.Event()
        self._name = f"worker-{secrets.token_hex(4)}"

    @abstractmethod
    def run_one(self) -> bool:
        """Do one job that is due; False when none is."""

    @abstractmethod
    def run_until(self, stop: threading.Event, *, threads: int = 1,
                  poll: timedelta = timedelta(seconds=1)) -> None:
        """Do jobs as they become due, up to `threads` at a time, until `stop` is set; handlers
        are asked to stop too."""

    @property
    def stopping(self) -> bool:
        """Whether the worker was told to stop."""
        return self._stop.is_set()

    def note(self, job: RunningJob, **values: Any) -> None:
        """Write on a job that this worker holds, and let its heart beat. Raises JobLost."""
        with self._database.write() as session:
            held = store.change_claimed(session, job.id, job._claim,
                                        heartbeat=self._now(), **values)
        if not held:
            raise JobLost

    def perform(self, job: RunningJob) -> datetime | None:
        """Do a job that was claimed. Returns when it is to be tried again; None: it is over."""
        try:
            with self._kept_alive(job):
                result = json.loads(json.dumps(self._kinds[job.kind](job)))
        except JobLost:
            log.warning("job %s (%s) was taken over by another worker", job.id, job.kind)
            return None
        except Interrupted:
            return self._give_back(job)
        except NotNow as error:
            return self._give_back(job, error.after)
        except DomainError as error:
            return self._fail(job, str(error), rest=None)
        except TryAgain as error:
            return self._fail(job, str(error), rest=job.rest(error.after))
        except Exception as error:  # noqa: BLE001 - a handler's fault is the job's, not the worker's
            log.exception("job %s (%s) failed at try %d", job.id, job.kind, job.tries)
            return self._fail(job, f"{type(error).__name__}: {error}", rest=job.rest())
        return self._settle(job, state="done", result=result, progress=1.0, error=None,
                            ended_at=self._now())

    def _claimed(self, session: Session, row: JobRow,
                 claimable: ColumnElement[bool]) -> RunningJob | None:
        """Take a job as it was read; None when another was faster."""
        claim = f"{self._name}:{secrets.token_hex(4)}"
        job = RunningJob(self, claim, row)
        return job if store.claim(session, row, claim, self._now(), claimable) else None

    def _spared(self, job: RunningJob) -> bool:
        """Give up a job that has ended all its workers."""
        if job.overtried:
            self._fail(job, "The worker ended without a word at every try.", rest=None)
        return job.overtried

    def _kept_alive(self, _job: RunningJob) -> AbstractContextManager[None]:
        """Says of the job that it lives, while a handler runs, which may be silent for long."""
        return nullcontext()

    def _fail(self, job: RunningJob, error: str, *, rest: timedelta | None) -> datetime | None:
        """Queue it again after `rest`, or fail it for good where there is none."""
        error = error[:_LONGEST_ERROR]
        if rest is not None:
            return self._settle(job, state="queued", run_at=self._now() + rest, error=error)
        hear = self._gave_up.get(job.kind)
        if hear is not None:
            hear(job, error)
        return self._settle(job, state="failed", ended_at=self._now(), error=error)

    def _give_back(self, job: RunningJob, after: timedelta = timedelta()) -> datetime | None:
        """Queue it as it was: being interrupted, or too early, is no failure."""
        return self._settle(job, state="queued", tries=job.tries - 1, run_at=self._now() + after)

    def _settle(self, job: RunningJob, *, run_at: datetime | None = None,
                **values: Any) -> datetime | None:
        """Write what became of a job; returns when it is to be tried again, where it still is
        this worker's."""
        try:
            self.note(job, **values, **({} if run_at is None else {"run_at": run_at}))
        except JobLost:
            log.warning("job %s (%s) was taken over by another worker", job.id, job.kind)
            return None
        return run_at
