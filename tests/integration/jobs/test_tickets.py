"""On PostgreSQL tickets of Procrastinate bring workers to jobs; the job's row is the truth."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from engine.infra.db import Database
from engine.infra.now import SetNow, SystemNow
from engine.jobs.backoff import Patience
from engine.jobs.service import Jobs
from engine.jobs.worker import Handler, RunningJob, TryAgain, Worker
from engine.jobs.workers import worker_for
from tests.support.jobs import claimed_and_never_heard_of_again

pytestmark = pytest.mark.postgres
REST = timedelta(minutes=5)


class Queue:
    """Jobs and what Procrastinate knows of them."""

    def __init__(self, database: Database, now: Any) -> None:
        self.database, self.now = database, now
        self.ran: list[UUID] = []

    def defer(self) -> UUID:
        with self.database.write() as session:
            return Jobs(session, self.now).defer("add", {}, by=None,
                                                 patience=Patience(3, REST)).id

    def do(self, act: Callable[[Jobs], Any]) -> Any:
        with self.database.write() as session:
            return act(Jobs(session, self.now))

    def tickets(self) -> list[tuple[str, str, datetime | None]]:
        """Kind, status and when its turn is, of each."""
        with self.database.read() as session:
            return [tuple(row) for row in session.execute(text(
                "SELECT queue_name, status::text, scheduled_at FROM procrastinate_jobs "
                "ORDER BY id"))]

    def execute(self, statement: str) -> None:
        with self.database.write() as session:
            session.execute(text(statement))

    def note(self, job: RunningJob) -> None:
        self.ran.append(job.id)

    def worker(self, handler: Handler | None = None) -> Worker:
        return worker_for(self.database, {"add": handler or self.note}, self.now)


@pytest.fixture
def queue(postgres_database: Database, now: SetNow) -> Queue:
    return Queue(postgres_database, now)


def _stumble(job: RunningJob) -> None:
    raise TryAgain("busy")


def test_a_ticket_rests_as_long_as_its_job_and_is_gone_when_that_is_over(queue: Queue) -> None:
    job = queue.defer()
    assert queue.tickets() == [("add", "todo", queue.now())]
    queue.worker(_stumble).run_one()
    assert queue.tickets() == [("add", "todo", queue.now() + REST)]
    assert queue.do(lambda jobs: jobs.get(job)).run_at == queue.now() + REST
    queue.now.advance(REST)
    assert queue.worker().run_one()
    assert queue.tickets() == []


def test_a_job_that_is_cancelled_has_no_ticket(queue: Queue) -> None:
    job = queue.defer()
    queue.do(lambda jobs: jobs.cancel(job))
    assert queue.tickets() == []


def test_a_job_that_is_tried_at_once_keeps_no_second_ticket_for_later(queue: Queue) -> None:
    job = queue.defer()
    queue.worker(_stumble).run_one()
    queue.do(lambda jobs: jobs.retry(job))
    assert queue.tickets() == [("add", "todo", queue.now())]


def test_only_the_ticket_that_its_row_names_brings_a_worker_to_a_job(queue: Queue) -> None:
    job = queue.defer()
    queue.worker(_stumble).run_one()
    queue.execute("SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('add', task_name, 9, NULL, NULL, "
                  "args, NULL)::procrastinate_job_to_defer_v1]) FROM procrastinate_jobs")
    assert not queue.worker().run_one()
    assert queue.tickets() == [("add", "todo", queue.now() + REST)]
    queue.now.advance(REST)
    assert queue.worker().run_one()
    assert queue.ran == [job]


@pytest.mark.parametrize("harm", ["DELETE FROM procrastinate_jobs",
                                  "UPDATE procrastinate_jobs SET status = 'failed'",
                                  "UPDATE procrastinate_jobs SET status = 'doing'"])
def test_a_job_whose_ticket_is_lost_gets_another(queue: Queue, harm: str) -> None:
    job = queue.defer()
    queue.execute(harm)
    assert queue.worker().run_one()
    assert queue.ran == [job]
    assert queue.tickets() == []


def test_a_lost_ticket_does_not_shorten_a_rest(queue: Queue) -> None:
    queue.defer()
    queue.worker(_stumble).run_one()
    queue.execute("DELETE FROM procrastinate_jobs")
    assert not queue.worker().run_one()
    queue.now.advance(REST)
    assert queue.worker().run_one()


def test_a_job_that_is_cancelled_and_tried_anew_is_not_ended_by_the_worker_that_had_it(
        queue: Queue) -> None:
    def slow(job: RunningJob) -> str:
        queue.do(lambda jobs: jobs.cancel(job.id))
        queue.do(lambda jobs: jobs.retry(job.id))
        return "too late"

    job = queue.defer()
    queue.worker(slow).run_one()
    assert queue.do(lambda jobs: jobs.get(job)).state == "queued"
    assert queue.worker().run_one()
    assert queue.do(lambda jobs: jobs.get(job)).result is None


def test_a_worker_that_was_dead_for_a_while_leaves_nothing_to_those_who_follow(
        queue: Queue) -> None:
    queue.defer()
    claimed_and_never_heard_of_again(queue.worker())
    queue.now.advance(timedelta(minutes=2))
    assert queue.worker().run_one()
    assert queue.tickets() == []
    assert len(queue.ran) == 1


@contextmanager
def _working(queue: Queue, done: threading.Event, **how: Any) -> Iterator[None]:
    stop = threading.Event()
    worker = worker_for(queue.database, {"add": lambda job: done.set()}, SystemNow(),
                        stale=timedelta(seconds=2))
    thread = threading.Thread(target=worker.run_until, args=(stop,), kwargs=how)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(60)
        assert not thread.is_alive()


def _workers(queue: Queue) -> int:
    with queue.database.read() as session:
        return session.execute(text("SELECT count(*) FROM procrastinate_workers WHERE "
                                    "last_heartbeat > now() - interval '5 s'")).scalar_one()


def _eventually(true: Callable[[], bool]) -> None:
    for _ in range(1200):
        if true():
            return
        threading.Event().wait(0.05)
    raise AssertionError("it did not come to be")


@pytest.fixture
def lively(postgres_database: Database) -> Queue:
    """Jobs at the time of this machine."""
    return Queue(postgres_database, SystemNow())


def test_a_worker_hears_of_a_job_at_once(lively: Queue) -> None:
    done = threading.Event()
    with _working(lively, done, poll=timedelta(hours=1)):
        _eventually(lambda: _workers(lively) == 1)
        _eventually(lambda: _listens(lively))
        lively.defer()
        assert done.wait(60)


def _listens(queue: Queue) -> bool:
    with queue.database.read() as session:
        return session.execute(text("SELECT count(*) FROM pg_stat_activity WHERE datname = "
                                    "current_database() AND query LIKE 'LISTEN %'")
                               ).scalar_one() > 0


def test_a_worker_whose_connections_are_cut_is_followed_by_another(lively: Queue) -> None:
    done = threading.Event()
    with _working(lively, done, poll=timedelta(milliseconds=200), threads=2):
        for _ in range(2):
            _eventually(lambda: _listens(lively))
            with lively.database.engine.connect() as connection:
                connection.execute(text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                    "current_database() AND pid <> pg_backend_pid()"))
            done.clear()
            lively.defer()
            assert done.wait(60)
        _eventually(lambda: _listens(lively) and _workers(lively) >= 1)
