"""A whole installation with one journey of a test's own, and people who look after its cases."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from engine.infra.db import Database
from engine.infra.now import SetNow
from engine.intake.settings import FieldSettings
from engine.journal.facts import Fact
from engine.people.access import SYSTEM, Actor
from engine.runtime.model import PERSON
from engine.runtime.views import Incident
from engine.work.views import WorkItem
from tests.support.bpmn import Drawing
from tests.support.web import hire, make_baton

FIELDS = {"amount": FieldSettings("decimal", {"en": "Amount"}),
          "people": FieldSettings("integer", {"en": "People"}),
          "share": FieldSettings("decimal", {"en": "Share"}),
          "ready": FieldSettings("boolean", {"en": "Ready"})}


class Operated:
    """One installation: publish, start, do, look."""

    def __init__(self, database: Database, now: SetNow, home: Any) -> None:
        self.baton = make_baton(database, now, home)
        self.now = now
        hire(self.baton)
        self.max, self.lin, self.bo = (self.on(login) for login in ("max", "lin", "bo"))

    def on(self, login: str) -> Actor:
        with self.baton.query() as services:
            who: Actor = services.people.accounts.actor(
                services.people.persons.by_login(login).id)
            return who

    def publish(self, drawing: Drawing, key: str = "test", **settings: Any) -> UUID:
        with self.baton.command() as services:
            draft = services.intake.upload(f"{key}.bpmn", drawing.xml(), by=None)
            services.intake.change(draft.id, replace(
                draft.settings, department="service-desk", fields=FIELDS, **settings), by=None)
            return services.intake.publish(draft.id, by=None).id

    def start(self, version: UUID, **data: Any) -> UUID:
        with self.baton.command() as services:
            return services.cases.start(version, data=data).id

    @contextmanager
    def operations(self):
        with self.baton.command() as services:
            yield services.operations

    def do(self, case: UUID, element: str, **data: Any) -> None:
        with self.baton.command() as services:
            wait = next(w for w in services.cases.waits(case)
                        if w.kind in PERSON and w.element == element)
            item = next(i for i in services.work.of_case(case)
                        if i.token == wait.token and i.state == "offered")
            if item.suspended:  # as another way in would
                services.cases.resume_step(case, wait.token, element, data=data)
            services.work.claim(item.id, by=SYSTEM)
            services.work.complete(item.id, by=SYSTEM, data=data)

    def waiting(self, case: UUID) -> list[str]:
        with self.baton.query() as services:
            return sorted(w.element for w in services.cases.waits(case))

    def case(self, case: UUID):
        with self.baton.query() as services:
            return services.cases.case(case)

    def document(self, case: UUID) -> dict[str, Any]:
        with self.baton.query() as services:
            return services.cases.document(case)

    def incidents(self, case: UUID, open_only: bool = True) -> list[Incident]:
        with self.baton.query() as services:
            return services.cases.incidents(case, open_only=open_only)

    def items(self, case: UUID) -> list[WorkItem]:
        with self.baton.query() as services:
            return [i for i in services.work.of_case(case) if i.state in ("offered", "claimed")]

    def facts(self, case: UUID, *kinds: type[Fact]) -> list[Any]:
        with self.baton.query() as services:
            found = services.journal.read_case(case)
        return [f for f in found if isinstance(f, kinds)] if kinds else found

    def story(self, case: UUID) -> list[str]:
        return [f"{type(f).__name__} {f.element or ''}".strip() for f in self.facts(case)]

    def pass_time(self, **span: float) -> None:
        self.now.set(self.now() + timedelta(**span))
        self.baton.work_once()
