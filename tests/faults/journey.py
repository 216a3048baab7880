"""The journey that is worked on while processes are killed: a little of everything that waits.

    Begin ─┬─ Left ─ CountLeft ─ Tell ─┬─ Check ─ Count ─ More? ─ Rest ─ Answer ─ Ask ─ Finish
           └─ Right ─ CountRight ──────┘   └──────<───────┘

`Nudge` sends a token to Remind beside Right, every second up to three times; `Late` takes Answer
away after some seconds and asks for Escalate instead; the message `news` sends a token to Read
beside Answer as often as it comes; `Ask` is done by another journey; `Tell` calls a service over
HTTP, where the plan says so. Each script counts in one
field of the case data, so that a step applied twice, or lost, is seen there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from engine.intake.service_call import ServiceCall
from engine.intake.settings import FieldSettings, StepSettings
from engine.people.access import SYSTEM
from engine.wiring import Baton
from tests.support.bpmn import Drawing

KEY, ASIDE, DESK = "errand", "aside", "desk"
MESSAGE = "news"
CYCLES = 3
#: The step to which each timer leads, and the message.
LEADS = {"Nudge": "Remind", "Late": "Escalate", "Rest": "Answer"}
MESSAGE_LEADS = "Read"
#: The scripts, and the field that each of them adds one to.
COUNTS = {"CountLeft": "branches", "CountRight": "branches", "Count": "rounds"}
#: The steps that ask for a text, and the field that holds what was said last.
SAYS = {"Left": "left", "Right": "right", "Check": "check", "Answer": "answer",
        "Escalate": "escalate", "Reply": "reply"}

_ADD_ONE = "{0} = ({0} or 0) + 1"
_FIELDS = {
    "order": "text", "again": "boolean", "branches": "integer", "rounds": "integer",
    "news": "text", "told": "integer", **dict.fromkeys(SAYS.values(), "text")}


@dataclass(frozen=True)
class Staff:
    """Someone who works: their id, and the token that their client sends."""

    person: UUID
    secret: str


def publish(baton: Baton, people: int, service: str | None = None) -> list[Staff]:
    """The two journeys, their department, and people who may do all that the load does.

    `service` is the address that the step Tell calls; without one there is no such step.
    """
    with baton.command() as services:
        services.people.departments.create(DESK, "Desk", by=SYSTEM)
        staff = [_hire(services, number) for number in range(people)]
    _publish(baton, ASIDE, _aside())
    steps = {"Tell": StepSettings(call=ServiceCall(
        f"{service}/tell", "POST", body="= {'order': order}", rest=1,
        result={"told": "= response.status"}))} if service else {}
    _publish(baton, KEY, _errand("Tell" if service else None), steps=steps,
             choices={"calls": {"Ask": f"journey:{ASIDE}"}}, standards=(
        {"key": "whole", "target": "1 minutes", "warn": [2, 10, 50]},
        {"key": "answer", "target": "2 minutes", "start": "Answer", "stop": "Answer",
         "warn": [1, 3]}))
    return staff


def _hire(services: Any, number: int) -> Staff:
    person = services.people.persons.create(f"clerk{number}", f"Clerk {number}", by=SYSTEM).id
    services.people.accounts.grant(person, "manager", by=SYSTEM)
    services.people.persons.join(person, DESK, by=SYSTEM)
    token = services.people.accounts.issue_token(person, "load", by=SYSTEM)
    return Staff(person, token.secret)


def _publish(baton: Baton, key: str, drawing: Drawing, **settings: Any) -> None:
    with baton.command() as services:
        draft = services.intake.upload(f"{key}.bpmn", drawing.xml(), by=None)
        services.intake.change(draft.id, replace(
            draft.settings, key=key, prefix=key[:1].upper(), department=DESK,
            fields={name: FieldSettings(kind, {"en": name}) for name, kind in _FIELDS.items()},
            **settings), by=None)
        services.intake.publish(draft.id, by=None)


def _aside() -> Drawing:
    return Drawing("Aside").start().user("Reply").end().path("Begin", "Reply", "Finish")


def _errand(tell: str | None) -> Drawing:
    drawing = (
        Drawing("Errand").start().gateway("Fork", "parallel").user("Left").user("Right")
        .gateway("Join", "parallel").gateway("Meet").user("Check").gateway("More", default="Enough")
        .timer("Rest", "PT1S").user("Answer").gateway("Merge")
        .element("callActivity", "Ask").end()
        .boundary_timer("Nudge", "Right", f"R{CYCLES}/PT1S", "timeCycle", interrupting=False)
        .user("Remind").end("Reminded")
        .boundary_timer("Late", "Answer", "PT4S").user("Escalate")
        .boundary_message("News", "Answer", MESSAGE, interrupting=False).user("Read").end("Known"))
    for script, field in COUNTS.items():
        drawing.script(script, _ADD_ONE.format(field))
    if tell:
        drawing.element("serviceTask", tell, tell)
    drawing.path("Begin", "Fork", "Left", "CountLeft", *([tell] if tell else []), "Join")
    drawing.path("Fork", "Right", "CountRight", "Join")
    drawing.path("Join", "Meet", "Check", "Count", "More")
    drawing.flow("More", "Meet", "again").flow("More", "Rest", id="Enough")
    drawing.path("Rest", "Answer", "Merge", "Ask", "Finish")
    drawing.path("Nudge", "Remind", "Reminded").path("Late", "Escalate", "Merge")
    return drawing.path("News", "Read", "Known")
