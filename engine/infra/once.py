"""Doing the same command twice has the effect of doing it once (law 7).

A client that got no answer sends its command again under the same key. The answer is
stored in the command's own transaction, so there is an answer exactly if there was an effect.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.infra.errors import Conflict, DomainError, Invalid
from engine.infra.now import Now
from engine.infra.tables import OnceRow

#: How long an answer is kept; after that the key is free again.
KEPT = timedelta(days=30)
_LONGEST_KEY = 200


def once(session: Session, now: Now, actor: UUID | None, key: str | None, request: Any,
         run: Callable[[], Any]) -> Any:
    """What `run` returns, or returned when this actor sent `request` under `key` before.

    `request` and the result are JSON values; `actor` is a person or None for the engine; no
    key means no promise: `run` is called. A DomainError is no result: the same key may try
    again. Raises Conflict when the key came with another request, Invalid on a key that isn't
    1 to 200 visible characters.
    """
    if key is None:
        return run()
    _check(key)
    owner = "system" if actor is None else str(actor)
    digest = _digest(request)
    row = OnceRow(actor=owner, key=key, request_hash=digest, result=None, at=now())
    stored = _stored_or_claimed(session, row)
    if stored is not row:
        if stored.request_hash != digest:
            raise Conflict("The key {key} was used for another request; take a new one.",
                           key=key, field="key")
        return stored.result
    try:
        result = json.loads(json.dumps(run()))  # what a repetition will read
    except DomainError:
        session.delete(row)
        raise
    row.result = result
    return result


def purge_once(session: Session, now: Now) -> int:
    """Forget answers older than they are kept; returns how many."""
    result = session.execute(delete(OnceRow).where(OnceRow.at < now() - KEPT))
    return cast("CursorResult[Any]", result).rowcount


def _stored_or_claimed(session: Session, row: OnceRow) -> OnceRow:
    """The earlier row of this key, or `row` itself, now stored.

    On PostgreSQL the insert waits for another command that holds the key: so two that come at
    the same time run one after the other, and the second finds the answer of the first.
    """
    identity = (row.actor, row.key)
    stored = session.get(OnceRow, identity)
    if stored is not None and stored.at < row.at - KEPT:
        session.delete(stored)
        session.flush()
        stored = None
    if stored is not None:
        return stored
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return session.get_one(OnceRow, identity)
    return row


def _check(key: str) -> None:
    if not 0 < len(key) <= _LONGEST_KEY or not key.isprintable():
        raise Invalid("An idempotency key has 1 to {longest} visible characters.",
                      field="key", longest=_LONGEST_KEY)


def _digest(request: Any) -> str:
    text = json.dumps(request, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
