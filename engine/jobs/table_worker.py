"""The worker on SQLite: it looks at the table of jobs, and its heart beats there."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from engine.jobs import store
from engine.jobs.worker import JobLost, RunningJob, Worker

log = logging.getLogger("baton.jobs")


class TableWorker(Worker):
    """Claims jobs one after another, the one that has waited longest first."""

    def run_one(self) -> bool:
        """Do one job that is due; False when none is."""
        job = self._next()
        if job is None:
            return False
        self.perform(job)
        return True

    def run_until(self, stop: threading.Event, *, threads: int = 1,
                  poll: timedelta = timedelta(seconds=1)) -> None:
        """Do jobs as they become due, up to `threads` at a time, until `stop` is set."""
        self._stop = stop
        running = [threading.Thread(target=self._run, args=(poll,), name=f"job-{number}")
                   for number in range(threads)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()

    def _run(self, poll: timedelta) -> None:
        while not self.stopping:
            try:
                ran = self.run_one()
            except Exception:
                # The disk may be full; what was held is claimed again when its heart stands still.
                log.exception("a job could not be settled; it is taken up again later")
                ran = False
            if not ran:
                self._stop.wait(poll.total_seconds())

    def _next(self) -> RunningJob | None:
        kinds = tuple(self._kinds)
        with self._database.read() as session:  # looking costs no writer's turn
            now = self._now()
            if store.next_due(session, now, now - self._stale, kinds) is None:
                return None
        with self._database.write() as session:
            now = self._now()
            row = store.next_due(session, now, now - self._stale, kinds)
            job = None if row is None else self._claimed(
                session, row, store.due(now, now - self._stale))
        return self._next() if job is not None and self._spared(job) else job

    @contextmanager
    def _kept_alive(self, job: RunningJob) -> Iterator[None]:
        """Beat every fifth of the time after which it would count as dead."""
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
