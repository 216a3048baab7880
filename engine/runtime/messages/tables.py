"""The tables of messages: what starts journeys, kept messages, signals on their way."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.infra.db import Base, Json, Utc


class JourneyStartRow(Base):
    """What starts cases of a journey's latest version by itself, at one of its start events."""

    __tablename__ = "journey_starts"
    __table_args__ = (Index("ix_journey_starts_name", "name"),
                      Index("ix_journey_starts_due", "due_at"))

    journey: Mapped[str] = mapped_column(String(60), primary_key=True)
    element: Mapped[str] = mapped_column(String(255), primary_key=True)
    version_id: Mapped[UUID]
    process: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(12))  # message, signal, timer
    #: Of a message or signal.
    name: Mapped[str | None] = mapped_column(String(255))
    #: A timer as the version says it, so that publishing it again keeps its rhythm.
    rule: Mapped[str | None] = mapped_column(Text)
    due_at: Mapped[datetime | None] = mapped_column(Utc)
    cycles_left: Mapped[int] = mapped_column(default=0)
    interval: Mapped[str | None] = mapped_column(String(255))
    #: The department whose business time it counts, and since when.
    calendar: Mapped[str | None] = mapped_column(String(60), index=True)
    counts_from: Mapped[datetime | None] = mapped_column(Utc)
    #: Of a timer whose case could not be started: when it was due, and why. It is due again later.
    missed_at: Mapped[datetime | None] = mapped_column(Utc)
    failure: Mapped[str | None] = mapped_column(Text)


class KeptMessageRow(Base):
    """A message that came before anyone waited for it, until it is taken or its time is over."""

    __tablename__ = "kept_messages"
    __table_args__ = (Index("ix_kept_messages_expires", "expires_at"),
                      Index("ix_kept_messages_look", "look_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    received_at: Mapped[datetime] = mapped_column(Utc)
    expires_at: Mapped[datetime] = mapped_column(Utc)
    sent_by: Mapped[UUID | None]
    #: Journeys that its sender may reach; None stands for all.
    journeys: Mapped[list[str] | None] = mapped_column(Json)
    #: When the sweep looks for a case that waits for it.
    look_at: Mapped[datetime | None] = mapped_column(Utc)


class KeptKeyRow(Base):
    """Under what a kept message may be waited for: each part of its keys, "" without keys."""

    __tablename__ = "kept_message_keys"
    __table_args__ = (Index("ix_kept_message_keys_name", "name", "correlation"),)

    message: Mapped[UUID] = mapped_column(ForeignKey("kept_messages.id"), primary_key=True)
    correlation: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(255))


class SignalRow(Base):
    """A signal that was sent to all that wait for it; its targets are its account."""

    __tablename__ = "signals"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    sent_at: Mapped[datetime] = mapped_column(Utc)
    sent_by: Mapped[UUID | None]
    #: The case that threw it, when none came from outside.
    thrown_in: Mapped[UUID | None]


class SignalTargetRow(Base):
    """One case that waited for a signal when it was sent, or one journey that it starts."""

    __tablename__ = "signal_targets"
    __table_args__ = (Index("ix_signal_targets_due", "due_at"),
                      Index("ix_signal_targets_case", "case_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    signal: Mapped[UUID] = mapped_column(ForeignKey("signals.id"), index=True)
    #: The case that waits, or the one that it started.
    case_id: Mapped[UUID | None]
    journey: Mapped[str | None] = mapped_column(String(60))
    element: Mapped[str | None] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(12))  # pending, reached, started, gone, failed
    reason: Mapped[str | None] = mapped_column(Text)
    due_at: Mapped[datetime | None] = mapped_column(Utc)
