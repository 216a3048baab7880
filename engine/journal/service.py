"""Appending facts, telling the rooms above, and reading facts back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, func, literal_column, select, text
from sqlalchemy.orm import Session

from engine.infra.now import Now
from engine.journal.codec import content_of, fact_of
from engine.journal.facts import Fact
from engine.journal.tables import FactRow

_F = TypeVar("_F", bound=Fact)
_PAGE = 5000


class Journal:
    """The journal of one unit of work: what is appended is stored and queued for its listeners."""

    def __init__(self, session: Session, now: Now) -> None:
        self._session = session
        self._now = now
        self._listeners: dict[type[Fact], list[Callable[[Any], None]]] = {}
        self._queue: deque[Fact] = deque()
        self._next_seq: dict[str, int] = {}
        self._own_transaction: int | None = None
        self._is_postgres = session.get_bind().dialect.name == "postgresql"

    def listen(self, kind: type[_F], listener: Callable[[_F], None]) -> None:
        """Have `listener` called for every fact of `kind` appended in this unit of work."""
        self._listeners.setdefault(kind, []).append(listener)

    def append(self, fact: Fact) -> Fact:
        """Store `fact` after all earlier ones of its case, and queue it for its listeners."""
        stream = _stream(fact)
        row = FactRow(
            stream=stream, seq=self._seq(stream), kind=type(fact).__name__,
            kind_version=fact.VERSION, occurred_at=fact.occurred_at, recorded_at=self._now(),
            case_id=fact.case, journey=fact.journey, journey_version=fact.journey_version,
            element=fact.element, department=fact.department, person=fact.person,
            on_behalf_of=fact.on_behalf_of, content=content_of(fact),
            transaction=self._transaction(),
        )
        self._session.add(row)
        self._queue.append(fact)
        return fact

    def deliver(self) -> None:
        """Hand the queued facts to their listeners, in order, until none are left."""
        while self._queue:
            fact = self._queue.popleft()
            for listener in self._listeners.get(type(fact), ()):
                listener(fact)

    def read_case(self, case: UUID) -> list[Fact]:
        """All facts of one case, in the order in which they happened."""
        return [fact for _, fact in self._read(FactRow.stream == str(case),
                                               order=FactRow.seq, horizon=False)]

    def read_journey(self, journey: str, *, version: int | None = None) -> Iterator[Fact]:
        """All facts of a journey up to the commit horizon, in order within each case."""
        where: list[ColumnElement[bool]] = [FactRow.journey == journey]
        if version is not None:
            where.append(FactRow.journey_version == version)
        return (fact for _, fact in self._read(*where, order=FactRow.id))

    def read_since(self, position: int) -> Iterator[tuple[int, Fact]]:
        """Facts after `position` (0: all) up to the commit horizon, each with its position."""
        return self._read(FactRow.id > position, order=FactRow.id)

    def position(self, journey: str | None = None) -> int:
        """The position of the last readable fact (of `journey`): a key for caches."""
        query = select(func.coalesce(func.max(FactRow.id), 0)).where(*self._horizon())
        if journey is not None:
            query = query.where(FactRow.journey == journey)
        self._session.flush()
        return int(self._session.execute(query).scalar_one())

    def last_moment(self) -> datetime | None:
        """When the last fact happened (UTC)."""
        return self._session.execute(select(func.max(FactRow.occurred_at))).scalar_one()

    def _read(self, *where: ColumnElement[bool], order: Any,
              horizon: bool = True) -> Iterator[tuple[int, Fact]]:
        """Rows page by page: on SQLite a long-open cursor would hold back the checkpoint."""
        self._session.flush()
        conditions = [*where, *(self._horizon() if horizon else ())]
        last: Any = None
        while True:
            query = select(FactRow).where(*conditions).order_by(order).limit(_PAGE)
            if last is not None:
                query = query.where(order > last)
            rows = self._session.execute(
                query, execution_options={"populate_existing": False}).scalars().all()
            for row in rows:
                yield row.id, _fact(row)
            if len(rows) < _PAGE:
                return
            last = getattr(rows[-1], order.key)
            for row in rows:
                self._session.expunge(row)

    def _horizon(self) -> Iterable[ColumnElement[bool]]:
        """On PostgreSQL a later id can commit first: read only below every open transaction."""
        if not self._is_postgres:
            return ()
        return (literal_column(
            "(transaction < pg_snapshot_xmin(pg_current_snapshot())::text::bigint OR "
            "transaction = coalesce(pg_current_xact_id_if_assigned()::text::bigint, 0))",
            Boolean),)

    def _transaction(self) -> int:
        """This transaction's number on PostgreSQL, asked for once."""
        if self._own_transaction is None:
            self._own_transaction = int(self._session.execute(
                text("SELECT pg_current_xact_id()::text::bigint")).scalar_one()
            ) if self._is_postgres else 0
        return self._own_transaction

    def _seq(self, stream: str) -> int:
        """The next number of the stream; the case's row is locked by its command."""
        if stream not in self._next_seq:
            self._session.flush()
            last = self._session.execute(
                select(func.coalesce(func.max(FactRow.seq), 0)).where(FactRow.stream == stream)
            ).scalar_one()
            self._next_seq[stream] = last + 1
        seq = self._next_seq[stream]
        self._next_seq[stream] = seq + 1
        return seq


def _stream(fact: Fact) -> str:
    if fact.case is not None:
        return str(fact.case)
    return f"journey:{fact.journey}" if fact.journey is not None else "organisation"


def _fact(row: FactRow) -> Fact:
    common = {
        "occurred_at": row.occurred_at, "case": row.case_id, "journey": row.journey,
        "journey_version": row.journey_version, "element": row.element,
        "department": row.department, "person": row.person, "on_behalf_of": row.on_behalf_of,
    }
    return fact_of(row.kind, row.kind_version, common, row.content)
