"""The cases that a command holds: locked until it ends, read once, written once.

Who holds a case may change its rows freely; what has changed is written when the command ends, or
when something is asked through the session (engine/infra/rows.py).
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, bindparam, or_, select
from sqlalchemy.orm import Session

from engine.infra.errors import NotFound
from engine.infra.prepared import Prepared
from engine.infra.rows import rows_of, table_of
from engine.runtime.tables import CaseRow, CaseStateRow, WaitRow

_CASES = table_of(CaseRow).c
_STATES = table_of(CaseStateRow).c
_WAITS = table_of(WaitRow).c
_THIS_CASE = bindparam("case", type_=_CASES.id.type)
_WAITS_OF = Prepared(select(*_WAITS).where(_WAITS.case_id == _THIS_CASE))
_CASES_HELD = "baton_held_cases"
_WAITS_HELD = "baton_held_waits"
Held = dict[UUID, tuple[CaseRow, CaseStateRow]]
#: What a case waits for, by token and element.
Waits = dict[tuple[UUID, str], WaitRow]


def lock(session: Session, case_id: UUID | ScalarSelect[UUID],
         **asked: Any) -> tuple[CaseRow, CaseStateRow]:
    """A case and its state, locked until the command ends, so that a case that this command has
    locked before is as it was. Instead of its id there may be a query for it that was built
    once, with the values that it asks for. Raises NotFound.

    Of cases that exchange messages the first one is locked as well, and before the others, so
    that two commands never wait for each other. What is changed of the rows is written when the
    command ends (engine/infra/rows.py).
    """
    held = _held(session)
    query: ColumnElement[UUID]
    if isinstance(case_id, UUID):
        if case_id in held:
            return held[case_id]
        query, asked = _THIS_CASE, {"case": case_id}
    else:
        query = case_id
    # The first of the company comes first, the case itself last.
    found = _locking(query).rows(session, **asked)
    if not found or not found[-1][0]:
        raise NotFound("There is no case {reference}.", reference=str(asked.get("case", "")))
    rows = rows_of(session)
    for _, *values in found:
        if values[0] not in held:
            held[values[0]] = (rows.read(CaseRow, values[:len(_CASES)]),
                               rows.read(CaseStateRow, values[len(_CASES):]))
    return held[found[-1][1]]


def begin(session: Session, row: CaseRow, state: CaseStateRow) -> None:
    """A new case, which nobody else can see, and so change, before the command ends."""
    rows = rows_of(session)
    rows.add(row)
    rows.add(state)
    _held(session)[row.id] = row, state


def waits(session: Session, case_id: UUID) -> Waits:
    """What a locked case waits for, by token and element: rows that may be changed."""
    held: dict[UUID, Waits] = session.info.setdefault(_WAITS_HELD, {})
    if case_id not in held:
        rows = rows_of(session)
        found = [rows.read(WaitRow, values) for values in _WAITS_OF.rows(
            session, case=case_id)]
        held[case_id] = {(row.token, row.element): row for row in found}
    return held[case_id]


def add_wait(session: Session, row: WaitRow) -> None:
    """A locked case waits for something more."""
    waits(session, row.case_id)[row.token, row.element] = row
    rows_of(session).add(row)


def end_wait(session: Session, row: WaitRow) -> None:
    """A locked case waits for it no longer."""
    del waits(session, row.case_id)[row.token, row.element]
    rows_of(session).remove(row)


def take_timer(session: Session, case_id: UUID, token: UUID, element: str,
               now: datetime) -> WaitRow | None:
    """The due timer of a locked case, which waits for it no longer; None when another command
    was faster."""
    row = waits(session, case_id).get((token, element))
    if row is None or row.due_at is None or row.due_at > now:
        return None
    end_wait(session, row)
    row.due_at = row.held_at or row.due_at
    return row


def held_case(session: Session, case_id: UUID) -> tuple[CaseRow, CaseStateRow] | None:
    """A case and its state, if this command holds it."""
    return _held(session).get(case_id)


def _held(session: Session) -> Held:
    held: Held = session.info.setdefault(_CASES_HELD, {})
    return held


@lru_cache(maxsize=16)
def _locking(case_id: ColumnElement[UUID]) -> Prepared:
    """The case, and before it the first one of its company, each with its state."""
    first = select(_CASES.together).where(_CASES.id == case_id).scalar_subquery()
    is_asked_for = (_CASES.id == case_id).label("is_asked_for")
    return Prepared(select(is_asked_for, *_CASES, *_STATES)
            .where(_STATES.case_id == _CASES.id, or_(is_asked_for, _CASES.id == first))
            .order_by(is_asked_for).with_for_update())
