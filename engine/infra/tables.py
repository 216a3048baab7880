"""Tables of the ground itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from engine.infra.db import Base, Json, Utc


class OnceRow(Base):
    """A command that was carried out under an idempotency key, and its answer."""

    __tablename__ = "once"

    #: A person's id, or "system".
    actor: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    result: Mapped[Any | None] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(Utc, index=True)


class WorkerRow(Base):
    """A process that runs timers and promises, and when it last said that it lives."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(Utc)
    beat_at: Mapped[datetime] = mapped_column(Utc)


class SecretRow(Base):
    """What all processes of an installation must know, and nobody else."""

    __tablename__ = "installation_secrets"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))
