"""Connections that are lost, and transactions that begin when they are opened."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from engine.infra.db import Database
from engine.infra.tables import OnceRow
from tests.integration.infra.test_rows import AT


@pytest.fixture
def postgres(database: Database) -> Database:
    if database.is_sqlite:
        pytest.skip("only a server can close a connection")
    return database


def _close_all(database: Database) -> None:
    """As a restart of the server does."""
    other = create_engine(database.engine.url, isolation_level="AUTOCOMMIT")
    with other.connect() as connection:
        connection.execute(text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"))
    other.dispose()


def test_a_connection_that_the_server_closed_is_replaced_unseen(postgres):
    for _ in range(2):
        with postgres.write() as session:
            session.add(OnceRow(actor="ann", key=str(_), request_hash="x", result=None, at=AT))
        _close_all(postgres)
    with postgres.read() as session:
        assert session.query(OnceRow).count() == 2


def test_several_connections_that_the_server_closed_are_replaced_unseen(postgres):
    with postgres.read(), postgres.read(), postgres.read():
        pass
    _close_all(postgres)
    for _ in range(3):
        with postgres.read() as session:
            assert session.query(OnceRow).count() == 0


def test_what_a_reader_changed_is_not_kept(database):
    with database.read() as session:
        session.add(OnceRow(actor="ann", key="k", request_hash="x", result=None, at=AT))
        session.flush()
    with database.write() as session:
        assert session.query(OnceRow).count() == 0


def test_a_reader_does_not_see_what_is_not_committed(postgres):
    with postgres.write() as session:
        session.add(OnceRow(actor="ann", key="k", request_hash="x", result=None, at=AT))
        session.flush()
        with postgres.read() as reader:
            assert reader.query(OnceRow).count() == 0
