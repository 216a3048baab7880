"""Facts about what a case has to do with other cases and outside services."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from engine.journal.fact import Fact


@dataclass(frozen=True, kw_only=True)
class CallAwaited(Fact):
    """A token came to a step that another journey does; a case of `called` is begun for it."""

    token: UUID
    called: str


@dataclass(frozen=True, kw_only=True)
class CallWithdrawn(Fact):
    """A step waits no longer for the case that it had begun."""

    token: UUID


@dataclass(frozen=True, kw_only=True)
class CallReturned(Fact):
    """The case `child` that the step had begun has ended, and the token goes on.

    `error` is the error that it ended with, which the drawing catches; "" is one without a code.
    """

    token: UUID
    child: UUID
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class ServiceAwaited(Fact):
    """A token came to a step that an outside service does; a job will call it."""

    token: UUID


@dataclass(frozen=True, kw_only=True)
class ServiceWithdrawn(Fact):
    """A step waits no longer for the answer of an outside service."""

    token: UUID


@dataclass(frozen=True, kw_only=True)
class ServiceAnswered(Fact):
    """An outside service answered at its `tries`-th try; `error` is the error code where the
    answer was a failure that the drawing catches. `status` is 0 where there was no answer."""

    token: UUID
    status: int
    tries: int
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class SignalThrown(Fact):
    """The case threw a signal, to all cases that wait for it and journeys that begin with it."""

    signal: str
