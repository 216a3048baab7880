"""Appending facts, telling the rooms above, and reading facts back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Row,
    Table,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.orm import Session

from engine.infra.now import Now
from engine.infra.prepared import Prepared
from engine.infra.session import at_end
from engine.journal.codec import content_of, fact_of
from engine.journal.facts import Fact
from engine.journal.tables import FactRow

_F = TypeVar("_F", bound=Fact)
#: How far a reader has come: facts become readable in the order of (transaction, id).
Position = tuple[int, int]
START: Position = (0, 0)
_PAGE = 5000
_FACTS = FactRow.__table__.c
_ORDER = (_FACTS.transaction, _FACTS.id)
#: What a fact brings; the rest the database knows.
_GIVEN = tuple(column.name for column in _FACTS if column.name not in ("id", "seq", "transaction"))
#: This transaction's number on PostgreSQL, for the commit horizon.
_OWN_TRANSACTION = literal_column("pg_current_xact_id()::text::bigint", BigInteger)


def _insertion(transaction: ColumnElement[Any]) -> Prepared:
    """A fact after the last one of its stream; its case's row is locked by the command."""
    earlier = FactRow.__table__.alias("earlier")
    last = select(func.coalesce(func.max(earlier.c.seq), 0)).where(
        earlier.c.stream == bindparam("of_stream", type_=_FACTS.stream.type)).scalar_subquery()
    return Prepared(insert(cast(Table, FactRow.__table__)).inline().values(
        {name: bindparam(name) for name in _GIVEN} | {"seq": last + 1,
                                                      "transaction": transaction}))


_INSERT_POSTGRES = _insertion(_OWN_TRANSACTION)
_INSERT_SQLITE = _insertion(literal_column("0", BigInteger))


class Journal:
    """The journal of one unit of work: what is appended is stored and queued for its listeners."""

    def __init__(self, session: Session, now: Now) -> None:
        self._session = session
        self._now = now
        self._listeners: dict[type[Fact], list[Callable[[Any], None]]] = {}
        self._queue: deque[Fact] = deque()
        self._unwritten: list[dict[str, Any]] = []
        #: The cases that this unit of work has facts about, in their order.
        self.cases: dict[UUID, None] = {}
        self._is_postgres = session.get_bind().dialect.name == "postgresql"
        at_end(session, self.write)

    def listen(self, kind: type[_F], listener: Callable[[_F], None]) -> None:
        """Have `listener` called for every fact of `kind` appended in this unit of work."""
        self._listeners.setdefault(kind, []).append(listener)

    def append(self, fact: Fact) -> Fact:
        """Store `fact` after all earlier ones of its case, and queue it for its listeners.

        The facts of a unit of work are written together, when they are read or it ends.
        """
        stream = _stream(fact)
        self._unwritten.append({
            "stream": stream, "of_stream": stream, "kind": type(fact).__name__,
            "kind_version": fact.VERSION, "occurred_at": fact.occurred_at,
            "recorded_at": self._now(), "case_id": fact.case, "journey": fact.journey,
            "journey_version": fact.journey_version, "element": fact.element,
            "department": fact.department, "person": fact.person,
            "on_behalf_of": fact.on_behalf_of, "content": content_of(fact)})
        self._queue.append(fact)
        if fact.case is not None:
            self.cases[fact.case] = None
        return fact

    def deliver(self) -> None:
        """Hand the queued facts to their listeners, in order, until none are left."""
        while self._queue:
            fact = self._queue.popleft()
            for listener in self._listeners.get(type(fact), ()):
                listener(fact)

    def read_case(self, case: UUID) -> list[Fact]:
        """All facts of one case, in the order in which they happened."""
        return [_fact(row) for row in self._read(
            [_FACTS.stream == str(case)], order=(_FACTS.seq,))]

    def elements(self, case: UUID, *kinds: type[Fact]) -> set[str]:
        """The elements that a case's facts of these kinds are about."""
        self.write()
        return set(self._session.execute(select(_FACTS.element).distinct().where(
            _FACTS.stream == str(case), _FACTS.kind.in_([kind.__name__ for kind in kinds]),
            _FACTS.element.is_not(None))).scalars())

    def read_journey(self, journey: str, *, version: int | None = None) -> Iterator[Fact]:
        """All facts of a journey up to the commit horizon, in order within each case."""
        where: list[ColumnElement[bool]] = [_FACTS.journey == journey, *self._horizon()]
        if version is not None:
            where.append(_FACTS.journey_version == version)
        return (_fact(row) for row in self._read(where, order=(_FACTS.id,)))

    def read_since(self, position: Position = START) -> Iterator[tuple[Position, Fact]]:
        """Facts that became readable after `position`, each with its own; none is ever skipped."""
        rows = self._read(list(self._horizon()), order=_ORDER, after=position)
        return (((row.transaction, row.id), _fact(row)) for row in rows)

    def position(self, journey: str | None = None) -> Position:
        """The position of the last readable fact (of `journey`): a key for caches."""
        query = select(*_ORDER).where(*self._horizon())
        if journey is not None:
            query = query.where(_FACTS.journey == journey)
        self.write()
        last = self._session.execute(
            query.order_by(*(column.desc() for column in _ORDER)).limit(1)).first()
        return (last.transaction, last.id) if last else START

    def _read(self, where: list[ColumnElement[bool]], *, order: tuple[ColumnElement[Any], ...],
              after: tuple[int, ...] | None = None) -> Iterator[Row[Any]]:
        """Rows page by page: on SQLite a long-open cursor would hold back the checkpoint."""
        self.write()
        while True:
            query = select(*_FACTS).where(*where).order_by(*order).limit(_PAGE)
            if after is not None:
                query = query.where(tuple_(*order) > tuple_(*after))
            rows = self._session.execute(query).all()
            yield from rows
            if len(rows) < _PAGE:
                return
            after = tuple(rows[-1]._mapping[column] for column in order)

    def _horizon(self) -> Iterable[ColumnElement[bool]]:
        """On PostgreSQL transactions commit in any order: read only below every open one.

        Within it the order is that of transactions: an id may be taken before, and committed
        after, one that is higher, so that reading on by ids alone would skip it.
        """
        if not self._is_postgres:
            return ()
        return (literal_column(
            "(transaction < pg_snapshot_xmin(pg_current_snapshot())::text::bigint OR "
            "transaction = coalesce(pg_current_xact_id_if_assigned()::text::bigint, 0))",
            Boolean),)

    def write(self) -> None:
        """Write what was appended; it happens by itself when it is read or the unit ends."""
        if self._unwritten:
            rows, self._unwritten = self._unwritten, []
            (_INSERT_POSTGRES if self._is_postgres else _INSERT_SQLITE).send(self._session, rows)


def _stream(fact: Fact) -> str:
    if fact.case is not None:
        return str(fact.case)
    return f"journey:{fact.journey}" if fact.journey is not None else "organisation"


def _fact(row: Row[Any]) -> Fact:
    common = {
        "occurred_at": row.occurred_at, "case": row.case_id, "journey": row.journey,
        "journey_version": row.journey_version, "element": row.element,
        "department": row.department, "person": row.person, "on_behalf_of": row.on_behalf_of,
    }
    return fact_of(row.kind, row.kind_version, common, row.content)
