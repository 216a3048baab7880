"""What every store of jobs has to do: run on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from engine.infra.db import Database
from engine.infra.errors import Conflict, Invalid, NotFound
from engine.infra.now import SetNow
from engine.jobs.backoff import Patience
from engine.jobs.service import Job, Jobs
from engine.jobs.worker import Handler, JobLost, RunningJob, Worker
from engine.jobs.workers import worker_for
from tests.support.jobs import claimed_and_never_heard_of_again, wait_for_a_beat

ANNA = UUID(int=1)
QUICK = Patience(tries=3, first_rest=timedelta(seconds=10))
STALE = timedelta(minutes=1)


class Bench:
    """A database with jobs on it, and workers for them."""

    def __init__(self, database: Database, now: SetNow) -> None:
        self.database, self.now = database, now

    def defer(self, kind: str = "add", **payload: Any) -> UUID:
        with self.database.write() as session:
            return Jobs(session, self.now).defer(kind, payload, by=ANNA, patience=QUICK).id

    def job(self, job: UUID) -> Job:
        with self.database.read() as session:
            return Jobs(session, self.now).get(job)

    def worker(self, handler: Handler, kind: str = "add") -> Worker:
        return worker_for(self.database, {kind: handler}, self.now, stale=STALE)


@pytest.fixture
def bench(database: Database, now: SetNow) -> Bench:
    return Bench(database, now)


def _add(job: RunningJob) -> Any:
    return {"sum": job.payload["a"] + job.payload["b"]}


def test_a_deferred_job_is_run_once_and_keeps_its_result(bench: Bench) -> None:
    job = bench.defer(a=2, b=3)
    assert bench.job(job).state == "queued"
    worker = bench.worker(_add)
    assert worker.run_one()
    assert not worker.run_one()
    done = bench.job(job)
    assert (done.state, done.result, done.progress, done.tries) == ("done", {"sum": 5}, 1.0, 1)
    assert done.created_by == ANNA
    assert done.ended_at == bench.now()


def test_a_job_of_a_command_that_fails_never_was(bench: Bench) -> None:
    with pytest.raises(RuntimeError), bench.database.write() as session:
        Jobs(session, bench.now).defer("add", {}, by=ANNA)
        raise RuntimeError
    assert not bench.worker(_add).run_one()


def test_a_job_is_not_seen_before_its_command_is_committed(bench: Bench) -> None:
    with bench.database.write() as session:
        Jobs(session, bench.now).defer("add", {}, by=ANNA)
        assert not bench.worker(_add).run_one()


def test_jobs_run_in_the_order_in_which_they_were_deferred(bench: Bench) -> None:
    ran: list[int] = []
    for number in range(3):
        bench.defer(number=number)
        bench.now.advance(timedelta(milliseconds=5))
    worker = bench.worker(lambda job: ran.append(job.payload["number"]))
    while worker.run_one():
        pass
    assert ran == [0, 1, 2]


def test_a_worker_leaves_kinds_that_it_does_not_know(bench: Bench) -> None:
    bench.defer("paint")
    assert not bench.worker(_add).run_one()


def test_progress_is_seen_while_the_job_runs_and_stays_within_bounds(bench: Bench) -> None:
    seen: list[tuple[float, str]] = []

    def handler(job: RunningJob) -> None:
        for fraction in (0.25, 7, -1):
            job.progress(fraction, f"at {fraction}")
            now = bench.job(job.id)
            seen.append((now.progress, now.progress_text))

    bench.defer()
    bench.worker(handler).run_one()
    assert seen == [(0.25, "at 0.25"), (1.0, "at 7"), (0.0, "at -1")]


def test_a_handler_that_fails_is_tried_again_with_growing_rests_and_then_given_up(
        bench: Bench) -> None:
    def handler(job: RunningJob) -> None:
        raise OSError(f"no route at try {job.tries}")

    job, worker = bench.defer(), bench.worker(handler)
    assert worker.run_one()
    assert (bench.job(job).state, bench.job(job).error) == (
        "queued", "OSError: no route at try 1")
    assert not worker.run_one()
    bench.now.advance(timedelta(seconds=10))
    assert worker.run_one()
    bench.now.advance(timedelta(seconds=19))
    assert not worker.run_one()
    bench.now.advance(timedelta(seconds=1))
    assert worker.run_one()
    assert (bench.job(job).state, bench.job(job).tries) == ("failed", 3)
    assert bench.job(job).error == "OSError: no route at try 3"


def test_a_mistake_of_the_user_fails_at_once_with_its_sentence(bench: Bench) -> None:
    def handler(job: RunningJob) -> None:
        raise Invalid("This log has no timestamps.")

    job = bench.defer()
    bench.worker(handler).run_one()
    assert (bench.job(job).state, bench.job(job).error, bench.job(job).tries) == (
        "failed", "This log has no timestamps.", 1)


def test_a_failed_job_can_be_tried_anew_and_a_done_one_cannot(bench: Bench) -> None:
    job = bench.defer(a=1)
    bench.worker(_fail_for_good).run_one()
    with bench.database.write() as session:
        assert Jobs(session, bench.now).retry(job).state == "queued"
    bench.worker(lambda job: "fine").run_one()
    assert (bench.job(job).state, bench.job(job).result, bench.job(job).error) == (
        "done", "fine", None)
    with bench.database.write() as session:
        with pytest.raises(Conflict):
            Jobs(session, bench.now).retry(job)
        with pytest.raises(NotFound):
            Jobs(session, bench.now).retry(UUID(int=5))


def _fail_for_good(job: RunningJob) -> None:
    raise Invalid("No.")


def test_the_job_of_a_worker_that_died_is_done_by_another(bench: Bench) -> None:
    job = bench.defer(a=1, b=1)
    claimed_and_never_heard_of_again(bench.worker(_add))
    assert bench.job(job).state == "running"
    other = bench.worker(_add)
    assert not other.run_one()
    bench.now.advance(STALE + timedelta(seconds=1))
    assert other.run_one()
    assert (bench.job(job).state, bench.job(job).tries) == ("done", 2)


def test_a_job_that_kills_its_workers_is_given_up(bench: Bench) -> None:
    job = bench.defer()
    for _ in range(QUICK.tries):
        claimed_and_never_heard_of_again(bench.worker(_add))
        bench.now.advance(STALE + timedelta(seconds=1))
    assert not bench.worker(_add).run_one()
    assert bench.job(job).state == "failed"
    assert "without a word" in (bench.job(job).error or "")


def test_a_worker_that_was_only_slow_cannot_write_over_its_successor(bench: Bench) -> None:
    lost: list[bool] = []

    def slow(job: RunningJob) -> str:
        bench.now.advance(STALE + timedelta(seconds=1))
        assert bench.worker(lambda job: "by the other").run_one()
        try:
            job.progress(0.5)
        except JobLost:
            lost.append(True)
        return "by the slow one"

    job = bench.defer()
    bench.worker(slow).run_one()
    assert (bench.job(job).state, bench.job(job).result, lost) == (
        "done", "by the other", [True])


def test_a_silent_handler_is_kept_alive_by_its_heart(bench: Bench) -> None:
    brief = timedelta(seconds=0.5)

    def silent(job: RunningJob) -> str:
        # Half of the time passes before a beat, half after it: together more than stale.
        bench.now.advance(timedelta(milliseconds=400))
        wait_for_a_beat(bench.database, bench.now())
        bench.now.advance(timedelta(milliseconds=400))
        assert not worker_for(bench.database, {"add": _add}, bench.now, stale=brief).run_one()
        return "done in silence"

    job = bench.defer()
    worker_for(bench.database, {"add": silent}, bench.now, stale=brief).run_one()
    assert bench.job(job).result == "done in silence"


def test_two_workers_never_run_the_same_job(bench: Bench) -> None:
    ran: list[int] = []
    for number in range(20):
        bench.defer(number=number)

    def drain(worker: Worker) -> None:
        while worker.run_one():
            pass

    threads = [threading.Thread(target=drain, args=(
        bench.worker(lambda job: ran.append(job.payload["number"])),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    # A worker that lost the race for one job may have stopped early; the rest is done by one.
    drain(bench.worker(lambda job: ran.append(job.payload["number"])))
    assert sorted(ran) == list(range(20))


def test_a_worker_that_is_stopped_gives_its_job_back_untried(bench: Bench) -> None:
    stop = threading.Event()

    def long(job: RunningJob) -> None:
        for step in range(1000):
            if step == 3:
                stop.set()
            job.progress(step / 1000)

    job = bench.defer()
    bench.worker(long).run_until(stop)
    assert (bench.job(job).state, bench.job(job).tries) == ("queued", 0)
    assert bench.worker(lambda job: "later").run_one()
    assert bench.job(job).result == "later"


def test_run_until_takes_what_comes_while_it_waits(bench: Bench) -> None:
    stop, done = threading.Event(), threading.Event()

    def handler(job: RunningJob) -> None:
        done.set()

    thread = _started(lambda: bench.worker(handler).run_until(
        stop, poll=timedelta(milliseconds=5)))
    bench.defer()
    assert done.wait(10)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def _started(run: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_jobs_are_listed_newest_first_and_old_ones_that_are_done_go(bench: Bench) -> None:
    old = bench.defer(a=1, b=1)
    bench.worker(_add).run_one()
    bench.now.advance(timedelta(seconds=1))
    failed = bench.defer()
    bench.worker(_fail_for_good).run_one()
    bench.now.advance(timedelta(days=31))
    new = bench.defer(a=1, b=1)
    with bench.database.write() as session:
        jobs = Jobs(session, bench.now)
        assert [job.id for job in jobs.all()] == [new, failed, old]
        assert [job.id for job in jobs.all(state="failed", kind="add")] == [failed]
        assert jobs.purge() == 1
        assert [job.id for job in jobs.all()] == [new, failed]
