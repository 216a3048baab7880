"""What every fact carries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Fact:
    """What all facts carry. `occurred_at` is aware, UTC; `element` is the drawn BPMN id."""

    VERSION: ClassVar[int] = 1

    occurred_at: datetime
    case: UUID | None = None
    journey: str | None = None
    journey_version: int | None = None
    element: str | None = None
    department: str | None = None
    person: UUID | None = None
    on_behalf_of: UUID | None = None
