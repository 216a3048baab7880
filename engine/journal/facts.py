"""Every kind of fact that Baton records, in the past tense, frozen and versioned.

Facts carry ids, codes, numbers and whatever a standard or a filter may ask.
Names, free text and form values live in erasable tables that facts point to.
A persisted kind is never edited: raise its `VERSION` and teach `upgrade` the old one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from engine.journal.care import (
    CaseResumed as CaseResumed,
)
from engine.journal.care import (
    CaseSentBack as CaseSentBack,
)
from engine.journal.care import (
    CaseSuspended as CaseSuspended,
)
from engine.journal.care import (
    IncidentGiven as IncidentGiven,
)
from engine.journal.care import (
    IncidentRaised as IncidentRaised,
)
from engine.journal.care import (
    IncidentResolved as IncidentResolved,
)
from engine.journal.care import (
    IncidentRetried as IncidentRetried,
)
from engine.journal.care import (
    StepSkipped as StepSkipped,
)
from engine.journal.fact import Fact as Fact
from engine.journal.outside import (
    CallAwaited as CallAwaited,
)
from engine.journal.outside import (
    CallReturned as CallReturned,
)
from engine.journal.outside import (
    CallWithdrawn as CallWithdrawn,
)
from engine.journal.outside import (
    ServiceAnswered as ServiceAnswered,
)
from engine.journal.outside import (
    ServiceAwaited as ServiceAwaited,
)
from engine.journal.outside import (
    ServiceWithdrawn as ServiceWithdrawn,
)
from engine.journal.outside import (
    SignalThrown as SignalThrown,
)

# --- journeys -----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class JourneyPublished(Fact):
    """A version of a journey may now be started."""

    version_id: UUID


# --- cases (runtime) ----------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class CaseStarted(Fact):
    """A case began. `attributes` holds the fields that the journey declared as filters."""

    number: str
    channel: str | None = None
    priority: str = "normal"
    customer: UUID | None = None
    tier: str | None = None
    parent_case: UUID | None = None
    #: The process of the drawing, where it is not the main one.
    process: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class StepAwaited(Fact):
    """A token came to a step that a person has to do; `work` makes a work item of it.

    `kind` is user, manual or question (a gateway that a person decides).
    """

    token: UUID
    kind: str


@dataclass(frozen=True, kw_only=True)
class StepWithdrawn(Fact):
    """A step that was waiting for a person is no longer to be done (a boundary event, a cancel)."""

    token: UUID


@dataclass(frozen=True, kw_only=True)
class StepResumed(Fact):
    """A person's answer was taken and the token went on; `answers` are flow ids of a question."""

    token: UUID
    answers: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class ElementCompleted(Fact):
    """A token passed an element that no person did: a gateway, event, script, decision, service.

    `kind` is the BPMN element's local name, such as scriptTask or exclusiveGateway.
    """

    token: UUID
    kind: str


@dataclass(frozen=True, kw_only=True)
class DecisionMade(Fact):
    """A business rule step was decided; `rules` are the rules that were hit, from 1.

    One for each decision of the DMN file that it took, the required ones before.
    """

    token: UUID
    decision: str
    rules: list[int]


@dataclass(frozen=True, kw_only=True)
class DataWritten(Fact):
    """Fields of the case data were written; their values stay in the case.

    `intervention` holds what was there before, where a person corrected them.
    """

    fields: list[str]
    intervention: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class TimerSet(Fact):
    """A token waits for a moment."""

    token: UUID
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class TimerFired(Fact):
    """A waited-for moment came; `late_seconds` is how long after `due_at` it was noticed."""

    token: UUID
    due_at: datetime
    late_seconds: float


@dataclass(frozen=True, kw_only=True)
class TimerCancelled(Fact):
    """A moment is no longer waited for."""

    token: UUID


@dataclass(frozen=True, kw_only=True)
class MessageAwaited(Fact):
    """A token waits for a message from outside."""

    token: UUID
    message: str


@dataclass(frozen=True, kw_only=True)
class MessageWaitEnded(Fact):
    """A token waits for its message no longer, whether it came or something else happened."""

    token: UUID
    message: str


