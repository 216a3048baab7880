"""A worker is killed (-9) in the middle of moving many cases: each is moved once or not at all, and
the next worker goes on where it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from engine.infra.now import SystemNow
from engine.journal import facts
from engine.people.access import SYSTEM
from engine.runtime.bulk.deed import Run
from engine.runtime.migration.deed import MIGRATION
from tests.faults.processes import PATIENCE, ROOT
from tests.support.bpmn import Drawing
from tests.support.versions import Versions

CASES, KILLS, BETWEEN = 40, 1, 8


def row(*steps: str) -> Drawing:
    drawing = Drawing("Orders").start()
    for step in steps:
        drawing.user(step)
    return drawing.end().path("Begin", *steps, "Finish")


@pytest.fixture
def orders(database):
    made = Versions(database, SystemNow())
    yield made
    made.baton.close()


def progress(orders: Versions, run: Run) -> Run:
    with orders.baton.query() as services:
        return services.runs.get(run.id, SYSTEM)


def work_and_be_killed(orders: Versions, run: Run, home: Path) -> None:
    """Start a worker, and kill it once it has done some."""
    address = orders.baton.database.url.render_as_string(hide_password=False)
    before = progress(orders, run).dealt_with
    worker = subprocess.Popen(
        [sys.executable, "-m", "web", "work"], cwd=ROOT, stdout=subprocess.DEVNULL,
        env={**os.environ, "BATON_HOME": str(home), "BATON_DATABASE": address})
    waited_until = time.monotonic() + PATIENCE
    try:
        while progress(orders, run).dealt_with < before + BETWEEN:
            assert worker.poll() is None, "the worker has ended by itself"
            assert time.monotonic() < waited_until, "the worker does nothing"
            time.sleep(0.01)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()


def test_killed_in_the_middle_every_case_is_moved_once_and_the_run_goes_on(orders, tmp_path):
    orders.publish(row("Check", "Ship"))
    orders.publish(row("Check", "Pack", "Ship"))
    cases = [orders.start() for _ in range(CASES)]
    with orders.baton.command() as services:
        run = services.runs.begin(MIGRATION, cases, by=SYSTEM, what={
            "before": orders.published[0].id, "after": orders.published[1].id})
    for _ in range(KILLS):
        work_and_be_killed(orders, run, tmp_path)
    left = progress(orders, run)
    assert left.counts.get("waiting"), "the worker was faster than its killer"
    with orders.baton.query() as services:
        done = {one.case for one in services.runs.results(run.id, state="done", limit=CASES)}
    assert {case for case in cases if orders.case(case).version_number == 2} == done
    while orders.baton.work_once():
        pass
    assert progress(orders, run).counts == {"done": CASES}
    for case in cases:
        moved = Counter(type(fact) for fact in orders.history(case))[facts.CaseMigrated]
        assert (moved, orders.waiting(case), len(orders.items(case))) == (1, ["Check"], 1)
