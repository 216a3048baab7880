"""A large event log is read by a background job, and what becomes of it is shown."""

from __future__ import annotations

import io
import threading
import time

from engine.wiring import Baton
from tests.support.web import Visitor
from web.app import create_app


def csv(rows: int, head: str = "case,activity,timestamp") -> bytes:
    lines = [f"C{n // 4},Step {n % 4},2026-01-{1 + n % 28:02d}T{n % 24:02d}:00:00Z"
             for n in range(rows)]
    return "\n".join([head, *lines]).encode()


def work(baton: Baton, visitor: Visitor, until: str) -> None:
    """Let a job worker run until the insight page says `until`."""
    stop = threading.Event()
    worker = threading.Thread(target=baton.work_jobs, args=(stop,))
    worker.start()
    try:
        for _ in range(300):
            if until in visitor.get("/insight").get_data(as_text=True):
                return
            time.sleep(0.1)
        raise AssertionError(visitor.text[-2000:])
    finally:
        stop.set()
        worker.join()


def test_a_large_log_appears_when_its_job_is_done(baton: Baton) -> None:
    visitor = Visitor(create_app(baton, testing=True), "max")
    visitor.get("/insight")
    page = visitor.post("/insight/logs", file=(io.BytesIO(csv(40_000)), "big.csv"))
    assert "big.csv is being read" in page.get_data(as_text=True)
    work(baton, visitor, "/insight/logs/")
    assert "10,000" in visitor.text


def test_a_large_log_that_can_not_be_read_says_why(baton: Baton) -> None:
    visitor = Visitor(create_app(baton, testing=True), "max")
    visitor.get("/insight")
    visitor.post("/insight/logs", file=(io.BytesIO(csv(40_000, "a,b,c")), "odd.csv"))
    work(baton, visitor, "could not be read")
    assert "odd.csv" in visitor.text
