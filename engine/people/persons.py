"""Persons, and which departments they belong to when."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.infra.errors import Conflict, Invalid, NotFound
from engine.infra.ids import new_id
from engine.infra.now import Now
from engine.people import spelling, store
from engine.people.access import ROLES, Actor
from engine.people.departments import check_open
from engine.people.records import Membership, Person
from engine.people.tables import MembershipRow, PersonRow


class Persons:
    """Commands and questions on persons and memberships."""

    def __init__(self, session: Session, now: Now) -> None:
        self._session = session
        self._now = now

    def create(self, login: str, name: str, *, by: Actor, email: str | None = None,
               language: str | None = None, timezone: str | None = None) -> Person:
        """A new person, who can't log in before a password is set. Conflict on a taken login."""
        by.require("people.admin")
        row = PersonRow(id=new_id(self._now), login=spelling.login(login),
                        created_at=self._now())
        _describe(row, name, email, language, timezone)
        if not store.added(self._session, row):
            raise Conflict('The login "{login}" is taken; choose another.',
                           field="login", login=row.login)
        return self.get(row.id)

    def change(self, person: UUID, *, by: Actor, name: str, email: str | None = None,
               language: str | None = None, timezone: str | None = None) -> Person:
        """Replace what is known of a person; everyone may do so for themselves."""
        if by.person != person:
            by.require("people.admin")
        _describe(self._row(person), name, email, language, timezone)
        return self.get(person)

    def end(self, person: UUID, *, by: Actor) -> None:
        """The person leaves: no login, no tokens, no memberships. The last administrator stays."""
        by.require("people.admin")
        row = self._row(person)
        if row.ended_at is not None:
            return
        keep_an_administrator(self._session, person)
        for membership in store.memberships_at(self._session, self._now(), person=person):
            membership.until = self._now()
        row.ended_at = self._now()

    def join(self, person: UUID, department: str, *, by: Actor, lead: bool = False,
             since: datetime | None = None) -> Membership:
        """Make a person a member from `since` (default: now), or change whether they lead."""
        by.require("people.admin", department=department)
        self._row(person)
        check_open(self._session, department)
        start = since or self._now()
        for row in store.memberships_at(self._session, start, person=person):
            if row.department == department:
                row.lead = lead
                return _membership(row)
        row = MembershipRow(id=new_id(self._now), person=person, department=department,
                            lead=lead, since=start)
        self._session.add(row)
        return _membership(row)

    def leave(self, person: UUID, department: str, *, by: Actor,
              until: datetime | None = None) -> None:
        """End a membership at `until` (default: now). NotFound where there is none."""
        by.require("people.admin", department=department)
        rows = [row for row in store.memberships_at(self._session, self._now(), person=person)
                if row.department == department]
        if not rows:
            raise NotFound("This person is no member of {department}.", department=department)
        for row in rows:
            if until is not None and until < row.since:
                raise Invalid("A membership can't end before it began.", field="until")
            row.until = until or self._now()

    def get(self, person: UUID) -> Person:
        """The person, ended or not. Raises NotFound."""
        return self._with_places([self._row(person)])[0]

    def by_login(self, login: str) -> Person | None:
        """The person with this login, ended or not, if any."""
        row = store.person_by_login(self._session, spelling.folded(login))
        return None if row is None else self._with_places([row])[0]

    def all(self, *, department: str | None = None, ended: bool = False) -> list[Person]:
        """Persons by name: all, or the present members of a department."""
        query = select(PersonRow).order_by(PersonRow.name, PersonRow.id)
        if not ended:
            query = query.where(PersonRow.ended_at.is_(None))
        people = self._with_places(list(self._session.scalars(query)))
        return [p for p in people if department is None or department in p.departments]

    def memberships(self, person: UUID) -> list[Membership]:
        """All memberships of a person, past ones too, by their beginning."""
        query = select(MembershipRow).where(MembershipRow.person == person)
        return [_membership(row) for row in
                self._session.scalars(query.order_by(MembershipRow.since, MembershipRow.id))]

    def names(self, ids: Collection[UUID]) -> dict[UUID, str]:
        """Names by id, in as few questions as possible; ids of nobody are left out."""
        return store.names(self._session, ids)

    def _with_places(self, rows: list[PersonRow]) -> list[Person]:
        """Persons with their present departments and roles, in three questions for any number."""
        person = rows[0].id if len(rows) == 1 else None
        departments: dict[UUID, set[str]] = {}
        for membership in store.memberships_at(self._session, self._now(), person=person):
            departments.setdefault(membership.person, set()).add(membership.department)
        roles: dict[UUID, set[str]] = {}
        for grant in store.grants(self._session, person=person):
            if grant.what in ROLES:
                roles.setdefault(grant.person, set()).add(grant.what)
        return [Person(row.id, row.login, row.name, row.email, row.language, row.timezone,
                       row.ended_at, frozenset(departments.get(row.id, ())),
                       frozenset(roles.get(row.id, ()))) for row in rows]

    def _row(self, person: UUID) -> PersonRow:
        row = self._session.get(PersonRow, person)
        if row is None:
            raise NotFound("There is no such person.")
        return row


def keep_an_administrator(session: Session, leaving: UUID) -> None:
    """Raises Conflict when nobody but `leaving` could administrate people."""
    held = {row.what for row in store.grants(session, person=leaving)
            if row.journey is None and row.department is None}
    if held & {"administrator", "people.admin"} and not store.administrators(
            session, besides=leaving):
        raise Conflict("This is the last administrator; make someone else one first.")


def _describe(row: PersonRow, name: str, email: str | None, language: str | None,
              timezone: str | None) -> None:
    row.name = spelling.line(name, field="name")
    row.email = spelling.email(email) if email and email.strip() else None
    row.language = spelling.language(language, of_baton=True) if language else None
    row.timezone = spelling.timezone(timezone) if timezone else None


def _membership(row: MembershipRow) -> Membership:
    return Membership(row.person, row.department, row.lead, row.since, row.until)
