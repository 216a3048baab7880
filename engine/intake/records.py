"""What intake hands out: frozen, free of the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from engine.intake.model import Adaptation
from engine.intake.settings import JourneySettings


@dataclass(frozen=True)
class Draft:
    """The next version of a journey, while a designer prepares it."""

    id: UUID
    journey: str
    drawing: bytes
    settings: JourneySettings
    files: Mapping[str, bytes]
    updated_at: datetime
    updated_by: UUID | None


@dataclass(frozen=True)
class Version:
    """A published version: it never changes. `process` is the id, inside, of what runs."""

    id: UUID
    journey: str
    number: int
    drawing: bytes
    adapted: bytes
    process: str
    settings: JourneySettings
    adaptations: tuple[Adaptation, ...]
    published_at: datetime
    published_by: UUID | None
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Journey:
    """A journey for lists: its latest version's number (0: none yet) and its draft."""

    key: str
    settings: JourneySettings
    latest: UUID | None
    number: int
    published_at: datetime | None
    draft: UUID | None
    draft_at: datetime | None
