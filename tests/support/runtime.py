"""A runtime of its own for tests: one database, a settable time, drawings as versions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from engine.infra.db import Database
from engine.infra.now import SetNow
from engine.intake.dmn.read import Decision
from engine.intake.understand import understand
from engine.journal.facts import Fact
from engine.journal.service import Journal
from engine.runtime import store
from engine.runtime.fields import FieldRule
from engine.runtime.ports import RunnableVersion
from engine.runtime.service import Cases
from engine.runtime.spiff.compile import compile_model
from engine.runtime.versions import runnable
from engine.runtime.views import CaseWait
from tests.support.bpmn import Drawing


class Runtime:
    """Commands on cases of drawings, each in a transaction of its own."""

    def __init__(self, database: Database, now: SetNow) -> None:
        self.database = database
        self.now = now
        self._versions: dict[UUID, RunnableVersion] = {}

    def publish(self, drawing: Drawing, *, fields: dict[str, FieldRule] | None = None,
                decisions: dict[str, Decision] | None = None) -> UUID:
        version = RunnableVersion(
            id=uuid4(), journey="test", number=1, prefix="T",
            model=compile_model(drawing.xml(), drawing.process), fields=fields or {},
            decisions=decisions or {}, timezone="Asia/Shanghai")
        self._versions[version.id] = version
        return version.id

    def publish_drawn(self, data: bytes) -> UUID:
        """Publish a drawing as intake adapts it."""
        version = replace(runnable(understand(data), timezone="Asia/Shanghai"), id=uuid4())
        self._versions[version.id] = version
        return version.id

    @contextmanager
    def cases(self) -> Iterator[Cases]:
        with self.database.write() as session:
            journal = Journal(session, self.now)
            yield Cases(session, self.now, journal, self._versions.__getitem__, "Asia/Shanghai")
            journal.deliver()

    def start(self, version: UUID, **data: Any) -> UUID:
        with self.cases() as cases:
            return cases.start(version, data=data).id

    def do(self, case: UUID, element: str, *answers: str, **data: Any) -> None:
        wait = next(w for w in self.waits(case) if w.element == element)
        with self.cases() as cases:
            cases.resume_step(case, wait.token, element, answers=answers, data=data)

    def waits(self, case: UUID) -> list[CaseWait]:
        with self.database.read() as session:
            return store.waits(session, case)

    def waiting(self, case: UUID) -> list[str]:
        """The drawn ids that the case waits at, sorted."""
        return sorted(w.element for w in self.waits(case))

    def state(self, case: UUID) -> str:
        with self.database.read() as session:
            return store.find(session, case).state

    def document(self, case: UUID) -> dict[str, Any]:
        with self.cases() as cases:
            return cases.document(case)

    def facts(self, case: UUID) -> list[Fact]:
        with self.database.read() as session:
            return Journal(session, self.now).read_case(case)

    def story(self, case: UUID) -> list[str]:
        """Kinds and elements of the case's facts, in order."""
        return [f"{type(f).__name__} {f.element or ''}".strip() for f in self.facts(case)]

    def sweep(self) -> int:
        """Fire what is due now."""
        with self.database.read() as session:
            due = store.due_timers(session, self.now(), 100)
        fired = 0
        for case, token, element in due:
            with self.cases() as cases:
                fired += cases.fire_timer(case, token, element)
        return fired
