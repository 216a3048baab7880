"""Statements of the hot path: compiled once for each database, sent by its driver.

SQLAlchemy's part of a statement costs a multiple of SQLite's own, and it waits for every answer.
Here a statement is still written in SQLAlchemy's words and has its types; values go to the driver
and rows come from it as they are. Whoever watches the engine's statements sees these too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ClauseElement, Connection, Dialect, Select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

_INSERTS = {"sqlite": sqlite_insert, "postgresql": postgres_insert}
_Convert = Callable[[Any], Any] | None


class Prepared:
    """One statement. Where the two databases spell it differently it is a function of `insert`,
    which gets the one that knows `on_conflict_do_update`. A list for IN is one of literals."""

    def __init__(self, statement: ClauseElement | Callable[[Any], ClauseElement]) -> None:
        self._statement = statement
        self._spelled: dict[str, _Spelled] = {}

    def rows(self, session: Session, **values: Any) -> list[tuple[Any, ...]]:
        """The rows that a SELECT finds, as the database has them: what was changed in this
        transaction and is not written yet is not seen."""
        connection = session.connection()
        spelled = self._for(connection.dialect)
        cursor = _execute(connection, spelled.text, spelled.parameters(values))
        return spelled.read(cursor)

    def send(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
        """Have something written, once for each of `rows`, and ask for no answer."""
        connection = session.connection()
        spelled = self._for(connection.dialect)
        parameters = [spelled.parameters(row) for row in rows]
        if len(parameters) == 1:
            _execute(connection, spelled.text, parameters[0])
        else:
            _execute(connection, spelled.text, parameters, many=True)

    def _for(self, dialect: Dialect) -> _Spelled:
        found = self._spelled.get(dialect.name)
        if found is None:
            statement = self._statement
            if not isinstance(statement, ClauseElement):
                statement = statement(_INSERTS[dialect.name])
            found = self._spelled[dialect.name] = _Spelled(statement, dialect)
        return found


@contextmanager
def in_one_go(session: Session) -> Iterator[None]:
    """What is sent meanwhile goes to PostgreSQL without waiting for answers in between; what goes
    wrong there is raised at the end."""
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        yield
        return
    with _errors(connection), _driver(connection).pipeline():
        yield


class _Spelled:
    """A statement as one database reads it."""

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect, for_executemany=True)
        self.text = str(compiled)
        types = {name: bind.type for bind, name in compiled.bind_names.items()}
        self._names: list[tuple[str, _Convert]] = [
            (name, types[name].dialect_impl(dialect).bind_processor(dialect))
            for name in compiled.positiontup or types]
        self._constants = {name: bind.value for bind, name in compiled.bind_names.items()
                           if bind.value is not None}
        self._is_positional = bool(compiled.positional)
        self._dialect = dialect
        self._types = [column.type.dialect_impl(dialect) for column in statement.selected_columns
                       ] if isinstance(statement, Select) else []
        self._readers: list[tuple[int, Callable[[Any], Any]]] | None = None

    def parameters(self, values: Mapping[str, Any]) -> Any:
        """`values` as the driver takes them."""
        known = {**self._constants, **values} if self._constants else values
        if self._is_positional:
            return tuple([known[name] if convert is None else convert(known[name])
                          for name, convert in self._names])
        return {name: known[name] if convert is None else convert(known[name])
                for name, convert in self._names}

    def read(self, cursor: Any) -> list[tuple[Any, ...]]:
        """The rows that the driver found, with values in their types."""
        found: list[tuple[Any, ...]] = cursor.fetchall()
        if self._readers is None:
            readers = [each.result_processor(self._dialect, described[1]) for each, described
                       in zip(self._types, cursor.description, strict=False)]
            self._readers = [(place, reader) for place, reader in enumerate(readers)
                             if reader is not None]
        if self._readers:
            for number, values in enumerate(found):
                row = list(values)
                for place, reader in self._readers:
                    row[place] = reader(row[place])
                found[number] = tuple(row)
        return found


def _execute(connection: Connection, text: str, parameters: Any, many: bool = False) -> Any:
    cursor = _driver(connection).cursor()
    for watch in connection.dispatch.before_cursor_execute:
        watch(connection, cursor, text, parameters, None, many)
    with _errors(connection, text):
        if many:
            cursor.executemany(text, parameters)
        else:
            cursor.execute(text, parameters)
    return cursor


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


@contextmanager
def _errors(connection: Connection, text: str | None = None) -> Iterator[None]:
    """The driver's errors as SQLAlchemy's, so that they are caught where all others are."""
    dialect = connection.dialect
    try:
        yield
    except dialect.loaded_dbapi.Error as error:
        lost = dialect.is_disconnect(error, connection.connection, None)
        if lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            text, None, error, dialect.loaded_dbapi.Error, hide_parameters=True,
            connection_invalidated=lost, dialect=dialect) from error
