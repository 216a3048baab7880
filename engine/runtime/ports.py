"""What the runtime needs from outside: runnable versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from engine.runtime.decisions.table import Decision
from engine.runtime.fields import FieldRule
from engine.runtime.spiff.compile import CompiledModel


@dataclass(frozen=True)
class RunnableVersion:
    """A journey version, compiled: it never changes, so it is cached by `id`."""

    id: UUID
    journey: str
    number: int
    prefix: str
    model: CompiledModel
    fields: Mapping[str, FieldRule]
    decisions: Mapping[str, Decision]
    timezone: str = "UTC"


#: Finds a version by id, ready to run.
Versions = Callable[[UUID], RunnableVersion]
