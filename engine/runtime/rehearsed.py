"""What a rehearsal tells: what happened, what went wrong, and what can happen next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.intake.service_call import ServiceCall
from engine.runtime.model import Answer


@dataclass(frozen=True)
class Happening:
    """One line of the trace. `kind` is what is drawn there; "question" where a person was asked
    something that the drawing leaves open without a gateway (`element` is its first arrow).

    `how`: started, passed, done, answered, replied, fired, message. `answers` are drawn flow ids;
    `rules` the rules that each decision hit, from 1, by the decision's id.
    """

    process: str
    element: str
    kind: str
    how: str
    at: datetime
    answers: tuple[str, ...] = ()
    rules: tuple[tuple[str, tuple[int, ...]], ...] = ()


@dataclass(frozen=True)
class Problem:
    """A fault of model or data at an element: in a real case an incident."""

    process: str
    element: str
    kind: str
    message: str


@dataclass(frozen=True)
class Move:
    """Something that can happen now; `id` names it until the next move.

    `kind`: do (a step), answer (a question), message (it arrives), data (a condition that waits
    for the case's data to make it true), time (the next timer, due at `due_at`), retry.
    `inside`: the message is one that another process of the drawing sends; `call`: a service is
    called, and who rehearses says what it replies. What a called case may throw, and the drawing
    catches, is a message, too.
    """

    id: str
    kind: str
    process: str
    element: str
    name: str
    answers: tuple[Answer, ...] = ()
    several: bool = False
    due_at: datetime | None = None
    reason: str = ""
    inside: bool = False
    call: ServiceCall | None = None
