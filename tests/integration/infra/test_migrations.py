"""Migrations: they make what the models say, keep what was lived, and come before any work."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from procrastinate.schema import SchemaManager
from sqlalchemy import inspect, text

from engine.infra import migrations
from engine.infra.db import Base, Database
from engine.infra.errors import Conflict
from engine.infra.now import SetNow
from engine.people.access import SYSTEM
from tests.support.databases import load_tables
from tests.support.lived import LIVED, THEN, dump, load
from tests.support.web import make_baton

ROOT = Path(__file__).parents[3]
REVISIONS = [script.revision for script in reversed(list(
    ScriptDirectory.from_config(migrations.config()).walk_revisions()))]


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database without any table, of each kind."""
    databases = request.getfixturevalue(f"{request.param}_databases")
    database = databases.empty()
    yield database
    databases.drop(database)


@pytest.fixture
def old(empty: Database) -> Database:
    """A database of the first revision, in which people have worked."""
    migrations.upgrade(empty, migrations.FIRST)
    with empty.alter() as connection:
        load(connection, json.loads(LIVED.read_text()))
    return empty


def ours(table: str) -> bool:
    """Whether the models know of it."""
    return table != "alembic_version" and not table.startswith("procrastinate_")


def schema(database: Database) -> dict[str, object]:
    """All columns, keys and indexes, as the database itself describes them."""
    with database.engine.connect() as connection:
        found = inspect(connection)
        tables = [name for name in found.get_table_names() if ours(name)]
        described = {name: (
            sorted((c["name"], str(c["type"]), c["nullable"], str(c["default"]))
                   for c in found.get_columns(name)),
            found.get_pk_constraint(name), sorted(map(repr, found.get_foreign_keys(name))),
            sorted(map(repr, found.get_unique_constraints(name)))) for name in tables}
        asked = ("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
                 if database.is_sqlite else
                 "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' "
                 "AND tablename <> 'alembic_version' "
                 "AND tablename NOT LIKE 'procrastinate%'")
        indexes = {name: " ".join(sql.replace('"', "").split())
                   for name, sql in connection.execute(text(asked))}
    return {**described, "indexes": indexes}


def test_migrations_make_what_the_models_say(empty, request):
    load_tables()
    migrations.upgrade(empty)
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={
            "compare_type": True,
            "include_name": lambda name, kind, _: kind != "table" or ours(name)})
        missing = compare_metadata(context, Base.metadata)
    assert missing == [], "write a revision: docs/migrations.md"

    databases = request.getfixturevalue(
        "sqlite_databases" if empty.is_sqlite else "postgres_databases")
    modelled = databases.empty()
    with modelled.alter() as connection:
        Base.metadata.create_all(connection)
    try:
        assert schema(empty) == schema(modelled)
    finally:
        databases.drop(modelled)


@pytest.mark.postgres
def test_migrations_make_the_tables_of_the_procrastinate_that_is_installed(postgres_databases):
    migrated, own = postgres_databases.empty(), postgres_databases.empty()
    try:
        migrations.upgrade(migrated)
        with own.alter() as connection:
            connection.execution_options(no_parameters=True).exec_driver_sql(
                SchemaManager.get_schema())
        assert everything_of_procrastinate(migrated) == everything_of_procrastinate(own), \
            "write a revision that runs the migrations of its new version"
    finally:
        for database in (migrated, own):
            postgres_databases.drop(database)


def everything_of_procrastinate(database: Database) -> list[str]:
    """Columns, indexes, constraints, triggers, types and functions, in PostgreSQL's words."""
    told = text("""
        SELECT 'column ' || c.table_name || ' ' || c.column_name || ' ' || c.data_type || ' '
            || c.is_nullable || ' ' || coalesce(c.column_default, '')
            FROM information_schema.columns AS c WHERE c.table_name LIKE 'procrastinate%'
        UNION ALL SELECT pg_get_indexdef(indexrelid) FROM pg_index
            WHERE indrelid::regclass::text LIKE 'procrastinate%'
        UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
            WHERE conrelid::regclass::text LIKE 'procrastinate%'
        UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger
            WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'procrastinate%'
        UNION ALL SELECT enumtypid::regtype || string_agg(enumlabel, ' ' ORDER BY enumsortorder)
            FROM pg_enum GROUP BY enumtypid
        UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname LIKE 'procrastinate%'
        ORDER BY 1""")
    with database.engine.connect() as connection:
        found = list(connection.execute(told).scalars())
    assert len(found) > 60
    return found


def test_every_revision_goes_up_and_down_with_data_in_the_tables(old):
    with old.engine.connect() as connection:
        before = dump(connection)
    assert before["cases"] and before["facts"] and before["work_items"]
    for revision in REVISIONS[1:]:
        migrations.upgrade(old, revision)
    for revision in reversed(REVISIONS[:-1]):
        migrations.downgrade(old, revision)
    with old.engine.connect() as connection:
        assert dump(connection) == before
    migrations.upgrade(old)
    migrations.downgrade(old, "base")
    with old.engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]


