"""The worker: claims jobs one after another and runs them outside any transaction.

A handler may run twice, when its worker died or was slow: it has to be written so that
doing the work again does no harm.
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

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


class Worker:
    """Runs jobs of the given kinds, one at a time; several may share a database.

    `stale` is how long a heart may stand still before its worker counts as dead; it beats
    every fifth of that, in a thread of its own, while a handler runs.
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
        except NotNow as error:
            self._give_back(job, error.after)
        except DomainError as error:
            self._fail(job, str(error), rest=None)
        except TryAgain as error:
            self._fail(job, str(error), rest=job.rest(error.after))
        except Exception as error:  # noqa: BLE001 - a handler's fault is the job's, not the worker's
            log.exception("job %s (%s) failed at try %d", job.id, job.kind, job.tries)
            self._fail(job, f"{type(error).__name__}: {error}",
                       rest=job.rest())
        return True

    def run_until(self, stop: threading.Event, *, poll: timedelta = timedelta(seconds=1)) -> None:
        """Run jobs as they become due until `stop` is set; a handler is asked to stop too."""
        self._stop = stop
        while not stop.is_set():
            try:
                ran = self.run_one()
            except Exception:
                # The database may be restarting; what it held is claimed again when stale.
                log.exception("a job could not be settled; it is taken up again later")
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
            job = RunningJob(self, claim, row)
            died = row.state == "running"
            if not store.claim(session, row, claim, now, now - self._stale):
                return None
        if died and job.overtried:
            self._fail(job, "The worker ended without a word at every try.", rest=None)
            return self._claim()
        return job

    def _fail(self, job: RunningJob, error: str, *, rest: timedelta | None) -> None:
        """Queue it again after `rest`, or fail it for good where there is none."""
        now = self._now()
        values: dict[str, Any] = {"error": error[:_LONGEST_ERROR]}
        if rest is None:
            hear = self._gave_up.get(job.kind)
            if hear is not None:
                hear(job, error)
            values.update(state="failed", ended_at=now)
        else:
            values.update(state="queued", run_at=now + rest)
        try:
            self.note(job, **values)
        except JobLost:
            log.warning("job %s (%s) was taken over by another worker", job.id, job.kind)

    def _give_back(self, job: RunningJob, after: timedelta = timedelta()) -> None:
        """Queue it as it was: being interrupted, or too early, is no failure."""
        try:
            self.note(job, state="queued", tries=job.tries - 1, run_at=self._now() + after)
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


def run_together(workers: Sequence[Worker], stop: threading.Event) -> None:
    """Run jobs with several workers, each in a thread of its own, until `stop` is set."""
    threads = [threading.Thread(target=worker.run_until, args=(stop,), name=f"job-{number}")
               for number, worker in enumerate(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
