"""A real process that is told to stop: what it took it finishes, what it finishes is answered."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections import Counter
from contextlib import contextmanager

from sqlalchemy import func, select

from engine.infra.now import SystemNow
from engine.infra.tables import WorkerRow
from engine.runtime.tables import CaseRow
from tests.support.refund import publish_refund
from tests.support.web import PASSWORD, hire, make_baton


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@contextmanager
def process(database, home, *arguments):
    """`baton` with these arguments on the database, once it has said its first line."""
    environment = {**os.environ, "BATON_HOME": str(home), "BATON_LOG": "json",
                   "BATON_DATABASE": database.url.render_as_string(hide_password=False)}
    with subprocess.Popen([sys.executable, "-m", "web", *arguments], env=environment,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout.readline(), running.stderr.read()
            yield running
        finally:
            running.kill()


def ask(port, path, body, **headers):
    sent = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", json.dumps(body).encode(), method="POST",
        headers={"Content-Type": "application/json", **headers})
    with urllib.request.urlopen(sent, timeout=60) as answer:  # noqa: S310 - our own server
        return answer.status, json.loads(answer.read())


def test_a_server_that_is_told_to_stop_under_load_answers_exactly_what_it_did(
        database, tmp_path):
    baton = make_baton(database, SystemNow(), tmp_path / "home")
    hire(baton)
    publish_refund(baton, tmp_path / "refund")
    baton.close()
    port, outcomes, many = free_port(), Counter(), threading.Event()

    with process(database, tmp_path, "serve", "--port", str(port)) as server:
        _, made = ask(port, "/api/v1/tokens", {"login": "lin", "password": PASSWORD})

        def client():
            while True:
                try:
                    status, _ = ask(port, "/api/v1/cases",
                                    {"journey": "refund", "data": {"subject": "Cup"}},
                                    Authorization=f"Bearer {made['token']}")
                    outcomes[status] += 1
                    if outcomes[201] >= 20:
                        many.set()
                except urllib.error.HTTPError as error:
                    outcomes[error.code] += 1
                    if error.code != 503:  # 503: it took the request to say that it stops
                        break
                except OSError:
                    break  # nobody listens any more
        clients = [threading.Thread(target=client, daemon=True) for _ in range(4)]
        for thread in clients:
            thread.start()
        assert many.wait(120), outcomes
        server.send_signal(signal.SIGTERM)
        for thread in clients:
            thread.join(120)
        assert server.wait(120) == 0, server.stderr.read()
        log = [json.loads(line) for line in server.stderr.read().splitlines()]

    # A busy machine makes requests wait for a thread, which waitress warns of.
    faults = [line for line in log if line["level"] != "info"
              and line["logger"] != "waitress.queue"]
    assert set(outcomes) <= {201, 503}, (outcomes, faults)
    with database.read() as session:
        cases = session.scalar(select(func.count()).select_from(CaseRow))
        workers = session.scalar(select(func.count()).select_from(WorkerRow))
    assert cases == outcomes[201]
    assert workers == 0, "it said that it left"
    started = [line for line in log if line["message"] == "request" and line["status"] == 201
               and line["route"] == "/api/v1/cases"]
    assert len(started) == cases
    assert not faults


def test_a_worker_that_is_told_to_stop_ends_and_says_so(sqlite_database, tmp_path):
    with process(sqlite_database, tmp_path, "work") as worker:
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(120) == 0, worker.stderr.read()
    with sqlite_database.read() as session:
        assert session.scalar(select(func.count()).select_from(WorkerRow)) == 0
