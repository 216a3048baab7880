"""The ground that other tests stand on."""

from __future__ import annotations

import socket

import pytest
from sqlalchemy import inspect, text

from engine.infra.db import Base, Database
from engine.infra.now import SetNow
from tests.support.databases import load_tables
from tests.support.network import OutgoingConnection


def test_a_fresh_database_has_every_table(database: Database) -> None:
    load_tables()
    found = {name for name in inspect(database.engine).get_table_names()
             if not name.startswith("procrastinate_")}
    # Alembic's version, and what tests take for now (tests/support/databases.py).
    assert found - {"alembic_version", "moment"} == set(Base.metadata.tables)


@pytest.mark.parametrize("run", ["first", "second"])
def test_what_one_test_writes_another_never_sees(database: Database, run: str) -> None:
    with database.write() as session:
        session.execute(text("CREATE TABLE left_behind (id INTEGER)"))


def test_the_time_is_monday_nine_in_shanghai(now: SetNow) -> None:
    assert now().isoformat() == "2026-03-02T01:00:00+00:00"


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80)])
def test_a_test_that_calls_out_fails(address: tuple[str, int]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as sock, pytest.raises(OutgoingConnection):
        sock.connect(address)


def test_a_test_that_looks_a_name_up_fails() -> None:
    with pytest.raises(OutgoingConnection):
        socket.create_connection(("example.org", 80))


def test_loopback_is_allowed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
