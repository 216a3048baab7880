"""The worker on PostgreSQL: Procrastinate brings it the tickets of jobs whose turn it is.

Procrastinate listens, hands each ticket to one worker, lets it rest between tries and keeps the
workers' hearts. What is to be done, and what became of it, stands in the row of the job.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NoReturn, TypeVar
from uuid import UUID

from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.jobs import Job as Ticket

from engine.infra.db import Database
from engine.jobs import store, tickets
from engine.jobs.tables import JobRow
from engine.jobs.worker import RunningJob, Worker

log = logging.getLogger("baton.jobs")
_T = TypeVar("_T")

#: How often tickets that are lost are looked for: at every 20th second.
_RENEWING = "* * * * * */20"
_RENEW = "baton.renew"


class _Again(Exception):
    """The job is to be tried again at that moment."""

    def __init__(self, at: datetime) -> None:
        super().__init__(f"again at {at}")
        self.at = at


class _AsItsRowSays(BaseRetryStrategy):
    """Rests until the moment that stands in the job's row."""

    def get_retry_decision(self, *, exception: BaseException, job: Ticket) -> RetryDecision | None:
        """When the ticket's turn comes again; None: never."""
        return RetryDecision(retry_at=exception.at) if isinstance(exception, _Again) else None


class TicketWorker(Worker):
    """Does the jobs whose tickets Procrastinate brings."""

    def run_one(self) -> bool:
        """Do one job that is due; False when none is."""
        self.renew()
        shift = _Shift(self, once=True)
        _work(shift, threading.Event())
        return shift.done > 0

    def run_until(self, stop: threading.Event, *, threads: int = 1,
                  poll: timedelta = timedelta(seconds=1)) -> None:
        """Do jobs as they become due, up to `threads` at a time, until `stop` is set.

        Procrastinate's worker ends with the database's connections; then another begins.
        """
        self._stop = stop
        while not stop.is_set():
            try:
                self.renew()
                _work(_Shift(self, threads=threads, poll=poll), stop)
            except Exception:
                log.exception("the worker of jobs ended; another begins")
            stop.wait(poll.total_seconds())

    def renew(self) -> None:
        """Bring back jobs whose worker died."""
        with self._database.write() as session:
            renewed = tickets.renew(session, self._stale)
        if renewed:
            log.warning("%d jobs of workers that ended without a word go on", renewed)

    def take(self, job: UUID, ticket: int) -> RunningJob | None:
        """Claim the job that a ticket stands for; None where it isn't its turn any more."""
        with self._database.write() as session:
            row = session.get(JobRow, job)
            taken = None if row is None else self._claimed(session, row, store.called(ticket))
        return None if taken is not None and self._spared(taken) else taken

    @property
    def database(self) -> Database:
        """Where the jobs are."""
        return self._database

    @property
    def kinds(self) -> list[str]:
        """The kinds of jobs that it does."""
        return list(self._kinds)

    @property
    def stale(self) -> timedelta:
        """How long it may be silent."""
        return self._stale


def _work(shift: _Shift, stop: threading.Event) -> None:
    """A shift in a thread of its own: whoever calls may have an event loop already."""
    with ThreadPoolExecutor(1) as apart:
        apart.submit(asyncio.run, shift.work(stop)).result()


class _Shift:
    """One run of Procrastinate's worker, with connections of its own."""

    def __init__(self, worker: TicketWorker, *, threads: int = 1, once: bool = False,
                 poll: timedelta = timedelta(seconds=1)) -> None:
        self._worker = worker
        self._threads = threads
        self._once = once
        self._poll = poll
        self._running: asyncio.Task[None] | None = None
        #: How many jobs were its to do.
        self.done = 0
        self._app = App(connector=PsycopgConnector(
            conninfo="", kwargs=_connecting(worker.database), min_size=1, max_size=threads + 2))
        self._app.task(name=tickets.TASK, pass_context=True, retry=_AsItsRowSays())(self._do)
        if not once:
            # Were nothing periodic, Procrastinate 3.10 wouldn't notice that its heart or its
            # listener has ended (its issue 1597).
            renew = self._app.task(name=_RENEW, queue=_RENEW, queueing_lock=_RENEW)(self._renew)
            self._app.periodic(cron=_RENEWING)(renew)

    async def work(self, stop: threading.Event) -> None:
        """Do jobs until `stop` is set, a connection is lost, or one is done where one is asked."""
        stale = self._worker.stale.total_seconds()
        async with self._app.open_async():
            self._running = asyncio.create_task(self._app.run_worker_async(
                queues=[*self._worker.kinds, _RENEW], concurrency=self._threads,
                wait=not self._once, listen_notify=not self._once,
                fetch_job_polling_interval=self._poll.total_seconds(),
                delete_jobs="always", install_signal_handlers=False,
                update_heartbeat_interval=stale / 5, stalled_worker_timeout=stale))
            while not self._running.done():
                await asyncio.wait({self._running}, timeout=0.2)
                if stop.is_set():
                    self._running.cancel()  # it waits for what it is doing
            with suppress(asyncio.CancelledError):
                self._running.result()

    async def _do(self, context: JobContext, job: str) -> None:
        again = await _in_thread(lambda: self._perform(UUID(job), context.job.id or 0))
        if self._once and self.done and self._running is not None:
            self._running.cancel()  # nothing more is begun
        if again is not None:
            raise _Again(again)

    def _perform(self, job: UUID, ticket: int) -> datetime | None:
        taken = self._worker.take(job, ticket)
        if taken is None:
            return None
        self.done += 1
        return self._worker.perform(taken)

    async def _renew(self, timestamp: int) -> None:
        await _in_thread(self._worker.renew)


def _connecting(database: Database) -> dict[str, Any]:
    """What psycopg needs to reach the database, from SQLAlchemy's URL."""
    _, keywords = database.engine.dialect.create_connect_args(database.url)
    return {name: value for name, value in keywords.items() if name != "context"}


async def _in_thread(act: Callable[[], _T]) -> _T:
    """What `act` returns or raises. Its thread doesn't keep the process from ending: a call that
    hangs is taken up by another worker."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    outcome: list[Callable[[], _T]] = []

    def run() -> None:
        try:
            result = act()
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            outcome.append(partial(_raise, error))
        else:
            outcome.append(lambda: result)
        with suppress(RuntimeError):  # the loop has ended: nobody waits
            loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=run, name="job", daemon=True).start()
    await ended.wait()
    return outcome[0]()


def _raise(error: BaseException) -> NoReturn:
    raise error
