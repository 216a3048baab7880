"""What the runtime says about a compiled journey and a running case, free of SpiffWorkflow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from engine.intake.unnamed import Place

#: The value of an expression that sees the case's data, and values of its own above it.
Evaluate = Callable[[str, Mapping[str, Any]], Any]
#: Messages that one command may set off between the cases of a drawing.
MAX_MESSAGES = 200
#: Waits that a person ends by doing a work item.
PERSON = frozenset({"user", "manual", "question"})


@dataclass(frozen=True)
class Answer:
    """One way out of a question: a sequence flow, by drawn id, and where it leads.

    `alone`: it is the default, for when none of the others is meant.
    """

    flow: str
    name: str
    target: str
    alone: bool = False


@dataclass(frozen=True)
class TimerRule:
    """When a timer is due: `kind` is date, duration or cycle; `text` as drawn.

    `calendar` is whose business time its durations count, as in journey.toml; "" is the clock on
    the wall.
    """

    kind: str
    text: str
    calendar: str = ""


@dataclass(frozen=True)
class Trigger:
    """What starts cases at a start event: a message or signal called `name`, or a timer."""

    kind: str
    process: str
    name: str = ""
    timer: TimerRule | None = None


@dataclass(frozen=True)
class Element:
    """One element of the drawing as the runtime sees it; `id` is the drawn id.

    `kind` is the drawn BPMN local name; `lanes` are lane ids, innermost first, then its pool.
    """

    id: str
    kind: str
    name: str
    lanes: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    several_answers: bool = False
    asks: bool = False
    #: Where its message goes: (process, the element there that waits for it).
    sends: tuple[tuple[str, str], ...] = ()
    #: Which processes its message sets going: (process, the element where they begin).
    begins: tuple[tuple[str, str], ...] = ()
    #: The journey whose case it begins and waits for.
    calls: str = ""
    #: At a start event: what starts cases there by itself.
    trigger: Trigger | None = None
    #: "service" where it waits for the answer of a call that a worker makes.
    outside: str = ""
    #: What people call it when it was drawn without a name; `name` is its id then.
    place: Place | None = None


@dataclass(frozen=True)
class Wait:
    """A token that waits, and for what.

    `kind`: user, manual, question (a person); call (another case); service (the
    answer of an outside service); message, signal (`message` is
    its name), timer, conditional (an event).
    `token` and `element` name it together: an event-based gateway is one token with several.
    """

    token: UUID
    element: str
    kind: str
    message: str | None = None
    timer: TimerRule | None = None
    cycles_left: int | None = None
    #: Values that only this token has, such as the item of a multi-instance loop.
    scope: dict[str, object] = field(default_factory=dict, compare=False, hash=False)
    #: Why a person is asked at a gateway whose conditions should have decided.
    reason: str = ""


@dataclass(frozen=True)
class Passed:
    """An element that a token went through without a person."""

    token: UUID
    element: str
    kind: str
    inserted: bool = False


@dataclass(frozen=True)
class Sent:
    """A message that left `element` for other processes of the drawing: (process, element) each."""

    element: str
    name: str
    begins: tuple[tuple[str, str], ...]
    to: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Thrown:
    """What left the case at `element`: an error or escalation, because nothing in it catches it,
    or a signal, which is for everyone. `code` is the signal's name, or "" without a code."""

    kind: str
    code: str
    element: str = ""


@dataclass(frozen=True)
class Fault:
    """A token that can't go on: becomes an incident."""

    token: UUID | None
    element: str | None
    kind: str
    message: str
    #: How often it was tried before it became an incident.
    tries: int = 1