@dataclass(frozen=True, kw_only=True)
class MessageReceived(Fact):
    """A message reached the case."""

    message: str


@dataclass(frozen=True, kw_only=True)
class MessageSent(Fact):
    """A message left `element` for another process of the drawing. `to` is the case that it
    reached or began; None when there was no such case any more."""

    message: str
    to: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class CaseMigrated(Fact):
    """The case was moved to another version; this fact, and those after it, are about that one.

    `renamed` are new element ids by old ones; ids that stayed aren't in it. The other fields are
    those of CaseStarted, as they are now. The reason's text stands in the comment.
    """

    from_version: int
    from_version_id: UUID
    version_id: UUID
    renamed: dict[str, str] = field(default_factory=dict)
    comment: UUID | None = None
    number: str = ""
    channel: str | None = None
    priority: str = "normal"
    tier: str | None = None
    process: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CaseCompleted(Fact):
    """The last token reached an end, or an error that nothing catches ended all that went on.

    `error` is that error's code, "" where the drawing gives it none.
    """

    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class CaseCancelled(Fact):
    """The case was ended by a person before its end; the reason's text stands on the case."""


@dataclass(frozen=True, kw_only=True)
class FileAttached(Fact):
    """A file was added to the case."""

    file: UUID


@dataclass(frozen=True, kw_only=True)
class CommentAdded(Fact):
    """Someone wrote on the case; the text stands in the comment."""

    comment: UUID


# --- work ---------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class WorkItemOffered(Fact):
    """A work item was put before a department (`department`), from now on it waits."""

    item: UUID
    token: UUID
    kind: str


@dataclass(frozen=True, kw_only=True)
class WorkItemClaimed(Fact):
    """`person` took the item: its wait ends, its work begins."""

    item: UUID


@dataclass(frozen=True, kw_only=True)
class WorkItemReleased(Fact):
    """`person` put the item back: it waits again."""

    item: UUID


@dataclass(frozen=True, kw_only=True)
class WorkItemCompleted(Fact):
    """`person` finished the item; `answers` are flow ids when it was a question."""

    item: UUID
    answers: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class WorkItemWithdrawn(Fact):
    """The item is no longer to be done."""

    item: UUID


@dataclass(frozen=True, kw_only=True)
class HandedOver(Fact):
    """Work passed to `department` from another; it waits until `item` is claimed there."""

    item: UUID
    from_department: str
    from_element: str


@dataclass(frozen=True, kw_only=True)
class Returned(Fact):
    """Work came back to a step (`element`) that had been completed before in this case."""

    item: UUID
    from_department: str
    from_element: str


# --- promises (sla) -----------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ClockStarted(Fact):
    """A standard began to be measured on the case. `standard` is its key in the journey."""

    clock: UUID
    standard: str
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class ClockPaused(Fact):
    """The clock stands while the customer has the ball."""

    clock: UUID
    standard: str


@dataclass(frozen=True, kw_only=True)
class ClockResumed(Fact):
    """The clock runs again, with a new due moment."""

    clock: UUID
    standard: str
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class ClockWarned(Fact):
    """A share (`percent`) of the promised time has been used."""

    clock: UUID
    standard: str
    percent: int


@dataclass(frozen=True, kw_only=True)
class ClockBreached(Fact):
    """The promised moment passed with the clock still running."""

    clock: UUID
    standard: str
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class ClockMet(Fact):
    """The promise was kept; `used_seconds` and `target_seconds` are business seconds."""

    clock: UUID
    standard: str
    used_seconds: float
    target_seconds: float


@dataclass(frozen=True, kw_only=True)
class ClockMissed(Fact):
    """The promised thing was done, after its due moment (seconds as in ClockMet)."""

    clock: UUID
    standard: str
    used_seconds: float
    target_seconds: float


@dataclass(frozen=True, kw_only=True)
class ClockCancelled(Fact):
    """The promise no longer applies: the case was cancelled, or the step withdrawn."""

    clock: UUID
    standard: str


def _kinds(root: type[Fact]) -> dict[str, type[Fact]]:
    return {kind.__name__: kind for kind in root.__subclasses__()}


#: Every kind of fact by its name, as it stands in the journal.
KINDS: dict[str, type[Fact]] = _kinds(Fact)
