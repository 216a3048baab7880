"""Queries on messages: who waits for one, what is kept, what a signal is still to reach."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from engine.runtime.messages.tables import (
    JourneyStartRow,
    KeptKeyRow,
    KeptMessageRow,
    SignalRow,
    SignalTargetRow,
)
from engine.runtime.tables import CaseRow, WaitRow

#: How many waiting cases a message is compared with: more than one is a conflict anyway.
_ENOUGH = 20


@dataclass(frozen=True)
class Waiting:
    """A step of an open case that waits for a message."""

    case_id: UUID
    number: str
    journey: str
    version_id: UUID
    token: UUID
    element: str


def waiting(session: Session, name: str, hashes: Iterable[str | None],
            journeys: Collection[str] | None, case_id: UUID | None = None) -> list[Waiting]:
    """Who waits for `name` under one of `hashes`, the longest waiting first; of `case_id`,
    whatever its keys. `journeys` None stands for all."""
    query = _waits(name, journeys)
    if case_id is not None:
        query = query.where(WaitRow.case_id == case_id)
    else:
        known = [each for each in hashes if each is not None]
        query = query.where(or_(WaitRow.correlation.in_(known), *(
            [WaitRow.correlation.is_(None)] if not known else [])))
    return _read(session, query)


def waiting_otherwise(session: Session, name: str,
                      journeys: Collection[str] | None) -> list[Waiting]:
    """One who waits for `name` under whatever keys, to tell what a sender should send."""
    return _read(session, _waits(name, journeys).limit(1))


def wait_of(session: Session, case_id: UUID, token: UUID,
            name: str) -> tuple[Waiting | None, str | None]:
    """A step that waits for a message, while it does, and the hash of its keys."""
    row = session.execute(_waits(name, None).add_columns(WaitRow.correlation).where(
        WaitRow.case_id == case_id, WaitRow.token == token)).first()
    return (None, None) if row is None else (Waiting(*row[:-1]), row[-1])


def _waits(name: str, journeys: Collection[str] | None) -> Any:
    query = (select(CaseRow.id, CaseRow.number, CaseRow.journey, CaseRow.version_id, WaitRow.token,
                    WaitRow.element)
             .join(CaseRow, CaseRow.id == WaitRow.case_id)
             .where(WaitRow.message == name, WaitRow.kind == "message")
             .order_by(WaitRow.since, WaitRow.element).limit(_ENOUGH))
    return query if journeys is None else query.where(CaseRow.journey.in_(list(journeys)))


def _read(session: Session, query: Any) -> list[Waiting]:
    return [Waiting(*row) for row in session.execute(query)]


def starts(session: Session, kind: str, name: str,
           journeys: Collection[str] | None) -> list[JourneyStartRow]:
    """Where a message or signal of this name starts cases, by journey."""
    query = select(JourneyStartRow).where(JourneyStartRow.name == name,
                                          JourneyStartRow.kind == kind)
    if journeys is not None:
        query = query.where(JourneyStartRow.journey.in_(list(journeys)))
    return list(session.execute(query.order_by(
        JourneyStartRow.journey, JourneyStartRow.element)).scalars())


def starts_of(session: Session, journey: str) -> list[JourneyStartRow]:
    """What starts cases of a journey by itself."""
    return list(session.execute(select(JourneyStartRow).where(
        JourneyStartRow.journey == journey).order_by(JourneyStartRow.element)).scalars())


# --- kept messages ---------------------------------------------------------------------------


def keep_apart(session: Session, name: str, *, alone: bool) -> None:
    """Until the transaction ends, let nobody begin to wait for `name` while a message is kept
    under it (`alone`), so that neither misses the other. SQLite has one writer anyway."""
    if session.get_bind().dialect.name != "postgresql":
        return
    key = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)
    lock = func.pg_advisory_xact_lock if alone else func.pg_advisory_xact_lock_shared
    session.execute(select(lock(key)))


def kept_for(session: Session, name: str, correlation: str | None, journey: str,
             now: datetime) -> KeptMessageRow | None:
    """The oldest message kept under these keys that may reach `journey`, locked."""
    query = (select(KeptMessageRow).join(KeptKeyRow, KeptKeyRow.message == KeptMessageRow.id)
             .where(KeptKeyRow.name == name, KeptKeyRow.correlation == (correlation or ""),
                    KeptMessageRow.expires_at > now)
             .order_by(KeptMessageRow.received_at, KeptMessageRow.id).limit(_ENOUGH)
             .with_for_update(skip_locked=True, of=KeptMessageRow))
    for row in session.execute(query).scalars():
        if row.journeys is None or journey in row.journeys:
            return row
    return None


def kept_message(session: Session, message: UUID) -> KeptMessageRow | None:
    """A kept message, locked; None when it is gone or in other hands. Who holds a case takes them
    so, too: nobody waits for a message while another one waits for the case."""
    return session.get(KeptMessageRow, message, populate_existing=True,
                       with_for_update={"skip_locked": True})


def take_kept(session: Session, message: UUID) -> bool:
    """Remove a kept message; False when another was faster."""
    session.execute(delete(KeptKeyRow).where(KeptKeyRow.message == message))
    taken: Any = session.execute(delete(KeptMessageRow).where(KeptMessageRow.id == message)
                                 .execution_options(synchronize_session=False))
    return bool(taken.rowcount)


def keys_of(session: Session, message: UUID) -> list[str | None]:
    """The hashes that a kept message goes by."""
    found = session.execute(select(KeptKeyRow.correlation).where(KeptKeyRow.message == message))
    return [each or None for each in found.scalars()]


def kept_due(session: Session, now: datetime, limit: int) -> list[UUID]:
    """Kept messages that the sweep looks at: those that someone may wait for, and those whose
    time is over."""
    look = select(KeptMessageRow.id).where(KeptMessageRow.look_at <= now).limit(limit)
    over = select(KeptMessageRow.id).where(KeptMessageRow.expires_at <= now).limit(limit)
    return list(dict.fromkeys([*session.execute(look).scalars(),
                               *session.execute(over).scalars()]))


def kept(session: Session, journeys: Collection[str] | None, limit: int) -> list[KeptMessageRow]:
    """Kept messages, the soonest to expire first."""
    rows = session.execute(select(KeptMessageRow).order_by(KeptMessageRow.expires_at)
                           .limit(limit)).scalars()
    return [row for row in rows if is_seen(row, journeys)]


def is_seen(row: KeptMessageRow, journeys: Collection[str] | None) -> bool:
    """Whether who may send to `journeys` sees a kept message: it can reach no others."""
    return journeys is None or (row.journeys is not None and set(row.journeys) <= set(journeys))


# --- signals ---------------------------------------------------------------------------------


def listeners(session: Session, name: str,
              journeys: Collection[str] | None) -> list[tuple[UUID, str]]:
    """(case, journey) of the open cases that wait for a signal."""
    query = (select(CaseRow.id, CaseRow.journey).join(WaitRow, WaitRow.case_id == CaseRow.id)
             .where(WaitRow.message == name, WaitRow.kind == "signal").distinct()
             .order_by(CaseRow.id))
    if journeys is not None:
        query = query.where(CaseRow.journey.in_(list(journeys)))
    return [(row[0], row[1]) for row in session.execute(query)]


def targets_due(session: Session, now: datetime, limit: int) -> list[UUID]:
    """What signals are still to reach."""
    return list(session.execute(select(SignalTargetRow.id).where(SignalTargetRow.due_at <= now)
                                .order_by(SignalTargetRow.due_at, SignalTargetRow.id)
                                .limit(limit)).scalars())


def claim_target(session: Session, target: UUID) -> SignalTargetRow | None:
    """A target that is still to be reached, taken by this transaction."""
    taken: Any = session.execute(
        update(SignalTargetRow).where(SignalTargetRow.id == target,
                                      SignalTargetRow.state == "pending")
        .values(due_at=None, state="reached").execution_options(synchronize_session=False))
    return session.get(SignalTargetRow, target, populate_existing=True) if taken.rowcount else None


def thrower_of(session: Session, case_id: UUID) -> UUID | None:
    """The case whose signal started this one, if one's did."""
    return session.execute(
        select(SignalRow.thrown_in).join(SignalTargetRow, SignalTargetRow.signal == SignalRow.id)
        .where(SignalTargetRow.case_id == case_id, SignalTargetRow.state == "started")
    ).scalars().first()


