"""Fixtures for all tests: the time, databases of both kinds, no way out of this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings

from engine.infra.db import Database
from tests.support.databases import PostgresDatabases, SharedNow, SqliteDatabases
from tests.support.network import forbid_outgoing
from tests.support.postgres_server import NoServer

# No test is timed: speed is `make bench`'s business, and a busy machine is no bug.
settings.register_profile("baton", deadline=None)
settings.load_profile("baton")


@pytest.fixture(autouse=True)
def stays_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reaches another machine."""
    forbid_outgoing(monkeypatch)


@pytest.fixture
def now() -> SharedNow:
    """Monday 2 March 2026, nine in the morning in Shanghai; moves only when told to."""
    return SharedNow(datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai")))


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteDatabases]:
    """Where SQLite test databases come from."""
    databases = SqliteDatabases(tmp_path_factory.mktemp("sqlite"))
    yield databases
    databases.stop()


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[PostgresDatabases]:
    """Where PostgreSQL test databases come from; skips where there is no server."""
    try:
        databases = PostgresDatabases()
    except NoServer as error:
        reason = f"NO POSTGRESQL, its tests did not run: {error}"
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(reason)
        pytest.skip(reason)
    yield databases
    databases.stop()


@pytest.fixture
def sqlite_database(sqlite_databases: SqliteDatabases) -> Iterator[Database]:
    """An empty SQLite database with all tables, for tests that need one kind only."""
    database = sqlite_databases.fresh()
    yield database
    sqlite_databases.drop(database)


@pytest.fixture
def postgres_database(postgres_databases: PostgresDatabases,
                      request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty PostgreSQL database with all tables; mark such a test `postgres`.

    A test that takes `now` shares it with the database.
    """
    database = postgres_databases.fresh()
    travels = "now" in request.fixturenames
    with request.getfixturevalue("now").shared_with(database) if travels else nullcontext():
        yield database
    postgres_databases.drop(database)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty database with all tables; a test that takes it runs on both kinds."""
    fresh: Database = request.getfixturevalue(f"{request.param}_database")
    return fresh
