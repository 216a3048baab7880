"""What is sent, and what became of it: frozen, free of the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from engine.runtime.views import Case


@dataclass(frozen=True)
class Message:
    """A message from outside. `keys` are its correlation keys; `case` (id or number) or `journey`
    say where it goes; `keep_for` is how long it is kept when nobody waits for it yet."""

    name: str
    keys: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    case: str | None = None
    journey: str | None = None
    keep_for: timedelta | None = None
    customer: UUID | None = None
    tier: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a message: `how` is delivered, started or kept (until `expires_at`)."""

    how: str
    case: Case | None = None
    element: str | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True)
class KeptMessage:
    """A message that waits for a case."""

    id: UUID
    name: str
    received_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Target:
    """One case or journey that a signal was sent to; `state` is pending, reached, started, gone
    (it waited no longer) or failed (`reason`)."""

    state: str
    case_id: UUID | None
    journey: str | None
    reason: str | None


@dataclass(frozen=True)
class Signal:
    """A signal and its account."""

    id: UUID
    name: str
    sent_at: datetime
    sent_by: UUID | None
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class Start:
    """What starts cases of a journey by itself: a message or signal called `name`, or a timer."""

    element: str
    kind: str
    name: str | None
    due_at: datetime | None


@dataclass(frozen=True)
class FailingStart:
    """A timer that should have started a case at `missed_at`, and why it could not."""

    journey: str
    element: str
    missed_at: datetime
    reason: str
