"""A client in a process of its own: completes the items that it reads, and prints the seconds.

    python -m tests.bench.client engine|http
"""

from __future__ import annotations

import http.client
import json
import socket
import sys
from uuid import UUID

from tests.bench.completions import in_threads
from tests.bench.office import Office

THREADS = 4


def by_engine(items: list[str]) -> float:
    """Through an engine of this process."""
    from engine.infra.settings import Settings
    office = Office(Settings.read())
    actor = office.actor
    office.complete(UUID(items[0]), actor)  # the version is compiled
    rest = items[1:]

    def work(mine: list[str]) -> None:
        for item in mine:
            office.complete(UUID(item), actor)
    # As if the first had taken as long as the others.
    return in_threads([lambda part=rest[n::THREADS]: work(part)  # type: ignore[misc]
                       for n in range(THREADS)]) * len(items) / len(rest)


def by_http(asked: dict[str, object], items: list[str]) -> float:
    """Over HTTP, each thread with its connection."""
    ports, clients = asked["ports"], int(str(asked["clients"]))
    assert isinstance(ports, list)
    headers = {"Authorization": f"Bearer {asked['secret']}", "Content-Type": "application/json"}

    def work(port: int, mine: list[str]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for item in mine:
            connection.request("POST", f"/api/v1/work-items/{item}/complete", '{"data":{}}',
                               headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{answer.status} {text[:300]!r}")
        connection.close()
    return in_threads([
        lambda n=n: work(ports[n % len(ports)], items[n::clients])  # type: ignore[misc]
        for n in range(clients)])


if __name__ == "__main__":
    lines = sys.stdin.read().splitlines()
    taken = (by_engine(lines) if sys.argv[1] == "engine"
             else by_http(json.loads(lines[0]), lines[1:]))
    sys.stdout.write(f"{taken}\n")
