"""`baton backup`: a whole copy of a database that is being written to."""

from __future__ import annotations

from engine.cli.main import run
from engine.infra import migrations
from engine.infra.db import Database
from engine.people.access import SYSTEM
from tests.support.web import hire, make_baton


def test_a_copy_holds_what_is_committed_and_nothing_else(
        sqlite_database, now, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("BATON_DATABASE", str(sqlite_database.url))
    baton = make_baton(sqlite_database, now, tmp_path)
    hire(baton)
    copy = tmp_path / "copy.db"
    with baton.command() as services:
        services.people.departments.create("late", {"en": "Late", "zh": "晚"}, by=SYSTEM)
        services.session.flush()
        assert run(["backup", str(copy)]) == 0
    copied = Database(f"sqlite:///{copy}")
    migrations.check(copied)
    with make_baton(copied, now, tmp_path).query() as services:
        keys = {one.key for one in services.people.departments.all()}
    copied.dispose()
    assert "billing" in keys
    assert "late" not in keys
    assert copy.stat().st_mode & 0o077 == 0
    assert run(["backup", str(copy)]) == 2
    assert "name a new file" in capsys.readouterr().err


def test_what_can_not_be_copied_is_said(tmp_path, monkeypatch, capsys):
    for url, said in ((f"sqlite:///{tmp_path}/none.db", "no database at"),
                      ("postgresql://nobody@/nothing", "pg_dump")):
        monkeypatch.setenv("BATON_DATABASE", url)
        assert run(["backup", str(tmp_path / "copy.db")]) == 2
        assert said in capsys.readouterr().err
    assert not (tmp_path / "copy.db").exists()
