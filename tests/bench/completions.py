"""Durable completions a second, through the engine and over HTTP.

A completion is one command, committed: somebody does an open step that nobody had claimed, so that
the claim is part of it; the case moves on and offers the next step. Each client does its own items,
all of which are there before the clock starts.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import UUID

from engine.infra.settings import Settings
from engine.people.access import SYSTEM
from tests.bench.office import Office, databases, ten_steps

CASES = 400
CLIENTS = (1, 4, 16)


def through_the_engine() -> Iterator[tuple[str, str]]:
    """The engine called in-process; a client is a thread, or a process with four of them."""
    for name, office in databases():
        version = office.publish(ten_steps())
        yield f"start of a case, {name}", f"{1000 * _starts(office, version):7.2f} ms"
        _by_threads(office, office.open_items()[:100], 4)  # warm up
        for clients in CLIENTS:
            rate = _by_threads(office, office.open_items()[:CASES], clients)
            yield f"completions through the engine, {name}, {clients} client(s)", _a_second(rate)
        if not office.baton.database.is_sqlite:
            rate = _by_processes(office, office.open_items()[:CASES], 2)
            yield f"… 2 processes with 4 clients each, {name}", _a_second(rate)


def over_http() -> Iterator[tuple[str, str]]:
    """The REST API of served processes; the clients are one other process."""
    for name, office in databases():
        version = office.publish(ten_steps())
        _starts(office, version)
        with office.baton.command() as services:
            person = next(p for p in services.people.persons.all() if p.login == "bench")
            secret = services.people.accounts.issue_token(person.id, "bench", by=SYSTEM).secret
        for processes in (1,) if office.baton.database.is_sqlite else (1, 2):
            with _served(office, processes) as ports:
                _over_http(ports, secret, office.open_items()[:100], 4)  # warm up
                for clients in CLIENTS:
                    rate = _over_http(ports, secret, office.open_items()[:CASES], clients)
                    yield (f"completions over HTTP, {name}, {processes} web process(es), "
                           f"{clients} client(s)", _a_second(rate))


def _a_second(rate: float) -> str:
    return f"{rate:7.0f} / s"


def _starts(office: Office, version: UUID) -> float:
    """Seconds that the start of a case takes, the median."""
    taken = []
    for _ in range(CASES):
        begun = time.perf_counter()
        office.start(version)
        taken.append(time.perf_counter() - begun)
    return sorted(taken)[len(taken) // 2]


def _by_threads(office: Office, items: Sequence[UUID], clients: int) -> float:
    actor = office.actor

    def work(mine: Sequence[UUID]) -> None:
        for item in mine:
            office.complete(item, actor)
    return len(items) / in_threads([lambda part=items[n::clients]: work(part)  # type: ignore[misc]
                                    for n in range(clients)])


def in_threads(acts: Sequence[Callable[[], None]]) -> float:
    """Seconds until all are done. Raises what one of them raised."""
    with ThreadPoolExecutor(len(acts)) as pool:
        started = time.perf_counter()
        for done in [pool.submit(act) for act in acts]:
            done.result()
        return time.perf_counter() - started


def _by_processes(office: Office, items: Sequence[UUID], processes: int) -> float:
    """The same by processes of their own, begun together; the slowest counts."""
    started = [_child("engine", [str(item) for item in items[n::processes]], office.settings)
               for n in range(processes)]
    return len(items) / max(_seconds(each) for each in started)


def _over_http(ports: Sequence[int], secret: str, items: Sequence[UUID], clients: int) -> float:
    asked = json.dumps({"ports": list(ports), "secret": secret, "clients": clients})
    return len(items) / _seconds(_child("http", [asked, *(str(item) for item in items)]))


def _child(kind: str, lines: list[str], settings: Settings | None = None) -> subprocess.Popen[str]:
    env = {**os.environ, **({"BATON_HOME": str(settings.home),
                             "BATON_DATABASE": settings.database} if settings else {})}
    child = subprocess.Popen([sys.executable, "-m", "tests.bench.client", kind], text=True,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env)
    assert child.stdin is not None
    child.stdin.write("\n".join(lines))
    child.stdin.close()
    return child


def _seconds(child: subprocess.Popen[str]) -> float:
    assert child.stdout is not None
    text = child.stdout.read()
    if child.wait():
        raise RuntimeError(f"a client failed: {text}")
    return float(text)


@contextmanager
def _served(office: Office, processes: int) -> Iterator[list[int]]:
    """`baton serve` in so many processes; their ports."""
    ports = [_free_port() for _ in range(processes)]
    env = {**os.environ, "BATON_HOME": str(office.settings.home),
           "BATON_DATABASE": office.settings.database}
    servers = [subprocess.Popen(
        [sys.executable, "-m", "web", "serve", "--no-work", "--port", str(port)], env=env,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for port in ports]
    try:
        for port in ports:
            _wait_for(port)
        yield ports
    finally:
        for server in servers:
            server.terminate()
        for server in servers:
            server.wait(30)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    for _ in range(600):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"nothing answers at port {port}")
