"""Rows that a command has in hand: read once, changed freely, written once.

The ORM's unit of work costs more than all else that a command on a case does. Here a row is an
object of its mapped class that no session knows: `write` compares it with what was read and sends
one statement for all rows of a kind that are new, gone, or changed in the same columns. It is
called before anything is asked through the session, and at its end (engine/infra/session.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, TypeVar, cast

from sqlalchemy import Table, and_, bindparam, delete, insert, update
from sqlalchemy.orm import DeclarativeBase, Session

from engine.infra.prepared import Prepared
from engine.infra.session import before_asking

_KEY = "baton_rows"
_R = TypeVar("_R", bound=DeclarativeBase)
_Kind = type[DeclarativeBase]


def rows_of(session: Session) -> Rows:
    """The rows that this transaction has in hand."""
    found: Rows | None = session.info.get(_KEY)
    if found is None:
        found = session.info[_KEY] = Rows(session)
    return found


class Rows:
    """Rows in hand, of any tables, within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        #: Each row with its values in the database; None for one that is not there yet.
        self._known: dict[DeclarativeBase, tuple[Any, ...] | None] = {}
        self._gone: list[DeclarativeBase] = []
        self._later: dict[Prepared, list[Mapping[str, Any]]] = {}
        before_asking(session, self.write)

    def read(self, kind: type[_R], values: Sequence[Any]) -> _R:
        """Take a row in hand; `values` are those of its columns, in the table's order."""
        row = kind()
        # Past the ORM's instrumentation: nobody listens to what is merely read.
        row.__dict__.update(zip(_columns(kind), values, strict=True))
        self._known[row] = tuple(values)
        return row

    def add(self, row: DeclarativeBase) -> None:
        """A new row. Columns that it leaves out have their defaults from now on, or None."""
        for name, default in _defaults(type(row)).items():
            row.__dict__.setdefault(name, default)
        self._known[row] = None

    def remove(self, row: DeclarativeBase) -> None:
        """The row is to be deleted."""
        if self._known.pop(row) is not None:
            self._gone.append(row)

    def later(self, statement: Prepared, **values: Any) -> None:
        """A statement that needs no answer, to be sent with the rows, after them."""
        self._later.setdefault(statement, []).append(values)

    def write(self) -> None:
        """Send what has changed since it was read or written last."""
        gone, new, changed = self._gone, [], []
        for row, before in self._known.items():
            after = _values(row)
            if before is None:
                new.append(row)
            elif after != before:
                changed.append((row, tuple(
                    name for name, one, other in zip(_columns(type(row)), before, after,
                                                     strict=True) if one != other)))
            else:
                continue
            self._known[row] = after
        self._gone = []
        for kind, rows in _grouped((type(row), row) for row in gone).items():
            _deletion(kind).send(self._session, [_identity(row) for row in rows])
        for kind, rows in _grouped((type(row), row) for row in new).items():
            _insertion(kind).send(self._session, [row.__dict__ for row in rows])
        for (kind, names), rows in _grouped(
                ((type(row), names), row) for row, names in changed).items():
            _change(kind, names).send(self._session, [
                {**row.__dict__, **_identity(row)} for row in rows])
        later, self._later = self._later, {}
        for statement, values in later.items():
            statement.send(self._session, values)


def _grouped(pairs: Iterable[tuple[Any, DeclarativeBase]]) -> dict[Any, list[DeclarativeBase]]:
    groups: dict[Any, list[DeclarativeBase]] = defaultdict(list)
    for key, row in pairs:
        groups[key].append(row)
    return groups


def _values(row: DeclarativeBase) -> tuple[Any, ...]:
    return _in_order(type(row))(row.__dict__)


def _identity(row: DeclarativeBase) -> dict[str, Any]:
    return {f"this_{name}": getattr(row, name) for name in _keys(type(row))}


def table_of(kind: _Kind) -> Table:
    """The table of a mapped class, for statements that need no ORM."""
    return cast(Table, kind.__table__)


@lru_cache(maxsize=256)
def _columns(kind: _Kind) -> tuple[str, ...]:
    return tuple(column.name for column in table_of(kind).c)


@lru_cache(maxsize=256)
def _in_order(kind: _Kind) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    # A table with one column would give its value alone; there is none.
    return itemgetter(*_columns(kind))


@lru_cache(maxsize=256)
def _keys(kind: _Kind) -> tuple[str, ...]:
    return tuple(column.name for column in table_of(kind).primary_key)


@lru_cache(maxsize=256)
def _defaults(kind: _Kind) -> dict[str, Any]:
    return {column.name: column.default.arg if column.default is not None
            and column.default.is_scalar else None for column in cast(Any, table_of(kind)).c}


def _is_this(kind: _Kind) -> Any:
    return and_(*(column == bindparam(f"this_{column.name}", type_=column.type)
                  for column in table_of(kind).primary_key))


@lru_cache(maxsize=256)
def _insertion(kind: _Kind) -> Prepared:
    return Prepared(insert(table_of(kind)))


@lru_cache(maxsize=256)
def _deletion(kind: _Kind) -> Prepared:
    return Prepared(delete(table_of(kind)).where(_is_this(kind)))


@lru_cache(maxsize=1024)
def _change(kind: _Kind, names: tuple[str, ...]) -> Prepared:
    return Prepared(update(table_of(kind)).where(_is_this(kind)).values(
        {name: bindparam(name) for name in names}))
