"""What can go wrong in a case."""

from __future__ import annotations

from engine.infra.errors import Conflict, Invalid


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


class TokenGone(Conflict):
    """The step is no longer waiting: someone was faster, or an event took it away."""


class CaseSuspended(Conflict):
    """The case is suspended: nothing happens to it until it is resumed."""
