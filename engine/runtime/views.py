"""What the runtime shows of a case: frozen, detached from the session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from engine.people.access import Visibility


@dataclass(frozen=True)
class Case:
    """A case as lists and pages show it. Times are UTC."""

    id: UUID
    number: str
    journey: str
    version_id: UUID
    version_number: int
    state: str
    channel: str | None
    priority: str
    customer: UUID | None
    started_at: datetime
    started_by: UUID | None
    ended_at: datetime | None
    cancel_reason: str | None
    revision: int
    process: str | None = None
    together: UUID | None = None
    parent: UUID | None = None
    suspend_reason: str | None = None
    suspended_at: datetime | None = None
    open_incidents: int = 0


@dataclass(frozen=True)
class CaseWait:
    """Something a case waits for now, by drawn element id."""

    token: UUID
    element: str
    kind: str
    message: str | None
    since: datetime
    due_at: datetime | None  # of a suspended case: when it would have been due
    #: Why a person is asked at a gateway whose conditions should have decided.
    reason: str | None = None


@dataclass(frozen=True)
class Incident:
    """A failed step, open until `resolved_at`."""

    id: UUID
    case_id: UUID
    token: UUID | None
    element: str | None
    kind: str
    message: str
    tries: int
    raised_at: datetime
    resolved_at: datetime | None
    journey: str = ""
    #: Whose it is: a department, and a person who has taken it or was given it.
    department: str = ""
    owner: UUID | None = None
    resolved_by: UUID | None = None
    resolved_how: str | None = None


@dataclass(frozen=True)
class Try:
    """A failed try of an incident's step; `person` tried again."""

    number: int
    at: datetime
    person: UUID | None
    message: str


@dataclass(frozen=True)
class Intervention:
    """What a person did to a case beside its drawing; `changes` are fields: (before, after)."""

    id: UUID
    kind: str
    reason: str
    changes: Mapping[str, tuple[Any, Any]]
    person: UUID | None
    at: datetime


@dataclass(frozen=True)
class Comment:
    """What someone wrote on a case."""

    id: UUID
    case_id: UUID
    person: UUID | None
    text: str
    written_at: datetime


@dataclass(frozen=True)
class CaseFilter:
    """Which cases a list shows: those that `visible` admits, and among them what was asked for."""

    visible: Visibility
    department: str | None = None
    state: str | None = None
    journey: str | None = None
    priority: str | None = None
    channel: str | None = None
    text: str | None = None
    customers: tuple[UUID, ...] = ()
    number_after: str | None = None
    ids: tuple[UUID, ...] | None = None
    #: Only cases that haven't ended.
    live: bool = False


@dataclass(frozen=True)
class Page:
    """One page of cases, newest first; `next` goes on after the last one."""

    cases: list[Case]
    next: str | None


Data = Mapping[str, Any]
