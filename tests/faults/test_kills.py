"""Ten of the kills of `make faults`: nothing acknowledged is lost, nothing is done twice."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.trial import Plan, run
from tests.support.postgres_server import NoServer, PostgresServer

KILLS = 5


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A PostgreSQL of our own, as it is restarted under load."""
    try:
        started = PostgresServer()
    except NoServer as error:
        reason = f"NO POSTGRESQL, its kills did not happen: {error}"
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(reason)
        pytest.skip(reason)
    yield started
    started.stop()


def test_five_kills_on_sqlite_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    outcome = run(Plan("sqlite", KILLS, seed=7, calls=False, open_items=10), tmp_path)
    assert outcome.account.wrong == []
    assert sum(outcome.kills.values()) >= KILLS
    assert outcome.account.counts["acknowledged"] > 0
    assert outcome.account.counts["timers fired"] > 0


@pytest.mark.postgres
def test_five_kills_and_restarts_of_postgresql_lose_nothing_and_double_nothing(
        tmp_path: Path, server: PostgresServer) -> None:
    outcome = run(Plan("postgres", KILLS, seed=7, restarts=1, calls=False, open_items=10),
                  tmp_path, server)
    assert outcome.account.wrong == []
    assert outcome.others["database restarts"] == 2
    assert sum(outcome.kills.values()) >= KILLS
    assert outcome.account.counts["acknowledged"] > 0
    assert outcome.account.counts["timers fired"] > 0
