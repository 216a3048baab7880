"""The database: one transaction a command, and the only commit in Baton (law 2).

SQLite takes one writer at a time: writers queue on a process-wide lock and open
with BEGIN IMMEDIATE, so that they never starve each other on the busy timeout;
readers never take the lock. PostgreSQL needs neither.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    URL,
    BigInteger,
    Connection,
    Dialect,
    Engine,
    MetaData,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from engine.infra.errors import Invalid
from engine.infra.prepared import in_one_go
from engine.infra.session import WritingSession

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
#: PostgreSQL's advisory lock of whoever changes tables.
_SCHEMA_LOCK = 0x6261746F6E
#: What a database raises that doesn't answer, or not now.
AWAY = (OperationalError, NoConnectionFree)


class Base(DeclarativeBase):
    """All tables of all rooms; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    })


class Utc(TypeDecorator[datetime]):
    """The one column type for time: integer microseconds since 1970 in UTC; no naive values."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + value * _MICROSECOND


#: A JSON column; values are plain JSON (dict, list, str, int, float, bool, None).
Json = JSON


class Database:
    """Opens transactions on one database, SQLite or PostgreSQL."""

    def __init__(self, url: str) -> None:
        self.url = _url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self.engine = _sqlite_engine(url)
        else:
            self.engine = _postgres_engine(self.url)
        self._write_lock = threading.Lock()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction that writes: committed when the block ends, rolled back if it raises."""
        if self.is_sqlite:
            with self._write_lock, self._transaction(immediate=True) as session:
                yield session
        else:
            with self._transaction() as session:
                yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One transaction that only reads; whatever it changed is rolled back."""
        with self._begun() as connection:
            session = Session(connection, autoflush=False)
            try:
                yield session
            finally:
                _roll_back(connection, session)

    @contextmanager
    def _transaction(self, *, immediate: bool = False) -> Iterator[Session]:
        with self._begun(immediate) as connection:
            session = WritingSession(connection, expire_on_commit=False)
            try:
                yield session
                session.flush_objects()
                with in_one_go(session):
                    session.write_all()
                    connection.commit()
            except BaseException:
                _roll_back(connection, session)
                raise
            session.close()

    def _begun(self, immediate: bool = False) -> Connection:
        """A connection in a transaction. One that the server has closed meanwhile is noticed by
        its BEGIN, without a round trip to ask, and replaced."""
        try:
            return self._begin(immediate)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            return self._begin(immediate)

    def _begin(self, immediate: bool) -> Connection:
        connection = self.engine.connect().execution_options(baton_immediate=immediate)
        try:
            connection.begin()
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def alter(self) -> Iterator[Connection]:
        """One transaction that changes tables. Only one at a time: others wait for its end.

        Rows may point nowhere while it runs (SQLite makes a changed table anew); at its end
        none may, or it is rolled back.
        """
        with self._write_lock, self.engine.connect() as raw:
            connection = raw.execution_options(baton_immediate=True)
            driver: Any = connection.connection.driver_connection
            if self.is_sqlite:
                driver.execute("PRAGMA foreign_keys=OFF")
            else:
                connection.execute(select(func.pg_advisory_xact_lock(_SCHEMA_LOCK)))
            try:
                yield connection
                if self.is_sqlite:
                    _check_references(connection)
                connection.commit()
            except BaseException:
                connection.rollback()
                raise
            finally:
                if self.is_sqlite:
                    driver.execute("PRAGMA foreign_keys=ON")

    def copy_to(self, target: Path) -> None:
        """Copy an SQLite file, what is committed in it, while others may work on it."""
        target.touch(mode=0o600)
        with (closing(sqlite3.connect(self.url.database or "")) as source,
              closing(sqlite3.connect(target)) as copy):
            source.backup(copy)

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _roll_back(connection: Connection, session: Session) -> None:
    """Undo what was done. Where the database has gone it is undone already: what went wrong
    before, or was read, is what the caller has to hear of."""
    with suppress(*AWAY):
        session.close()
        connection.rollback()


def _check_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise ValueError(f"rows that point nowhere: {broken[:5]}")


def _postgres_engine(url: URL) -> Engine:
    """An engine whose transactions begin when they are opened, not with their first statement."""
    engine = create_engine(url.set(drivername="postgresql+psycopg"), pool_size=10,
                           max_overflow=20, isolation_level="AUTOCOMMIT",
                           hide_parameters=True)  # an error's text goes to the log

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _url(url: str) -> URL:
    """The URL of a database that Baton runs on. Raises Invalid; the text may hold a password."""
    try:
        found = make_url(url)
    except ArgumentError:
        found = None
    if found is None or found.get_backend_name() not in ("sqlite", "postgresql"):
        raise Invalid("BATON_DATABASE is no address of a database: write "
                      "postgresql://user:password@host/name, or sqlite:///file.")
    return found


def _sqlite_engine(url: str) -> Engine:
    """An engine whose transactions are ours: the driver's own BEGIN and COMMIT are switched off."""
    path = make_url(url).database
    pool: dict[str, Any] = {}  # in memory: one connection a thread
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        pool = {"pool_size": 10, "max_overflow": 20}
    engine = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False},
                           hide_parameters=True,  # an error's text goes to the log
                           **pool)

    @event.listens_for(engine, "connect")
    def _on_connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        # FULL is what keeps an acknowledged command through a power cut.
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("baton_immediate", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine
