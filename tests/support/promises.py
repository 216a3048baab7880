"""Promises of their own for tests: a database, a settable time, facts told one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from engine.infra.db import Database
from engine.infra.now import SetNow
from engine.journal import facts
from engine.journal.service import Journal
from engine.sla.service import MOVING, Promises
from engine.sla.standards import Surroundings
from engine.worktime.calendar import WorkCalendar

#: A department that works eight hours a day with an hour of lunch, in Shanghai.
OFFICE = WorkCalendar.build(["Mon-Fri 09:00-12:00", "Mon-Fri 13:00-18:00"], "Asia/Shanghai")


class Story:
    """One case told fact by fact, each in a transaction of its own."""

    def __init__(self, database: Database, now: SetNow, standards: list[dict[str, Any]],
                 calendar_of: Callable[[str], WorkCalendar] = lambda _: OFFICE) -> None:
        self.database, self.now = database, now
        self.case, self.version = uuid4(), uuid4()
        self.calendar_of = calendar_of
        self.items: dict[str, tuple[UUID, UUID]] = {}
        with self.promises() as (promises, _):
            published = facts.JourneyPublished(
                occurred_at=now(), journey="test", journey_version=1, version_id=self.version)
            promises.publish(published, standards, Surroundings(owner="desk"))

    @contextmanager
    def promises(self) -> Iterator[tuple[Promises, Journal]]:
        with self.database.write() as session:
            journal = Journal(session, self.now)
            promises = Promises(session, self.now, journal, self.calendar_of, lambda _: None)
            journal.listen(facts.CaseStarted, lambda f: promises.begin_case(f, self.version))
            for kind in MOVING:
                journal.listen(kind, promises.hear)
            yield promises, journal
            journal.deliver()

    def tell(self, fact: type[facts.Fact], /, **content: Any) -> None:
        with self.promises() as (_, journal):
            journal.append(fact(occurred_at=self.now(), case=self.case, journey="test",
                                journey_version=1, **content))

    def start(self, **content: Any) -> Story:
        self.tell(facts.CaseStarted, number="T-1", **content)
        return self

    def after(self, **passed: float) -> Story:
        self.now.advance(timedelta(**passed))
        return self

    def offer(self, element: str, name: str = "") -> Story:
        token, item = uuid4(), uuid4()
        self.items[name or element] = (token, item)
        self.tell(facts.StepAwaited, element=element, token=token, kind="user")
        self.tell(facts.WorkItemOffered, element=element, item=item, token=token, kind="user")
        return self

    def complete(self, element: str, name: str = "") -> Story:
        token, item = self.items.pop(name or element)
        self.tell(facts.WorkItemCompleted, element=element, item=item)
        self.tell(facts.StepResumed, element=element, token=token)
        return self

    def withdraw(self, element: str, name: str = "") -> Story:
        token, item = self.items.pop(name or element)
        self.tell(facts.StepWithdrawn, element=element, token=token)
        self.tell(facts.WorkItemWithdrawn, element=element, item=item)
        return self

    def claim(self, element: str, kind: type[facts.Fact] = facts.WorkItemClaimed) -> Story:
        self.tell(kind, element=element, item=self.items[element][1], person=uuid4())
        return self

    def ask_customer(self, element: str = "Wait") -> Story:
        token = uuid4()
        self.items[element] = (token, token)
        self.tell(facts.MessageAwaited, element=element, token=token, message="reply")
        return self

    def customer_replies(self, element: str = "Wait") -> Story:
        token, _ = self.items.pop(element)
        self.tell(facts.MessageReceived, element=element, message="reply")
        self.tell(facts.MessageWaitEnded, element=element, token=token, message="reply")
        self.tell(facts.ElementCompleted, element=element, token=token,
                  kind="intermediateCatchEvent")
        return self

    def end(self, kind: type[facts.Fact] = facts.CaseCompleted) -> Story:
        self.tell(kind)
        return self

    def sweep(self) -> int:
        """Handle all thresholds that are reached."""
        with self.promises() as (promises, _):
            due = promises.due(100)
        done = 0
        for key in due:
            with self.promises() as (promises, _):
                done += promises.reach(*key)
        return done

    def shown(self) -> list[Any]:
        with self.promises() as (promises, _):
            return promises.of_case(self.case, history=True)

    def one(self) -> Any:
        return self.shown()[0]

    def told(self, *kinds: type[facts.Fact]) -> list[facts.Fact]:
        return [f for f in self.history() if isinstance(f, kinds)]

    def history(self) -> list[facts.Fact]:
        with self.promises() as (_, journal):
            return journal.read_case(self.case)

    def recompute(self) -> bool:
        with self.promises() as (promises, _):
            return promises.recompute(self.case)
