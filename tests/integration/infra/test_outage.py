"""A database that doesn't answer: starts wait for it, commands say so in a sentence."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from engine.infra.errors import Conflict, Unavailable
from engine.infra.settings import Settings
from engine.people.access import SYSTEM
from engine.wiring import Baton
from tests.support.postgres_server import NoServer, PostgresServer


@pytest.fixture
def server():
    try:
        started = PostgresServer()
    except NoServer as error:
        reason = f"NO POSTGRESQL, its outage was not tried: {error}"
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(reason)
        pytest.skip(reason)
    started.create("baton")
    yield started
    started.stop()


def on(server: PostgresServer, home: Path) -> Baton:
    return Baton(Settings.read({"BATON_HOME": str(home), "BATON_DATABASE": server.url("baton")}))


@pytest.mark.postgres
def test_a_start_waits_for_a_database_that_comes_up_later(server, tmp_path):
    server.crash()
    baton = on(server, tmp_path)
    with pytest.raises(Unavailable, match="doesn't answer"):
        baton.prepare()
    again = threading.Timer(1, server.start_again)
    again.start()
    baton.prepare(patience=100)
    again.join()
    baton.check_ready()
    baton.close()


@pytest.mark.postgres
def test_a_process_goes_on_after_its_database_was_restarted(server, tmp_path):
    baton = on(server, tmp_path)
    baton.prepare()
    server.crash()
    server.start_again()
    assert baton.work_once() == 0
    with baton.command() as services:
        services.people.departments.create("desk", "Desk", by=SYSTEM)
    baton.close()


@pytest.mark.postgres
def test_a_refusal_is_told_although_its_rollback_finds_no_database(server, tmp_path):
    baton = on(server, tmp_path)
    baton.prepare()
    with pytest.raises(Conflict), baton.command() as services:
        services.people.departments.create("desk", "Desk", by=SYSTEM)
        server.crash()
        raise Conflict("Someone else was faster.")
    server.start_again()
    with baton.query() as services:
        assert services.people.departments.all() == []
        server.crash()  # what was read is an answer, whatever becomes of the database
    server.start_again()
    assert baton.work_once() == 0
    baton.close()
