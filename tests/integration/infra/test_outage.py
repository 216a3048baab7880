"""A database that doesn't answer: starts wait for it, commands say so in a sentence."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from engine.infra.errors import Conflict, Unavailable
from engine.infra.settings import Settings
from engine.people.access import SYSTEM
from engine.wiring import IMPORT_LOG, Baton
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


@pytest.mark.postgres
def test_the_worker_of_jobs_listens_again_after_an_outage(server, tmp_path):
    baton = on(server, tmp_path)
    baton.prepare()
    stop = threading.Event()
    working = threading.Thread(target=baton.work_jobs, args=(stop,))
    working.start()
    try:
        until(lambda: listening(baton) == 1)
        server.crash()
        threading.Event().wait(2)  # long enough for it to try in vain
        server.start_again()
        until(lambda: listening(baton) == 1)
        with baton.command() as services:
            job = services.jobs.defer(IMPORT_LOG, {"file": str(uuid4())}, by=None).id
        until(lambda: state_of(baton, job) == "failed")  # there is no such file
    finally:
        stop.set()
        working.join(60)
    assert not working.is_alive()
    baton.close()


def listening(baton: Baton) -> int:
    with baton.query() as services:
        return services.session.execute(text(
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN %'")).scalar_one()


def state_of(baton: Baton, job: UUID) -> str:
    with baton.query() as services:
        return services.jobs.get(job).state


def until(true: Callable[[], bool]) -> None:
    for _ in range(600):
        if true():
            return
        threading.Event().wait(0.1)
    raise AssertionError("it did not come to be")
