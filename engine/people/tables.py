"""Departments and their calendars, persons and what they may do, customers. Nothing is deleted."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.infra.db import Base, Json, Utc

_KEY = String(60)


class DepartmentRow(Base):
    """A department; its key stands in facts and packs and never changes."""

    __tablename__ = "departments"

    key: Mapped[str] = mapped_column(_KEY, primary_key=True)
    #: {"en": …, "zh": …}
    name: Mapped[dict[str, str]] = mapped_column(Json)
    timezone: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)


class CalendarRow(Base):
    """The one working calendar of a department."""

    __tablename__ = "calendars"

    department: Mapped[str] = mapped_column(ForeignKey("departments.key"), primary_key=True)
    #: ["Mon-Fri 09:00-12:00", …]
    hours: Mapped[list[str]] = mapped_column(Json)
    #: A country code, whose public holidays are closed.
    holidays: Mapped[str | None] = mapped_column(String(10))
    #: ISO dates of its own: closed, and open with hours of their own ({date: [times]}).
    closed: Mapped[list[str]] = mapped_column(Json)
    extra: Mapped[dict[str, list[str]]] = mapped_column(Json)
    changed_at: Mapped[datetime] = mapped_column(Utc)


class PersonRow(Base):
    """Someone who works with Baton."""

    __tablename__ = "persons"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: As `spelling.login` writes it, so that no two differ by case or width only.
    login: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    language: Mapped[str | None] = mapped_column(String(10))
    timezone: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)


class CredentialRow(Base):
    """A person's password, as an argon2 hash."""

    __tablename__ = "credentials"

    person: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    hash: Mapped[str] = mapped_column(String(300))
    changed_at: Mapped[datetime] = mapped_column(Utc)


class MembershipRow(Base):
    """A person's time in a department, from `since` until before `until`."""

    __tablename__ = "memberships"
    __table_args__ = (Index("ix_memberships_department", "department"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    department: Mapped[str] = mapped_column(ForeignKey("departments.key"))
    lead: Mapped[bool]
    since: Mapped[datetime] = mapped_column(Utc)
    until: Mapped[datetime | None] = mapped_column(Utc)


class GrantRow(Base):
    """A role or a right given to a person, for a journey or all, a department or all."""

    __tablename__ = "grants"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    what: Mapped[str] = mapped_column(String(40))
    journey: Mapped[str | None] = mapped_column(_KEY)
    department: Mapped[str | None] = mapped_column(_KEY)
    granted_at: Mapped[datetime] = mapped_column(Utc)
    granted_by: Mapped[UUID | None]
    revoked_at: Mapped[datetime | None] = mapped_column(Utc)
    revoked_by: Mapped[UUID | None]


class TokenRow(Base):
    """A token for the API; only its SHA-256 is kept, with a prefix to tell tokens apart."""

    __tablename__ = "api_tokens"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    prefix: Mapped[str] = mapped_column(String(20))
    #: Rights or roles that it is limited to; null for all that the person has.
    scopes: Mapped[list[str] | None] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(Utc)
    expires_at: Mapped[datetime] = mapped_column(Utc)
    last_used_at: Mapped[datetime | None] = mapped_column(Utc)
    revoked_at: Mapped[datetime | None] = mapped_column(Utc)


class CustomerRow(Base):
    """Someone served; outside the organisation."""

    __tablename__ = "customers"
    __table_args__ = (
        Index("uq_customers_external_ref", "external_ref", unique=True,
              sqlite_where=text("external_ref IS NOT NULL"),
              postgresql_where=text("external_ref IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    #: The name in lower case, to find the same customer again.
    name_key: Mapped[str] = mapped_column(String(200), index=True)
    #: {"email": …, "phone": …, …}
    contacts: Mapped[dict[str, str]] = mapped_column(Json)
    external_ref: Mapped[str | None] = mapped_column(String(100))
    language: Mapped[str | None] = mapped_column(String(10))
    timezone: Mapped[str | None] = mapped_column(String(60))
    tier: Mapped[str | None] = mapped_column(String(60))
    #: Name, reference and contacts in lower case, for the search box.
    search_text: Mapped[str] = mapped_column(String(3000))
    created_at: Mapped[datetime] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
