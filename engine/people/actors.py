"""Who asks: a person with their departments and grants, in one statement, built once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from engine.infra.db import Utc
from engine.infra.prepared import Prepared
from engine.infra.rows import table_of
from engine.people.access import Actor, Grant
from engine.people.tables import GrantRow, MembershipRow, PersonRow, TokenRow

_PERSON = table_of(PersonRow).c
_MEMBER = table_of(MembershipRow).c
_GRANT = table_of(GrantRow).c
_TOKEN = table_of(TokenRow).c
_OF_PERSON = (_PERSON.id, _PERSON.login, _PERSON.name, _PERSON.language, _PERSON.timezone,
              _PERSON.ended_at)
_OF_TOKEN = (_TOKEN.id, _TOKEN.scopes, _TOKEN.expires_at, _TOKEN.revoked_at,
             _TOKEN.last_used_at)


@dataclass(frozen=True)
class Found:
    """A person who may have ended, and what they may do."""

    actor: Actor
    ended_at: datetime | None


@dataclass(frozen=True)
class FoundToken:
    """A token that may have ended, and whose it is."""

    token: UUID
    scopes: list[str] | None
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None
    who: Found


def by_id(session: Session, person: UUID, at: datetime) -> Found | None:
    """The person with what they may do at `at`."""
    rows = session.execute(_BY_ID, {"person": person, "at": at}).all()
    return _found([tuple(row) for row in rows])


def by_token(session: Session, digest: str, at: datetime) -> FoundToken | None:
    """The token of this hash, with its person."""
    session.flush()  # a token that was taken away in this command is gone
    rows = _BY_TOKEN.rows(session, hash=digest, at=at)
    who = _found([row[len(_OF_TOKEN):] for row in rows])
    if who is None:
        return None
    token, scopes, expires_at, revoked_at, last_used_at = rows[0][:len(_OF_TOKEN)]
    return FoundToken(token, scopes, expires_at, revoked_at, last_used_at, who)


def _found(rows: list[tuple[Any, ...]]) -> Found | None:
    """From rows that hold each membership with each grant."""
    if not rows:
        return None
    person, login, name, language, timezone, ended_at = rows[0][:len(_OF_PERSON)]
    rest = [row[len(_OF_PERSON):] for row in rows]
    return Found(Actor(
        person=person, login=login, name=name,
        departments=frozenset(department for department, *_ in rest if department is not None),
        leads=frozenset(department for department, lead, *_ in rest if lead),
        language=language, timezone=timezone,
        grants=frozenset(Grant(*grant) for _, _, *grant in rest if grant[0] is not None),
    ), ended_at)


def _with_rights(*columns: Any) -> Select[Any]:
    at = bindparam("at", type_=Utc)
    return (select(*columns, *_OF_PERSON, _MEMBER.department, _MEMBER.lead, _GRANT.what,
                   _GRANT.journey, _GRANT.department)
            .select_from(table_of(PersonRow))
            .outerjoin(table_of(MembershipRow), and_(
                _MEMBER.person == _PERSON.id, _MEMBER.since <= at,
                or_(_MEMBER.until.is_(None), _MEMBER.until > at)))
            .outerjoin(table_of(GrantRow), and_(
                _GRANT.person == _PERSON.id, _GRANT.revoked_at.is_(None))))


_BY_ID = _with_rights().where(_PERSON.id == bindparam("person"))
_BY_TOKEN = Prepared(
    _with_rights(*_OF_TOKEN).join(table_of(TokenRow), _TOKEN.person == _PERSON.id)
    .where(_TOKEN.hash == bindparam("hash")))
