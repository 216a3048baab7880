"""The floor: a bare in-memory SpiffWorkflow step plus a bare commit of a row."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from tests.support.bpmn import Drawing


def bare_step_and_commit(drawing: Drawing, folder: Path, rounds: int = 20) -> float:
    """Seconds a step, without Baton: run the next user task, insert and commit one row."""
    parser = BpmnParser()
    parser.add_bpmn_str(drawing.xml())
    spec = parser.get_spec(drawing.process)
    database = sqlite3.connect(folder / "bare.db", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE steps (id INTEGER PRIMARY KEY, text TEXT)")
    steps, started = 0, time.perf_counter()
    for _ in range(rounds):
        workflow = BpmnWorkflow(spec)
        workflow.do_engine_steps()
        while not workflow.completed:
            [task] = workflow.get_tasks(state=TaskState.READY, manual=True)
            task.run()
            workflow.do_engine_steps()
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO steps (text) VALUES ('x')")
            database.execute("COMMIT")
            steps += 1
    taken = time.perf_counter() - started
    database.close()
    return taken / steps
