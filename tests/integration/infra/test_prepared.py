"""Statements that go to the driver: values keep their types, errors are those of all others."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import bindparam, event, insert, literal, select
from sqlalchemy.exc import IntegrityError

from engine.infra.db import Database
from engine.infra.prepared import Prepared, in_one_go
from engine.infra.rows import rows_of, table_of
from engine.journal.tables import FactRow

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
CASE = UUID(int=7)
_FACTS = table_of(FactRow).c
_ADD = Prepared(insert(table_of(FactRow)))
_READ = Prepared(select(_FACTS.seq, _FACTS.occurred_at, _FACTS.case_id, _FACTS.person,
                        _FACTS.content)
                 .where(_FACTS.stream == bindparam("of"), _FACTS.kind.in_(
                     [literal("Told"), literal("Heard")])).order_by(_FACTS.seq))


def _fact(number: int) -> dict[str, object]:
    return {"id": number, "transaction": 0, "stream": "s", "seq": number, "kind": "Told",
            "kind_version": 1, "occurred_at": AT, "recorded_at": AT, "case_id": CASE,
            "journey": None, "journey_version": None, "element": "%s", "department": "'",
            "person": None, "on_behalf_of": None, "content": {"words": ["é", None, 1.5]}}


def _stored(database: Database) -> list[tuple[object, ...]]:
    with database.read() as session:
        return _READ.rows(session, of="s")


def test_values_come_back_as_they_were_sent(database):
    with database.write() as session:
        _ADD.send(session, [_fact(1)])
        _ADD.send(session, [_fact(2), _fact(3)])
    assert _stored(database) == [
        (number, AT, CASE, None, {"words": ["é", None, 1.5]}) for number in (1, 2, 3)]


def test_an_error_is_the_same_as_of_any_other_statement(database):
    with pytest.raises(IntegrityError), database.write() as session:
        _ADD.send(session, [_fact(1)])
        _ADD.send(session, [_fact(1)])
    assert _stored(database) == []


def test_what_goes_wrong_in_one_go_is_raised_at_its_end_and_nothing_stays(database):
    with pytest.raises(IntegrityError), database.write() as session, in_one_go(session):
        _ADD.send(session, [_fact(1)])
        _ADD.send(session, [_fact(1), _fact(2)])
        _ADD.send(session, [_fact(3)])
    assert _stored(database) == []


def test_what_is_written_with_the_commit_is_refused_with_it(database):
    with pytest.raises(IntegrityError), database.write() as session:
        _ADD.send(session, [_fact(1)])
        rows_of(session).later(_ADD, **_fact(1))
    assert _stored(database) == []
    with database.write() as session:
        rows_of(session).later(_ADD, **_fact(1))
    assert len(_stored(database)) == 1


def test_an_error_of_the_program_is_told_rather_than_what_it_kept_from_being_written(database):
    with pytest.raises(KeyError, match="mine"), database.write() as session, in_one_go(session):
        _ADD.send(session, [_fact(1)])
        raise KeyError("mine")
    assert _stored(database) == []


def test_whoever_watches_statements_sees_these_too(database):
    seen: list[tuple[str, bool]] = []

    def note(_connection, _cursor, statement, _parameters, _context, many) -> None:
        seen.append((statement.split(" ")[0], many))

    event.listen(database.engine, "before_cursor_execute", note)
    with database.write() as session:
        _ADD.send(session, [_fact(1), _fact(2)])
        _READ.rows(session, of="s")
    event.remove(database.engine, "before_cursor_execute", note)
    assert seen[1:] == [("INSERT", True), ("SELECT", False)]
