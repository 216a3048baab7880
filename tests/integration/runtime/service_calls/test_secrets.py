"""Secrets of calls: they are sent, and stand nowhere else."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy import table as sql_table

from engine.infra.db import Database
from tests.support.calling import Desk
from tests.support.outside import Reply


def test_a_secret_is_sent_and_stands_nowhere_else(desk: Desk, monkeypatch: pytest.MonkeyPatch,
                                                  caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("BATON_SECRET_CRM", "s3cr3t \"token\"")
    caplog.set_level(logging.DEBUG)
    desk.outside.will(Reply(500, {"you sent": "s3cr3t \"token\""}),
                      Reply(200, {"id": 3, "echo": "s3cr3t \"token\""}))
    case = desk.start(desk.publish(
        url=f"{desk.outside.url}/orders?key={{secret.CRM}}", retries=1,
        headers={"Authorization": "= 'Bearer ' + secret.CRM"},
        body="= {'key': secret.CRM, 'note': note}",
        result={"note": "= response.body.echo"}), note="hello")
    desk.work_through()
    assert desk.waiting(case) == ["t"]
    for asked in desk.outside.received:
        assert asked.headers["authorization"] == "Bearer s3cr3t \"token\""
        assert asked.path == "/orders?key=s3cr3t%20%22token%22"
        assert asked.body == '{"key": "s3cr3t \\"token\\"", "note": "hello"}'
    assert "s3cr3t" not in _whole(desk.baton.database)
    assert "s3cr3t" not in caplog.text
    assert desk.data(case)["note"] == "•••"


def test_what_looks_like_a_secret_in_the_data_is_sent_as_it_is(
        desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_SECRET_CRM", "s3cr3t")
    desk.start(desk.publish(body="= {'note': note}", headers={"X-Key": "= secret.CRM"}),
               note="⟦" + "0" * 32 + ":CRM⟧ secret.CRM")
    desk.work()
    assert "s3cr3t" not in desk.outside.received[0].body


def test_a_secret_that_is_not_there_is_an_incident_that_says_so(desk: Desk) -> None:
    case = desk.start(desk.publish(headers={"X-Key": "= secret.NOWHERE"}))
    desk.work()
    assert "set BATON_SECRET_NOWHERE" in desk.incidents(case)[0].message
    assert desk.outside.received == []


def _whole(database: Database) -> str:
    """All rows of all tables, as text."""
    with database.read() as session:
        tables = inspect(session.connection()).get_table_names()
        return "\n".join(str(row) for table in tables
                         for row in session.execute(select(text("*")).select_from(
                             sql_table(table))))
