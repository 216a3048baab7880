"""The floor: a bare in-memory SpiffWorkflow step plus a bare commit of a row; and what the
statements of a completion cost when the bare driver sends them, with nothing of Baton around."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import event

from tests.bench.office import Office, databases, ten_steps
from tests.support.bpmn import Drawing

CASES = 300
#: A statement, its values, and whether there are several sets of them.
_Sent = tuple[str, Any, bool]


def ceiling() -> Iterator[tuple[str, str]]:
    """Completions by Baton, and the same statements with the same values by the bare driver, in
    turns, one client; each is committed and waits for the disk."""
    for name, office in databases():
        version = office.publish(ten_steps())
        for _ in range(CASES):
            office.start(version)
        items = office.open_items()
        for item in items[:20]:
            office.complete(item, office.actor)
        ways = _drivers(office)
        seconds: dict[str, list[tuple[float, float]]] = {}
        for number, item in enumerate(items[20:]):
            way = ["Baton", *ways][number % (len(ways) + 1)]
            taken = (_taken(partial(office.complete, item, office.actor)) if way == "Baton"
                     else _taken(partial(ways[way], _statements(office, item))))
            seconds.setdefault(way, []).append(taken)
        for way, all_taken in seconds.items():
            wall, cpu = (sorted(each)[len(all_taken) // 2] for each in zip(*all_taken, strict=True))
            yield (f"a completion, {name}, {way}: {1 / wall:.0f} / s",
                   f"{1000 * wall:7.2f} ms, of them {1000 * cpu:.2f} computing")


class _NotForGood(Exception):
    """What was done is to be rolled back."""


def _statements(office: Office, item: UUID) -> list[_Sent]:
    """What a completion of `item` sends to the database, which forgets it again."""
    sent: list[_Sent] = []

    def note(_connection: Any, _cursor: Any, text: str, values: Any, _context: Any,
             many: bool) -> None:
        sent.append((text, values, many))

    event.listen(office.baton.database.engine, "before_cursor_execute", note)
    try:
        with office.baton.command() as services:
            services.work.complete(item, by=office.actor, data={})
            services.journal.deliver()
            services.session.write_all()
            raise _NotForGood
    except _NotForGood:
        return sent
    finally:
        event.remove(office.baton.database.engine, "before_cursor_execute", note)


def _drivers(office: Office) -> dict[str, Callable[[list[_Sent]], None]]:
    """Ways to send statements and commit them."""
    if office.baton.database.is_sqlite:
        return {"the bare driver": _by_sqlite(str(office.baton.database.url.database))}
    address = office.settings.database
    return {"the bare driver": _by_psycopg(address, in_one_go=False),
            "the bare driver, writes in one go": _by_psycopg(address, in_one_go=True)}


def _by_sqlite(path: str) -> Callable[[list[_Sent]], None]:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")

    def send(sent: list[_Sent]) -> None:
        for text, values, many in sent:
            (connection.executemany if many else connection.execute)(text, values).fetchall()
        connection.execute("COMMIT")
    return send


def _by_psycopg(address: str, in_one_go: bool) -> Callable[[list[_Sent]], None]:
    connection = psycopg.connect(address, autocommit=True)

    def execute(text: str, values: Any, many: bool) -> Any:
        cursor = connection.cursor()
        (cursor.executemany if many else cursor.execute)(text, values)
        return cursor

    def send(sent: list[_Sent]) -> None:
        writes = [each for each in sent if not each[0].startswith(("BEGIN", "SELECT"))]
        for each in sent:
            if each[0].startswith("SELECT"):
                execute(*each).fetchall()
            elif not in_one_go or each not in writes:
                execute(*each)
        if in_one_go:
            with connection.pipeline():
                for each in writes:
                    execute(*each)
                connection.execute("COMMIT")
        else:
            connection.execute("COMMIT")
    return send


def _taken(act: Callable[[], None]) -> tuple[float, float]:
    """Seconds on the wall, and of this process's processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - wall, time.process_time() - cpu


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
