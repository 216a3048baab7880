"""Where the time of one completion goes: over HTTP, one after the other."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import marshmallow
import webargs.core
from sqlalchemy.engine import Connection
from sqlalchemy.engine.default import DefaultDialect

from engine.infra import prepared
from engine.infra.db import Database
from engine.infra.prepared import Prepared
from engine.people.access import SYSTEM
from engine.runtime import stored
from engine.runtime.spiff import compile, snapshot
from engine.runtime.spiff.execution import Execution
from engine.wiring import Baton
from tests.bench.office import Office, databases, ten_steps
from web.app import create_app

CASES = 200
#: What is timed: a name, and the functions whose time, less that of others within, it is.
PARTS: tuple[tuple[str, tuple[tuple[Any, str], ...]], ...] = (
    ("parse: the model", ((compile, "compile_model"),)),
    ("load: tokens and data from JSON", ((snapshot, "restore"), (stored, "of_state"))),
    ("run: tokens moved on (SpiffWorkflow)", ((Execution, "complete"), (Execution, "waits"))),
    ("serialise: tokens to JSON", ((Execution, "state"),)),
    ("SQL: values to and from the driver", ((Prepared, "rows"), (Prepared, "send"))),
    ("SQL: in the driver, waiting for the database", ((prepared, "_execute"),
                                                     (DefaultDialect, "do_execute"))),
    ("SQL: SQLAlchemy (a connection, BEGIN)", ((Database, "_begin"), (Connection, "execute"))),
    ("commit, with all that is written", ((DefaultDialect, "do_commit"),)),
    ("HTTP: JSON read, checked and written", ((webargs.core.Parser, "parse"),
                                             (marshmallow.Schema, "dump"))),
)


class Watch:
    """Seconds by name; a function that is called by another one stops the other's watch."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._running = ["rest"]
        self._since = time.perf_counter()

    def timed(self, name: str, act: Callable[..., Any]) -> Callable[..., Any]:
        """`act`, its time going to `name`."""
        def run(*args: Any, **kwargs: Any) -> Any:
            with self.running(name):
                return act(*args, **kwargs)
        return run

    @contextmanager
    def running(self, name: str) -> Iterator[None]:
        """Time goes to `name` meanwhile."""
        self._lap()
        self._running.append(name)
        yield
        self._lap()
        self._running.pop()

    def _lap(self) -> None:
        now = time.perf_counter()
        self.seconds[self._running[-1]] += now - self._since
        self._since = now


def parts() -> Iterator[tuple[str, str]]:
    """The parts of one completion, in milliseconds and in percent."""
    for name, office in databases():
        version = office.publish(ten_steps())
        for _ in range(CASES):
            office.start(version)
        complete = completing(office)
        items = office.open_items()
        for item in items[:50]:
            complete(item)
        watch = Watch()
        with _watched(watch):
            for item in items[50:]:
                with watch.running("HTTP: request, access, answer"):
                    complete(item)
        del watch.seconds["rest"]
        whole, count = sum(watch.seconds.values()), len(items) - 50
        for part, seconds in sorted(watch.seconds.items(), key=lambda each: -each[1]):
            yield (f"{name}: {part}",
                   f"{1000 * seconds / count:7.2f} ms   {100 * seconds / whole:4.0f} %")
        yield f"{name}: one completion", f"{1000 * whole / count:7.2f} ms"


def completing(office: Office) -> Callable[[object], None]:
    """Does an item over HTTP, as the one person of the office."""
    with office.baton.command() as services:
        person = next(p for p in services.people.persons.all() if p.login == "bench")
        secret = services.people.accounts.issue_token(person.id, "bench", by=SYSTEM).secret
    client = create_app(office.baton).test_client()
    headers = {"Authorization": f"Bearer {secret}"}

    def complete(item: object) -> None:
        answer = client.post(f"/api/v1/work-items/{item}/complete", json={"data": {}},
                             headers=headers)
        if answer.status_code != 200:
            raise RuntimeError(answer.text)
    return complete


@contextmanager
def _watched(watch: Watch) -> Iterator[None]:
    patches = [mock.patch.object(owner, function, watch.timed(name, getattr(owner, function)))
               for name, owners in PARTS for owner, function in owners]
    plain = Baton.command

    @contextmanager
    def command(self: Baton) -> Iterator[Any]:
        with watch.running("Baton's own rules and rows"), plain(self) as services:
            yield services
    patches.append(mock.patch.object(Baton, "command", command))
    for patch in patches:
        patch.start()
    try:
        yield
    finally:
        for patch in patches:
            patch.stop()
