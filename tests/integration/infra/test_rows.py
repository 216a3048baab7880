"""Rows in hand: changed freely, written once, and never seen wrong meanwhile."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, func, select

from engine.infra.db import Database
from engine.infra.rows import rows_of, table_of
from engine.infra.tables import OnceRow

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def _once(key: str) -> OnceRow:
    return OnceRow(actor="ann", key=key, request_hash="x", result=None, at=AT)


@pytest.fixture
def filled(database: Database) -> Database:
    with database.write() as session:
        for key in ("a", "b"):
            rows_of(session).add(_once(key))
    return database


@contextmanager
def _in_hand(database: Database):
    """A transaction with all rows in hand, by key."""
    with database.write() as session:
        rows = rows_of(session)
        found = session.connection().execute(select(table_of(OnceRow)).order_by("key"))
        yield session, rows, {row.key: row for row in
                              [rows.read(OnceRow, values) for values in found]}


def _stored(database: Database) -> dict[str, datetime]:
    with database.read() as session:
        return dict(session.execute(select(OnceRow.key, OnceRow.at)).all())


@contextmanager
def _statements(database: Database):
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


def test_changes_are_written_when_the_transaction_ends(filled):
    later = AT + timedelta(days=1)
    with _in_hand(filled) as (_, _rows, held):
        held["a"].at = later
    assert _stored(filled) == {"a": later, "b": AT}


def test_rows_changed_alike_take_one_statement_and_unchanged_ones_none(filled):
    with _in_hand(filled) as (_, rows, held):
        for row in held.values():
            row.at = AT + timedelta(days=1)
        with _statements(filled) as seen:
            rows.write()
            rows.write()
        held["a"].at = held["a"].at
        with _statements(filled) as none:
            rows.write()
    assert len(seen) == 1
    assert none == []


def test_a_row_can_be_new_and_gone_in_any_order(filled):
    with _in_hand(filled) as (_, rows, held):
        rows.remove(held["a"])
        rows.add(_once("a"))  # the same key again
        fleeting = _once("c")
        rows.add(fleeting)
        rows.remove(fleeting)
        rows.remove(held["b"])
    assert _stored(filled) == {"a": AT}


def test_what_is_asked_through_the_session_sees_what_was_changed(filled):
    with _in_hand(filled) as (session, rows, held):
        held["a"].at = AT + timedelta(days=1)
        rows.add(_once("c"))
        late = session.execute(select(func.count()).where(OnceRow.at > AT)).scalar_one()
        assert (late, session.get(OnceRow, ("ann", "c")) is not None) == (1, True)


def test_a_transaction_that_fails_writes_nothing(filled):
    with pytest.raises(ZeroDivisionError), _in_hand(filled) as (_, rows, held):
        held["a"].at = AT + timedelta(days=1)
        rows.write()
        raise ZeroDivisionError
    assert _stored(filled) == {"a": AT, "b": AT}


def test_columns_that_a_new_row_leaves_out_have_their_defaults(database):
    from engine.runtime.tables import WaitRow
    row = WaitRow(case_id=UUID(int=1), token=UUID(int=2), element="A", kind="timer", since=AT)
    with database.write() as session:
        rows = rows_of(session)
        rows.add(row)
        assert row.cycles_left == 0
        rows.remove(row)
