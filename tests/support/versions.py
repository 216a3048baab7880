"""A journey in several versions, with cases on them, through all rooms: for moving cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from engine.infra.db import Database
from engine.infra.now import SetNow
from engine.intake.records import Version
from engine.intake.settings import FieldSettings
from engine.journal.facts import Fact
from engine.people.access import Actor
from engine.runtime.migration.outcome import Outcome
from engine.wiring import Baton
from tests.support.bpmn import Drawing
from tests.support.web import hire, make_baton


class Versions:
    """Publishes drawings as versions of one journey, and plays cases of it."""

    def __init__(self, database: Database, now: SetNow) -> None:
        self.now = now
        self.baton: Baton = make_baton(database, now)
        hire(self.baton)
        self.published: list[Version] = []

    def publish(self, drawing: Drawing, **settings: Any) -> Version:
        """The next version."""
        with self.baton.command() as services:
            draft = services.intake.upload("orders.bpmn", drawing.xml(), by=None,
                                           journey="orders" if self.published else None)
            fields = {key: FieldSettings(label={"en": key}, **rule)
                      for key, rule in settings.pop("fields", {}).items()}
            changed = replace(draft.settings, key="orders", **{
                "department": "service-desk", "fields": fields, **settings})
            draft = services.intake.change(draft.id, changed, by=None)
            version = services.intake.publish(draft.id, by=None)
        self.published.append(version)
        return version

    def start(self, version: int = 1, **data: Any) -> UUID:
        """A case on a version, by number."""
        with self.baton.command() as services:
            return services.cases.start(self.published[version - 1].id, data=data).id

    def actor(self, login: str = "lin") -> Actor:
        """Someone who works."""
        with self.baton.query() as services:
            return services.people.accounts.actor(services.people.persons.by_login(login).id)

    def claim(self, case: UUID, element: str, login: str = "lin") -> UUID:
        """Take the item at an element; returns it."""
        item = next(i for i in self.items(case) if i.element == element)
        with self.baton.command() as services:
            services.work.claim(item.id, by=self.actor(login))
        return item.id

    def do(self, case: UUID, element: str, *answers: str, login: str = "lin",
           **data: Any) -> None:
        """Do the step at an element."""
        item = next(i for i in self.items(case) if i.element == element)
        with self.baton.command() as services:
            services.work.claim(item.id, by=self.actor(login))
            services.work.complete(item.id, by=self.actor(login), answers=answers, data=data)

    def move(self, case: UUID, *choices: Mapping[str, Any], to: int = 2, dry_run: bool = False,
             **more: Any) -> Outcome:
        """Move a case from the version before to another."""
        before, after = self.published[to - 2].id, self.published[to - 1].id
        clear = more.pop("clear", False)
        with self.baton.command() as services:
            prepared = services.moves.prepare(before, after, choices, clear=clear)
            if dry_run:
                return services.moves.attempt(case, prepared)
            return services.moves.move(case, prepared, by=None, **more)

    def items(self, case: UUID) -> list[Any]:
        """The case's open work items."""
        with self.baton.query() as services:
            return [i for i in services.work.of_case(case) if i.state in ("offered", "claimed")]

    def waiting(self, case: UUID) -> list[str]:
        """What the case waits at, sorted."""
        with self.baton.query() as services:
            return sorted(wait.element for wait in services.cases.waits(case))

    def case(self, case: UUID) -> Any:
        """The case as lists show it."""
        with self.baton.query() as services:
            return services.cases.case(case)

    def history(self, case: UUID) -> list[Fact]:
        """The case's facts."""
        with self.baton.query() as services:
            return services.journal.read_case(case)
