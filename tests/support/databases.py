"""Empty databases with all of Baton's tables, quickly: copies of one made before.

PostgreSQL comes from BATON_TEST_POSTGRES (an SQLAlchemy URL of a server where
databases may be created) or from a throw-away server of our own.
"""

from __future__ import annotations

import importlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, create_engine, make_url, text

import engine
from engine.infra import migrations
from engine.infra.db import Database
from engine.infra.now import SetNow
from tests.support.postgres_server import PostgresServer


class Databases(Protocol):
    """Makes databases of one kind, each for one test."""

    def fresh(self) -> Database:
        """A new database with all tables, empty."""

    def empty(self) -> Database:
        """A new database without any table."""

    def drop(self, database: Database) -> None:
        """Close `database` and delete it."""

    def stop(self) -> None:
        """Delete what all of them shared."""


def load_tables() -> None:
    """Import every room's tables, so that the models are complete."""
    for root in engine.__path__:
        for file in sorted(Path(root).rglob("tables.py")):
            parts = file.relative_to(root).with_suffix("").parts
            importlib.import_module(".".join(("engine", *parts)))


class SqliteDatabases:
    """SQLite files in a folder; the first one, with all tables, is copied for each test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)
        self._template = folder / "template.db"
        template = Database(f"sqlite:///{self._template}")
        migrations.upgrade(template)
        template.dispose()
        with closing(sqlite3.connect(self._template)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def fresh(self) -> Database:
        path = self._folder / f"test{next(self._numbers)}.db"
        shutil.copyfile(self._template, path)
        return Database(f"sqlite:///{path}")

    def empty(self) -> Database:
        return Database(f"sqlite:///{self._folder / f'test{next(self._numbers)}.db'}")

    def drop(self, database: Database) -> None:
        database.dispose()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{database.url.database}{suffix}").unlink(missing_ok=True)

    def stop(self) -> None:
        self._template.unlink()


class PostgresDatabases:
    """Databases on one server, each made from a template with all tables."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._server: PostgresServer | None = None
        given = os.environ.get("BATON_TEST_POSTGRES")
        if given:
            self._base = make_url(given).set(drivername="postgresql+psycopg")
        else:
            self._server = PostgresServer()
            self._base = make_url(self._server.url("postgres")).set(
                drivername="postgresql+psycopg")
        self._admin = create_engine(self._base, isolation_level="AUTOCOMMIT")
        self._prefix = f"baton_test_{os.getpid()}"
        self._template = f"{self._prefix}_template"
        self._execute(f"CREATE DATABASE {self._template} TEMPLATE template0 ENCODING 'UTF8'")
        template = self._database(self._template)
        let_travel(template)
        migrations.upgrade(template)
        template.dispose()

    def fresh(self) -> Database:
        name = f"{self._prefix}_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {self._template}")
        return self._database(name)

    def empty(self) -> Database:
        name = f"{self._prefix}_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        return self._database(name)

    def drop(self, database: Database) -> None:
        database.dispose()
        self._execute(f"DROP DATABASE IF EXISTS {database.url.database} WITH (FORCE)")

    def stop(self) -> None:
        self._execute(f"DROP DATABASE IF EXISTS {self._template} WITH (FORCE)")
        self._admin.dispose()
        if self._server is not None:
            self._server.stop()

    def _database(self, name: str) -> Database:
        url = travelling(self._base.set(database=name))
        return Database(url.render_as_string(hide_password=False))

    def _execute(self, sql: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(sql))


class SharedNow(SetNow):
    """A time that PostgreSQL databases share, for what asks their own `now()`: Procrastinate."""

    def __init__(self, at: datetime) -> None:
        self._databases: list[Database] = []
        super().__init__(at)

    def set(self, at: datetime) -> None:
        super().set(at)
        for database in self._databases:
            self._tell(database)

    def advance(self, by: timedelta) -> None:
        self.set(self() + by)

    @contextmanager
    def shared_with(self, database: Database) -> Iterator[None]:
        """The database's `now()` is this one while the block runs."""
        self._tell(database)
        self._databases.append(database)
        yield
        self._databases.remove(database)

    def _tell(self, database: Database) -> None:
        with database.engine.connect() as connection:
            connection.execute(text("UPDATE travel.moment SET at = :at"), {"at": self()})
            connection.commit()


def travelling(url: URL) -> URL:
    """Where `now()` is our own, if the database has one: it comes before PostgreSQL's."""
    return url.update_query_dict({"options": "-c search_path=public,travel,pg_catalog"})


def let_travel(database: Database) -> None:
    """Give a database its own `now()`, which stands still at what it is told."""
    with database.engine.connect() as connection:
        for statement in (
                "CREATE SCHEMA travel", "CREATE TABLE travel.moment (at timestamptz)",
                "INSERT INTO travel.moment VALUES (NULL)",
                "CREATE FUNCTION travel.now() RETURNS timestamptz STABLE LANGUAGE sql AS "
                "'SELECT coalesce((SELECT at FROM travel.moment), pg_catalog.now())'"):
            connection.execute(text(statement))
        connection.commit()
