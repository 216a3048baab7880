"""What comes of moving a case: for a dry run, and for what was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.runtime.model import Wait
from engine.runtime.notes import Note


@dataclass(frozen=True)
class Step:
    """What becomes of something that a case waits for. `element` and `to` are drawn ids, of the
    old and the new version; `fate` is kept, entered or withdrawn; `kind` as in `Wait`."""

    element: str
    fate: str
    to: str = ""
    kind: str = ""
    why: Note | None = None


@dataclass(frozen=True)
class Outcome:
    """The verdict on a case: it can be moved unless it is `refused`. `notes` are worth knowing.

    `waits` are the drawn ids of the new version at which it waits then; `retyped` are its fields
    whose values become others, with the new ones.
    """

    steps: tuple[Step, ...] = ()
    refused: tuple[Note, ...] = ()
    notes: tuple[Note, ...] = ()
    waits: tuple[str, ...] = ()
    retyped: Mapping[str, Any] = field(default_factory=dict)

    @property
    def can_move(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.refused


def names_of(waits: list[Wait]) -> tuple[str, ...]:
    """The drawn ids of waits, sorted, each once."""
    return tuple(sorted({wait.element for wait in waits}))
