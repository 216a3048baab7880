"""The room's front: who works, when, what they may do, and whom they serve."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from engine.infra.now import Now
from engine.people.access import Actor
from engine.people.accounts import Accounts
from engine.people.customers import Customers
from engine.people.departments import Departments
from engine.people.passwords import Passwords
from engine.people.persons import Persons
from engine.worktime.calendar import WorkCalendar


class People:
    """The services of this room on one unit of work.

    `timezone` is the organisation's, for departments that name none; `passwords` sets the
    cost of hashes.
    """

    def __init__(self, session: Session, now: Now, *, timezone: str = "UTC",
                 passwords: Passwords | None = None) -> None:
        self.departments = Departments(session, now, timezone)
        self.persons = Persons(session, now)
        self.accounts = Accounts(session, now, passwords or Passwords())
        self.customers = Customers(session, now)

    def authenticate(self, login: str, password: str) -> Actor:
        """As `accounts.authenticate`."""
        return self.accounts.authenticate(login, password)

    def actor(self, person: UUID) -> Actor:
        """As `accounts.actor`."""
        return self.accounts.actor(person)

    def actor_by_token(self, secret: str) -> Actor:
        """As `accounts.actor_by_token`."""
        return self.accounts.actor_by_token(secret)

    def names(self, ids: Collection[UUID]) -> dict[UUID, str]:
        """As `persons.names`."""
        return self.persons.names(ids)

    def calendar_of(self, department: str) -> WorkCalendar:
        """As `departments.calendar`."""
        return self.departments.calendar(department)
