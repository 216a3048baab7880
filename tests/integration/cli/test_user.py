"""`baton user`: who can sign in, from the shell."""

from __future__ import annotations

import io

import pytest

from engine.cli.main import run
from engine.people.access import SYSTEM
from tests.support.web import make_baton


@pytest.fixture
def baton(sqlite_database, now, tmp_path, monkeypatch):
    monkeypatch.setenv("BATON_DATABASE", str(sqlite_database.url))
    monkeypatch.setenv("BATON_HOME", str(tmp_path))
    monkeypatch.setattr("sys.stdin", io.StringIO("a rather long one\n"))
    return make_baton(sqlite_database, now, tmp_path)


def test_a_lost_password_is_replaced_by_one_that_is_printed(baton, capsys):
    with baton.command() as services:
        person = services.people.persons.create("ann", "Ann", by=SYSTEM)
        services.people.accounts.set_password(person.id, "the one that is lost", by=SYSTEM)
    assert run(["user", "password", "ann"]) == 0
    password = capsys.readouterr().out.splitlines()[-1]
    with baton.command() as services:
        assert services.people.accounts.authenticate("ann", password) is not None
    assert run(["user", "password", "ann", "--password-stdin"]) == 0
    with baton.command() as services:
        assert services.people.accounts.authenticate("ann", "a rather long one") is not None
    assert run(["user", "password", "nobody"]) == 2
    assert "nobody with the login nobody" in capsys.readouterr().err


def test_a_department_that_is_not_there_is_said_with_what_to_do(sqlite_database, tmp_path, baton,
                                                                 capsys):
    add = ["user", "add", "ann", "--role", "administrator", "--password-stdin",
           "--department", "sales"]
    with baton.command() as services:
        there = [each.key for each in services.people.departments.all()]
        for key in there:
            services.people.departments.end(key, by=SYSTEM)
    assert run(add) == 2
    error = capsys.readouterr().err
    assert "There are no departments here yet" in error and "--department out" in error
