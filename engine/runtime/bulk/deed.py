"""What can be done to many cases, as a run sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from engine.infra.sweep import Declined
from engine.people.access import Actor
from engine.runtime.notes import Note

WAITING, DONE, REFUSED, FAILED, LEFT = "waiting", "done", "refused", "failed", "left"
STATES = (WAITING, DONE, REFUSED, FAILED, LEFT)


@dataclass(frozen=True)
class Run:
    """One run, as far as it has come: `counts` are cases by state. Times are UTC.

    `what` are the deed's own parameters; `journey` is "" where cases of any may be in it.
    """

    id: UUID
    deed: str
    journey: str
    what: Mapping[str, Any]
    reason: str
    created_by: UUID | None
    created_at: datetime
    ended_at: datetime | None
    stopped_by: UUID | None
    total: int
    counts: Mapping[str, int]

    @property
    def dealt_with(self) -> int:
        """How many cases have their result."""
        return self.total - self.counts.get(WAITING, 0)

    @property
    def state(self) -> str:
        """running, stopped or done."""
        return "running" if self.ended_at is None else "stopped" if self.stopped_by else "done"


@dataclass(frozen=True)
class CaseResult:
    """What came of one case of a run."""

    case: UUID
    number: str
    state: str
    notes: tuple[Note, ...]
    at: datetime | None


@dataclass(frozen=True)
class Done:
    """What a deed did to a case; `state` is REFUSED where it was in vain but stays done."""

    notes: tuple[Note, ...] = ()
    state: str = DONE


class Deed(Protocol):
    """Something that can be done to many cases."""

    @property
    def right(self) -> str:
        """The right that it takes."""
        ...

    @property
    def explained(self) -> bool:
        """Whether somebody must say why."""
        ...

    def settle(self, what: Mapping[str, Any], by: Actor) -> tuple[str, dict[str, Any]]:
        """The journey ("" for any) and the parameters as the run keeps them.

        Raises Invalid for what can't be, Forbidden for what `by` may not.
        """
        ...

    def do(self, case: UUID, run: Run, by: Actor) -> Done:
        """Do it to one case. Raises a DomainError, or Refusal, where the case can't have it."""
        ...


class Refusal(Declined):
    """A case that can't have a deed done to it; all that was begun on it is taken back."""

    def __init__(self, notes: tuple[Note, ...]) -> None:
        super().__init__(notes[0].text)
        self.notes = notes
