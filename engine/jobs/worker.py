"""The worker: claims jobs one after another and runs them outside any transaction.

A handler may run twice, when its worker died or was slow: it has to be written so that
doing the work again does no harm.
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from engine.infra.db import Database
from engine.infra.errors import DomainError
from engine.infra.now import Now
from engine.jobs import store
from engine.jobs.backoff import Patience

log = logging.getLogger("baton.jobs")

_LONGEST_ERROR = 4000


class JobLost(Exception):
    """The job was taken over by another worker: stop, whatever is done now counts for nothing."""


class Interrupted(Exception):
    """The worker is told to stop: the job goes back to the queue."""


class RunningJob:
    """What a handler knows of its job, and how it reports on it."""

    def __init__(self, worker: Worker, claim: str, job: UUID, kind: str,
                 payload: Mapping[str, Any], tries: int, created_by: UUID | None) -> None:
        self._worker = worker
        self._claim = claim
        self.id = job
        self.kind = kind
        self.payload = payload
        #: 1 at the first try.
        self.tries = tries
        self.created_by = created_by

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


class Worker:
    """Runs jobs of the given kinds, one at a time; several may share a database.

    `stale` is how long a heart may stand still before its worker counts as dead; it beats
    every fifth of that, in a thread of its own, while a handler runs.
    """

    def __init__(self, database: Database, kinds: Mapping[str, Handler], now: Now, *,
                 patience: Patience | None = None,
                 stale: timedelta = timedelta(minutes=1)) -> None:
        self._database = database
        self._kinds = dict(kinds)
        self._now = now
        self._patience = patience or Patience()
        self._stale = stale
        self._stop = threading.Event()
        self._name = f"worker-{secrets.token_hex(4)}"

    @property
    def stopping(self) -> bool:
        """Whether the worker was told to stop."""
        return self._stop.is_set()

    def run_one(self) -> bool:
        """Claim and run one job; False when none is due."""
        job = self._claim()
        if job is None:
            return False
        try:
            with self._heartbeat(job):
                result = json.loads(json.dumps(self._kinds[job.kind](job)))
            self.note(job, state="done", result=result, progress=1.0, error=None,
                      ended_at=self._now())
        except JobLost:
            log.warning("job %s (%s) was taken over by another worker", job.id, job.kind)
        except Interrupted:
            self._give_back(job)
        except DomainError as error:
            self._fail(job, str(error), rest=None)
        except Exception as error:  # noqa: BLE001 - a handler's fault is the job's, not the worker's
            log.exception("job %s (%s) failed at try %d", job.id, job.kind, job.tries)
            self._fail(job, f"{type(error).__name__}: {error}",
                       rest=self._patience.rest_after(job.tries))
        return True

    def run_until(self, stop: threading.Event, *, poll: timedelta = timedelta(seconds=1)) -> None:
        """Run jobs as they become due until `stop` is set; a handler is asked to stop too."""
        self._stop = stop
        while not stop.is_set():
            try:
                ran = self.run_one()
            except SQLAlchemyError:
                # The database may be restarting; what it held is claimed again when stale.
                log.exception("the database did not answer; trying again")
                ran = False
            if not ran:
                stop.wait(poll.total_seconds())

    def note(self, job: RunningJob, **values: Any) -> None:
        """Write on a job that this worker holds, and let its heart beat. Raises JobLost."""
        with self._database.write() as session:
            held = store.change_claimed(session, job.id, job._claim,
                                        heartbeat=self._now(), **values)
        if not held:
            raise JobLost

    def _claim(self) -> RunningJob | None:
        kinds = tuple(self._kinds)
        with self._database.read() as session:  # looking costs no writer's turn
            if store.next_due(session, self._now(), self._now() - self._stale, kinds) is None:
                return None
        now = self._now()
        with self._database.write() as session:
            row = store.next_due(session, now, now - self._stale, kinds)
            if row is None:
                return None
            claim = f"{self._name}:{secrets.token_hex(4)}"
            job = RunningJob(self, claim, row.id, row.kind, row.payload, row.tries + 1,
                             row.created_by)
            died = row.state == "running"
            if not store.claim(session, row, claim, now, now - self._stale):
                return None
        if died and job.tries > self._patience.tries:
            self._fail(job, "The worker ended without a word at every try.", rest=None)
            return self._claim()
        return job

    def _fail(self, job: RunningJob, error: str, *, rest: timedelta | None) -> None:
        """Queue it again after `rest`, or fail it for good where there is none."""
        now = self._now()
        values: dict[str, Any] = {"error": error[:_LONGEST_ERROR]}
        if rest is None:
            values.update(state="failed", ended_at=now)
        else:
            values.update(state="queued", run_at=now + rest)
        try:
            self.note(job, **values)
        except JobLost:
            log.warning("job %s (%s) was taken over by another worker", job.id, job.kind)

    def _give_back(self, job: RunningJob) -> None:
        """Queue it as it was: being interrupted is no failure."""
        try:
            self.note(job, state="queued", tries=job.tries - 1, run_at=self._now())
        except JobLost:
            log.warning("job %s (%s) was taken over by another worker", job.id, job.kind)

    @contextmanager
    def _heartbeat(self, job: RunningJob) -> Iterator[None]:
        """Beat while the block runs: a handler may be silent for long."""
        done = threading.Event()

        def beat() -> None:
            while not done.wait(self._stale.total_seconds() / 5):
                try:
                    self.note(job)
                except (JobLost, SQLAlchemyError):
                    log.warning("no heartbeat for job %s", job.id)

        thread = threading.Thread(target=beat, name=f"{self._name}-heart", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
