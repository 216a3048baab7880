"""Facts about looking after cases: what failed, and what people did beside the drawing."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from engine.journal.fact import Fact


@dataclass(frozen=True, kw_only=True)
class IncidentRaised(Fact):
    """A step failed for a fault of model or data; its text stands in the incident."""

    incident: UUID
    token: UUID | None
    kind: str


@dataclass(frozen=True, kw_only=True)
class IncidentRetried(Fact):
    """The failed step was tried again and failed again; `tries` is how often it was tried."""

    incident: UUID
    tries: int


@dataclass(frozen=True, kw_only=True)
class IncidentGiven(Fact):
    """An incident has another owner: the person `to`, else anyone of `department`."""

    incident: UUID
    to: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class IncidentResolved(Fact):
    """An incident was dealt with; `how` is retried, skipped, sent_back, withdrawn (its step is no
    longer to be done), cancelled (its case is) or dismissed."""

    incident: UUID
    how: str


@dataclass(frozen=True, kw_only=True)
class StepSkipped(Fact):
    """A person let the token go on past `element` without it being done."""

    token: UUID
    intervention: UUID


@dataclass(frozen=True, kw_only=True)
class CaseSentBack(Fact):
    """A person took the token away from `element` and put one before the earlier step `to`;
    `withdrawn` are the other elements at which tokens stood that went with it."""

    token: UUID
    to: str
    intervention: UUID
    withdrawn: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class CaseSuspended(Fact):
    """Nothing may happen to the case until it is resumed; its promises run on."""

    intervention: UUID


@dataclass(frozen=True, kw_only=True)
class CaseResumed(Fact):
    """A suspended case goes on."""

    intervention: UUID
