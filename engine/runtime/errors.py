"""What can go wrong in a case."""

from __future__ import annotations

from engine.infra.errors import Conflict, DomainError, Invalid


class ModelFault(Exception):
    """A fault of the model or of the data: becomes an incident, never a traceback.

    `kind` is script, condition, decision, timer, budget, circle or data.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class CannotCompile(Invalid):
    """The adapted model can't be run; the message names the element."""


class CaseEnded(Conflict):
    """The case is no longer open."""


def ended(number: str, state: str) -> CaseEnded:
    """What to say of a case that is completed or cancelled."""
    if state == "completed":
        return CaseEnded("Case {number} is completed: nothing can be done to it any more. Start "
                         "another one where more is to be done.", number=number)
    return CaseEnded("Case {number} was cancelled meanwhile; what you sent was not used. Its page "
                     "says by whom and why.", number=number)


class TokenGone(Conflict):
    """The step is no longer waiting: someone was faster, or an event took it away."""


class CaseSuspended(Conflict):
    """The case is suspended: nothing happens to it until it is resumed."""


class CallFailed(DomainError):
    """A service can't be called, or its answer can't be used: trying again alone won't help."""