def targets(session: Session, signal: UUID) -> list[SignalTargetRow]:
    """All that a signal was sent to."""
    return list(session.execute(select(SignalTargetRow).where(SignalTargetRow.signal == signal)
                                .order_by(SignalTargetRow.id)).scalars())


# --- timers that start cases -------------------------------------------------------------------


def starts_due(session: Session, now: datetime, limit: int) -> list[tuple[str, str]]:
    """(journey, element) of start timers that are due, the longest due first."""
    return [(row[0], row[1]) for row in session.execute(
        select(JourneyStartRow.journey, JourneyStartRow.element)
        .where(JourneyStartRow.due_at <= now).order_by(JourneyStartRow.due_at).limit(limit))]


def starts_failing(session: Session) -> list[JourneyStartRow]:
    """Start timers whose case could not be started, the longest missed first."""
    return list(session.execute(select(JourneyStartRow).where(
        JourneyStartRow.missed_at.is_not(None)).order_by(JourneyStartRow.missed_at)).scalars())


def claim_start(session: Session, journey: str, element: str,
                now: datetime) -> tuple[JourneyStartRow, datetime] | None:
    """A due start timer and its due moment, taken by this transaction: it has none any more."""
    row = session.get(JourneyStartRow, (journey, element), populate_existing=True)
    if row is None or row.due_at is None or row.due_at > now:
        return None
    due_at = row.due_at
    taken: Any = session.execute(
        update(JourneyStartRow).where(
            JourneyStartRow.journey == journey, JourneyStartRow.element == element,
            JourneyStartRow.due_at == due_at)
        .values(due_at=None).execution_options(synchronize_session=False))
    session.refresh(row)
    return (row, due_at) if taken.rowcount else None


def starts_by(session: Session, department: str) -> list[JourneyStartRow]:
    """Start timers that count the business time of `department`."""
    return list(session.execute(select(JourneyStartRow).where(
        JourneyStartRow.calendar == department)).scalars())
