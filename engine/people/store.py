"""Queries on people, for the services of this room."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.infra.db import Base
from engine.people.access import Grant
from engine.people.tables import (
    CustomerRow,
    GrantRow,
    MembershipRow,
    PersonRow,
)

#: SQLite allows 32,766 variables a statement; lists are asked for in portions.
_PORTION = 500


def added(session: Session, row: Base) -> bool:
    """Insert the row; False, and nothing changed, when a unique value is taken."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


def person_by_login(session: Session, login: str) -> PersonRow | None:
    """The person with this login, ended or not."""
    return session.scalars(select(PersonRow).where(PersonRow.login == login)).one_or_none()


def names(session: Session, ids: Collection[UUID], *,
          of: type[PersonRow] | type[CustomerRow] = PersonRow) -> dict[UUID, str]:
    """Names by id, of those that exist."""
    wanted = sorted(set(ids))
    found: dict[UUID, str] = {}
    for start in range(0, len(wanted), _PORTION):
        query = select(of.id, of.name).where(of.id.in_(wanted[start:start + _PORTION]))
        found.update((row.id, row.name) for row in session.execute(query))
    return found


def memberships_at(session: Session, at: datetime, *, person: UUID | None = None,
                   department: str | None = None) -> list[MembershipRow]:
    """The memberships that hold at `at`."""
    query = select(MembershipRow).where(_holds(at)).order_by(MembershipRow.id)
    if person is not None:
        query = query.where(MembershipRow.person == person)
    if department is not None:
        query = query.where(MembershipRow.department == department)
    return list(session.scalars(query))


def grants(session: Session, *, person: UUID | None = None,
           what: str | None = None) -> list[GrantRow]:
    """The grants in force."""
    query = select(GrantRow).where(GrantRow.revoked_at.is_(None)).order_by(GrantRow.id)
    if person is not None:
        query = query.where(GrantRow.person == person)
    if what is not None:
        query = query.where(GrantRow.what == what)
    return list(session.scalars(query))


def grant(session: Session, person: UUID, wanted: Grant) -> GrantRow | None:
    """The person's grant in force that is exactly this one."""
    return next((row for row in grants(session, person=person, what=wanted.what)
                 if (row.journey, row.department) == (wanted.journey, wanted.department)), None)


def administrators(session: Session, *, besides: UUID) -> int:
    """How many others can administrate everything."""
    query = (select(PersonRow.id).join(GrantRow, GrantRow.person == PersonRow.id)
             .where(PersonRow.ended_at.is_(None), PersonRow.id != besides,
                    GrantRow.revoked_at.is_(None), GrantRow.journey.is_(None),
                    GrantRow.department.is_(None),
                    GrantRow.what.in_(("administrator", "people.admin"))).distinct())
    return len(session.scalars(query).all())


def customers_like(session: Session, words: Collection[str], limit: int) -> list[CustomerRow]:
    """Customers whose search text holds every word, by name."""
    query = select(CustomerRow).where(CustomerRow.ended_at.is_(None))
    for word in words:
        query = query.where(CustomerRow.search_text.contains(word, autoescape=True))
    return list(session.scalars(
        query.order_by(CustomerRow.name_key, CustomerRow.id).limit(limit)))


def _holds(at: datetime) -> ColumnElement[bool]:
    return and_(MembershipRow.since <= at,
                or_(MembershipRow.until.is_(None), MembershipRow.until > at))
