"""What the services of this room hand out: frozen, and free of the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Department:
    """A department; `name` is by language."""

    key: str
    name: Mapping[str, str]
    timezone: str
    ended_at: datetime | None = None

    def label(self, language: str | None) -> str:
        """Its name in the language, else in any."""
        return self.name.get(language or "en") or next(iter(self.name.values()))


@dataclass(frozen=True)
class Membership:
    """A person's time in a department; `until` (not included) is None while it lasts."""

    person: UUID
    department: str
    lead: bool
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class Person:
    """Someone who works with Baton; `departments` are the present ones."""

    id: UUID
    login: str
    name: str
    email: str | None = None
    language: str | None = None
    timezone: str | None = None
    ended_at: datetime | None = None
    departments: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Token:
    """An API token without its secret; `scopes` None is all that its person may do."""

    id: UUID
    person: UUID
    name: str
    prefix: str
    scopes: frozenset[str] | None
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True)
class IssuedToken:
    """A new token; `secret` is shown once and kept nowhere."""

    token: Token
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Customer:
    """Someone who is served. `contacts` are by kind, such as email and phone."""

    id: UUID
    name: str
    contacts: Mapping[str, str]
    external_ref: str | None = None
    language: str | None = None
    timezone: str | None = None
    tier: str | None = None
    ended_at: datetime | None = None