def test_cases_of_the_first_revision_go_on_after_the_upgrade(old):
    migrations.upgrade(old)
    now = SetNow(THEN + timedelta(days=2))
    baton = make_baton(old, now)
    assert baton.work_once() >= 1  # the timer of a day ago, and the promise it broke
    with baton.query() as services:
        [desk, money, sleeper] = [services.cases.case(number) for number in
                                  ("RF-2026-00001", "RF-2026-00002", "WAI-2026-00001")]
        [comment] = services.cases.comments(money.id)
        items = {item.element: item for case in (desk, money, sleeper)
                 for item in services.work.of_case(case.id) if item.state == "offered"}
        assert services.cases.document(desk.id)["subject"] == "Broken cup"
    assert "已致电" in comment.text
    assert items.keys() == {"Answer", "Decide", "Wake"}
    with baton.command() as services:
        person = services.people.persons.create("neu", "Neu", by=SYSTEM).id
        services.people.accounts.grant(person, "administrator", by=SYSTEM)
        for department in ("service-desk", "billing"):
            services.people.persons.join(person, department, by=SYSTEM)
    for item, data in ((items["Wake"], {}), (items["Answer"], {"subject": "x", "wish": "money"})):
        with baton.command() as services:
            by = services.people.accounts.actor(person)
            services.work.claim(item.id, by=by)
            services.work.complete(item.id, by=by, data=data)
    with baton.query() as services:
        assert services.cases.case(sleeper.id).state == "completed"
        assert "Decide" in {i.element for i in services.work.of_case(desk.id)
                            if i.state == "offered"}
    baton.close()


def test_an_empty_database_is_made_at_the_first_start_and_left_alone_at_the_second(empty):
    assert migrations.prepare(empty).before is None
    assert migrations.current(empty) == migrations.head()
    again = migrations.prepare(empty)
    assert (again.before, again.after, again.backup) == (migrations.head(),) * 2 + (None,)


def test_a_database_from_before_migrations_is_taken_for_the_first_revision(old):
    with old.alter() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    migrations.upgrade(old)
    assert migrations.current(old) == migrations.head()
    with old.engine.connect() as connection:
        assert len(dump(connection)["cases"]) == 3


def test_tables_that_migrations_do_not_begin_with_are_refused(empty):
    with empty.alter() as connection:
        connection.execute(text("CREATE TABLE cases (id INTEGER PRIMARY KEY)"))
    with pytest.raises(Conflict, match="before there were migrations"):
        migrations.prepare(empty)
    with empty.engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["cases"]


def test_a_database_of_a_newer_baton_is_refused(old):
    with old.alter() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for act in (migrations.prepare, migrations.upgrade):
        with pytest.raises(Conflict, match="9999, which this Baton doesn't know"):
            act(old)


def test_a_start_upgrades_sqlite_after_a_copy_and_refuses_postgresql(old):
    if old.is_sqlite:
        change = migrations.prepare(old)
        assert migrations.current(old) == migrations.head()
        assert change.backup is not None
        copy = Database(f"sqlite:///{change.backup}")
        assert migrations.current(copy) == migrations.FIRST
        with copy.engine.connect() as connection:
            assert len(dump(connection)["cases"]) == 3
        copy.dispose()
    else:
        with pytest.raises(Conflict, match="run `baton migrate`"):
            migrations.prepare(old)
        assert migrations.current(old) == migrations.FIRST


def test_an_upgrade_that_fails_changes_nothing_and_leaves_no_copy(old, monkeypatch):
    def broken(connection, act, *arguments):
        connection.execute(text("DROP TABLE case_waits"))
        raise RuntimeError("the power went")
    monkeypatch.setattr(migrations, "run", broken)
    with pytest.raises(RuntimeError):
        migrations.upgrade(old)
    assert migrations.current(old) == migrations.FIRST
    with old.engine.connect() as connection:
        assert inspect(connection).has_table("case_waits")
    if old.is_sqlite:
        file = Path(old.url.database)
        assert list(file.parent.glob(f"{file.stem}-before-*")) == []


def test_processes_that_start_at_once_make_an_empty_database_together(empty, tmp_path):
    environ = {**os.environ, "BATON_HOME": str(tmp_path),
               "BATON_DATABASE": empty.url.render_as_string(hide_password=False)}
    started = [subprocess.Popen([sys.executable, "-m", "web", command], cwd=ROOT, env=environ,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
               for command in ("init", "migrate", "init", "init")]
    said = [process.communicate(timeout=120)[0] for process in started]
    assert [process.returncode for process in started] == [0] * 4, said
    assert migrations.current(empty) == migrations.head()
