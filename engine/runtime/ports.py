"""What the runtime needs from outside: runnable versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from engine.runtime.decisions.table import Decision
from engine.runtime.fields import FieldRule
from engine.runtime.forms import Form
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
    #: Forms by element id; the start form under "".
    forms: Mapping[str, Form] = field(default_factory=dict)
    #: Lanes to departments, and the department of steps that no lane places.
    lanes: Mapping[str, str] = field(default_factory=dict)
    owner: str = ""
    timezone: str = "UTC"

    def lanes_of(self, element: str) -> tuple[str, ...]:
        """Lane ids of a drawn element, innermost first."""
        found = self.model.by_drawn_id(element)
        return found.lanes if found is not None else ()


#: Finds a version by id, ready to run.
Versions = Callable[[UUID], RunnableVersion]
