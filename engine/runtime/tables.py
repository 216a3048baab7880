"""The tables of the runtime: cases, their state, what they wait for, incidents, comments."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.infra.db import Base, Utc


class CaseRow(Base):
    """One case: what lists show. `revision` grows with every command (ETag)."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_state_started", "state", "started_at"),
        Index("ix_cases_journey_started", "journey", "started_at"),
        Index("ix_cases_together", "together"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    journey: Mapped[str] = mapped_column(String(60))
    version_id: Mapped[UUID]
    version_number: Mapped[int]
    #: The process of the drawing that it runs, where there are several; None is the main one.
    process: Mapped[str | None] = mapped_column(String(255))
    #: The first of the cases that came of one start of a drawing with several pools.
    together: Mapped[UUID | None]
    #: The case, token and step that called it.
    parent: Mapped[UUID | None] = mapped_column(index=True)
    parent_token: Mapped[UUID | None]
    parent_element: Mapped[str | None] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(12))  # open, suspended, completed, cancelled
    channel: Mapped[str | None] = mapped_column(String(40))
    priority: Mapped[str] = mapped_column(String(12))
    customer: Mapped[UUID | None] = mapped_column(index=True)
    #: The customer's tier when the case began.
    tier: Mapped[str | None] = mapped_column(String(60))
    started_at: Mapped[datetime] = mapped_column(Utc)
    started_by: Mapped[UUID | None] = mapped_column(index=True)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    cancel_reason: Mapped[str | None] = mapped_column(Text)
    #: Why and since when nothing may happen to it.
    suspend_reason: Mapped[str | None] = mapped_column(Text)
    suspended_at: Mapped[datetime | None] = mapped_column(Utc)
    #: How many of its incidents are open.
    open_incidents: Mapped[int] = mapped_column(default=0, server_default="0")
    revision: Mapped[int] = mapped_column(default=0)


class CaseStateRow(Base):
    """A case's tokens and its one document of data (engine/runtime/stored.py)."""

    __tablename__ = "case_states"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    tokens: Mapped[str] = mapped_column(Text)
    document: Mapped[str] = mapped_column(Text)
    #: How many bytes of data are kept apart, below `document`; 0 where that is all there is.
    apart: Mapped[int] = mapped_column(default=0, server_default="0")


class CaseDocumentRow(Base):
    """The larger part of the data of a case that has much."""

    __tablename__ = "case_documents"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    document: Mapped[str] = mapped_column(Text)


class GivenRow(Base):
    """The data that a case got from the step that called it: what differs at its end is its own."""

    __tablename__ = "case_given"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    document: Mapped[str] = mapped_column(Text)


class WaitRow(Base):
    """One thing that a case waits for now: a person, a message, or a moment (`due_at`)."""

    __tablename__ = "case_waits"
    __table_args__ = (Index("ix_case_waits_due", "due_at"),
                      Index("ix_case_waits_message", "message", "correlation"),
                      Index("ix_case_waits_calendar", "calendar",
                            sqlite_where=text("calendar IS NOT NULL"),
                            postgresql_where=text("calendar IS NOT NULL")),
                      Index("ix_case_waits_reckon", "reckon_at",
                            sqlite_where=text("reckon_at IS NOT NULL"),
                            postgresql_where=text("reckon_at IS NOT NULL")))

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    token: Mapped[UUID] = mapped_column(primary_key=True)
    element: Mapped[str] = mapped_column(String(255), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    message: Mapped[str | None] = mapped_column(String(255))
    #: Hash of the keys that a message must carry (engine/runtime/correlation.py).
    correlation: Mapped[str | None] = mapped_column(String(32))
    since: Mapped[datetime] = mapped_column(Utc)
    due_at: Mapped[datetime | None] = mapped_column(Utc)
    #: The due moment of a timer whose case is suspended, until that is resumed, or that could not
    #: be fired then and is tried again at `due_at`.
    held_at: Mapped[datetime | None] = mapped_column(Utc)
    cycles_left: Mapped[int] = mapped_column(default=0)
    #: Why a person is asked at a gateway whose conditions should have decided.
    reason: Mapped[str | None] = mapped_column(Text)
    #: What a timer's definition gave when it was set.
    interval: Mapped[str | None] = mapped_column(String(255))
    #: The department whose business time it counts, since when, and when that was changed.
    calendar: Mapped[str | None] = mapped_column(String(60))
    counts_from: Mapped[datetime | None] = mapped_column(Utc)
    reckon_at: Mapped[datetime | None] = mapped_column(Utc)


class LetterRow(Base):
    """A message from another case that came before the step that takes it."""

    __tablename__ = "case_letters"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    element: Mapped[str] = mapped_column(String(255))
    arrived_at: Mapped[datetime] = mapped_column(Utc)


class CaseDepartmentRow(Base):
    """A department that has or had work on the case: who may see it."""

    __tablename__ = "case_departments"
    __table_args__ = (Index("ix_case_departments_department", "department", "case_id"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    department: Mapped[str] = mapped_column(String(60), primary_key=True)


class IncidentRow(Base):
    """A step that failed for a fault of model or data, until someone deals with it."""

    __tablename__ = "incidents"
    __table_args__ = (Index("ix_incidents_open", "resolved_at", "journey", "element"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    journey: Mapped[str] = mapped_column(String(60), server_default="")
    token: Mapped[UUID | None]
    element: Mapped[str | None] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(20))
    message: Mapped[str] = mapped_column(Text)
    tries: Mapped[int] = mapped_column(default=1)
    #: Whose it is: a department, and a person there who has taken it or was given it.
    department: Mapped[str] = mapped_column(String(60), server_default="")
    owner: Mapped[UUID | None] = mapped_column(index=True)
    raised_at: Mapped[datetime] = mapped_column(Utc)
    resolved_at: Mapped[datetime | None] = mapped_column(Utc, index=True)
    resolved_by: Mapped[UUID | None]
    #: retried, skipped, sent_back, withdrawn, cancelled or dismissed.
    resolved_how: Mapped[str | None] = mapped_column(String(12))


class IncidentTryRow(Base):
    """One failed try of an incident's step."""

    __tablename__ = "incident_tries"

    incident: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Utc)
    #: Who tried again; nobody at first.
    person: Mapped[UUID | None]
    message: Mapped[str] = mapped_column(Text)


class InterventionRow(Base):
    """What a person did to a case beside its drawing, and why: the text that a fact points to."""

    __tablename__ = "interventions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    #: suspended, resumed, skipped, sent_back or corrected.
    kind: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text, default="")
    #: Of corrected data: each field with what it was and what it became (tagged JSON).
    changes: Mapped[str | None] = mapped_column(Text)
    person: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(Utc)


class CommentRow(Base):
    """What someone wrote on a case."""

    __tablename__ = "comments"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    person: Mapped[UUID | None]
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(Utc)


class CaseCounterRow(Base):
    """The last case number of a prefix and year."""

    __tablename__ = "case_counters"

    prefix: Mapped[str] = mapped_column(String(12), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
