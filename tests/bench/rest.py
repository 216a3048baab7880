"""Completions through the REST API of a server on this machine."""

from __future__ import annotations

import http.client
import json
import threading
from typing import Any
from uuid import UUID

from waitress import create_server

from engine.people.access import SYSTEM, Actor
from engine.wiring import Baton
from web.app import create_app


class Api:
    """A served Baton; use as a context manager."""

    def __init__(self, baton: Baton) -> None:
        self._baton = baton
        self._server = create_server(create_app(baton), host="127.0.0.1", port=0, threads=8)

    def __enter__(self) -> Api:
        threading.Thread(target=self._server.run, daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._server.close()

    def completions(self, version: UUID, actor: Actor, clients: int, cases: int,
                    steps: int) -> float:
        """Claims with completions a second, over HTTP, by `clients` threads."""
        from tests.bench.__main__ import in_threads

        person = actor.person
        if person is None:
            raise ValueError("the bench needs a person")
        with self._baton.command() as services:
            secret = services.people.accounts.issue_token(person, "bench", by=SYSTEM).secret
            started = [services.cases.start(version, by=person).id for _ in range(cases)]
        seconds = in_threads([
            lambda part=started[n::clients]: self._work(part, secret) for n in range(clients)])
        return cases * steps / seconds

    def _work(self, cases: list[UUID], secret: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._server.effective_port)
        for case in cases:
            while items := self._ask(connection, secret, "GET",
                                     f"/work-items?case={case}&state=offered")["items"]:
                item = items[0]["id"]
                self._ask(connection, secret, "POST", f"/work-items/{item}/claim")
                self._ask(connection, secret, "POST", f"/work-items/{item}/complete",
                          {"data": {}})
        connection.close()

    def _ask(self, connection: http.client.HTTPConnection, secret: str, method: str, path: str,
             body: dict[str, Any] | None = None) -> Any:
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        connection.request(method, f"/api/v1{path}",
                           json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:300]!r}")
        return json.loads(text) if text else None
