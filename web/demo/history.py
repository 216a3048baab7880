"""Months lived through in seconds: cases run through the engine under a time that jumps.

Customers come, people of each department take what waits for them in their working hours,
timers and promises are noticed when they are due. Every step is an ordinary command. What
is written is derived from the database alone, so that an interrupted history goes on.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from engine.infra.errors import DomainError
from engine.infra.now import SetNow
from engine.people.access import SYSTEM, Actor
from engine.wiring import Baton, Services
from engine.work.views import ItemFilter, WorkItem
from engine.worktime.calendar import WorkCalendar
from web.demo.answers import Answers
from web.demo.people import CUSTOMERS, PEOPLE

DAYS = 92
_ARRIVALS_PER_DAY = {"complaint": 1.9, "home-repair": 1.3}
_CHANNELS = ("phone", "mail", "web", "counter")
_MEDIAN_WORK = {"user": 14, "manual": 20, "question": 5}
Progress = Callable[[float, str], None]


@dataclass
class _Worker:
    """A person of the demo at work."""

    actor: Actor
    department: str
    pace: float
    busy: bool = False


class History:
    """Lives from `start` to `end`; `step` does the next thing and says when that was."""

    def __init__(self, baton: Baton, now: SetNow, end: datetime, seed: int = 7) -> None:
        self._baton = baton
        self._now = now
        self._end = end
        self._random = Random(f"{seed}-{now()}")  # noqa: S311 - demo data, no secrets
        self._answers = Answers(self._random, now())
        self._events: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._workers: list[_Worker] = []
        self._calendars: dict[str, WorkCalendar] = {}
        self._reserved: set[UUID] = set()
        self._expected: set[tuple[UUID, UUID]] = set()
        self._customers: list[UUID] = []

    def live(self, progress: Progress, stopping: Callable[[], bool] = lambda: False) -> bool:
        """Live on until the end; False when it was told to stop before."""
        self._prepare()
        start = self._now()
        while self._events and not stopping():
            at, _, act = heapq.heappop(self._events)
            if at > self._end:
                break
            self._pass_time(at)
            act()
            self._look_around()
            progress((at - start) / max(self._end - start, timedelta(1)), f"{at:%Y-%m-%d}")
        finished = not stopping()
        if finished:
            self._pass_time(self._end)
        return finished

    def _prepare(self) -> None:
        with self._baton.command() as services:
            for name, language, tier in CUSTOMERS:
                made = services.people.customers.find_or_create(
                    name, language=language, tier=tier,
                    contacts={"email": f"c{len(self._customers) + 1}@example.org"})
                self._customers.append(made.id)
            for person in PEOPLE:
                found = services.people.persons.by_login(person.login)
                if found is None:
                    continue
                actor = services.people.accounts.actor(found.id)
                for department in person.departments:
                    if "staff" in person.roles:
                        self._workers.append(_Worker(actor, department, person.pace))
            for department in services.people.departments.all():
                self._calendars[department.key] = services.people.departments.calendar(
                    department.key)
            claimed = services.work.page(ItemFilter(states=("claimed",)), 200).items
        for item in claimed:
            worker = next((w for w in self._workers if w.actor.person == item.assignee), None)
            if worker is not None:
                worker.busy = True
                self._at(self._after(item.department, self._work_time(item, worker)),
                         lambda w=worker, i=item: self._complete(w, i))
        for journey in _ARRIVALS_PER_DAY:
            self._arrive_later(journey)

    def _arrive_later(self, journey: str) -> None:
        """Customers come all week, at weekends less."""
        day = 86_400 / _ARRIVALS_PER_DAY[journey]
        gap = self._random.expovariate(1 / day)
        at = self._now() + timedelta(seconds=gap)
        if at.weekday() >= 5 and self._random.random() < 0.6:
            at += timedelta(days=2)
        self._at(at, lambda: self._arrive(journey))

    def _arrive(self, journey: str) -> None:
        self._arrive_later(journey)
        with self._baton.command() as services:
            version = services.intake.latest(journey)
            runnable = services.runnable.get(version.id, services.intake.version)
            customer = services.people.customers.get(self._random.choice(self._customers))
            data = self._answers.fill(runnable.forms.get(""), runnable.fields, {})
            case = services.cases.start(
                version.id, data=data, customer=customer.id, tier=customer.tier,
                channel=self._random.choices(_CHANNELS, (5, 3, 4, 1))[0],
                priority=self._random.choices(("low", "normal", "high", "urgent"),
                                              (1, 8, 3, 1))[0])
        self._expect_messages(case.id)

    def _look_around(self) -> None:
        """Idle people take what waits for their department, the oldest first, after a while."""
        idle = [worker for worker in self._workers if not worker.busy]
        if not idle:
            return
        with self._baton.query() as services:
            offered = services.work.page(ItemFilter(states=("offered",)), 200).items
        for item in offered:
            if item.id in self._reserved:
                continue
            able = [w for w in idle if w.department == item.department and not w.busy]
            if not able:
                continue
            worker = self._random.choice(able)
            worker.busy = True
            self._reserved.add(item.id)
            notice = self._random.expovariate(1 / (18 * 60 * worker.pace))
            self._at(self._after(item.department, notice),
                     lambda w=worker, i=item: self._claim(w, i))

    def _claim(self, worker: _Worker, item: WorkItem) -> None:
        try:
            with self._baton.command() as services:
                services.work.claim(item.id, by=worker.actor)
        except DomainError:  # an event took the step away meanwhile
            worker.busy = False
            return
        self._at(self._after(item.department, self._work_time(item, worker)),
                 lambda: self._complete(worker, item))

    def _complete(self, worker: _Worker, item: WorkItem) -> None:
        worker.busy = False
        self._reserved.discard(item.id)
        try:
            with self._baton.command() as services:
                self._do(services, worker, item)
        except DomainError:
            return
        self._expect_messages(item.case_id)

    def _do(self, services: Services, worker: _Worker, item: WorkItem) -> None:
        version = services.runnable.get(item.version_id, services.intake.version)
        element = version.model.by_drawn_id(item.element)
        self._answers.now = self._now()
        if element is not None and element.answers:
            answers = self._answers.answer(item.case_id, element)
            services.work.complete(item.id, by=worker.actor, answers=answers)
        else:
            known = services.cases.document(item.case_id)
            data = self._answers.fill(version.forms.get(item.element), version.fields, known)
            services.work.complete(item.id, by=worker.actor, data={**_kept(known, version.forms.get(
                item.element)), **data})

    def _expect_messages(self, case: UUID) -> None:
        """Customers answer what they are asked, sooner or later; some events stay rare."""
        with self._baton.query() as services:
            every = services.cases.waits(case)
            waits = [w for w in every if w.kind == "message"]
            # A message beside a timer, or on a border, is the exception; others are expected.
            timed = {w.token for w in every if w.kind == "timer"}
            rare = {w.element for w in waits
                    if w.token in timed or self._is_boundary(services, case, w.element)}
        for wait in waits:
            if (case, wait.token) in self._expected:
                continue
            self._expected.add((case, wait.token))
            if self._random.random() > (0.08 if wait.element in rare else 0.85):
                continue
            delay = timedelta(hours=self._random.lognormvariate(2.6, 1.0))
            self._at(self._now() + delay,
                     lambda m=wait.message or "", c=case: self._deliver(c, m))

    def _is_boundary(self, services: Services, case: UUID, element: str) -> bool:
        version = services.runnable.get(services.cases.case(case).version_id,
                                        services.intake.version)
        found = version.model.by_drawn_id(element)
        return found is not None and found.kind == "boundaryEvent"

    def _deliver(self, case: UUID, message: str) -> None:
        try:
            with self._baton.command() as services:
                services.cases.deliver(case, message, by=SYSTEM.person)
        except DomainError:  # nobody waits for it any more
            return
        self._expect_messages(case)

    def _pass_time(self, until: datetime) -> None:
        """Let time pass, noticing what is due on the way at its moment."""
        while True:
            with self._baton.query() as services:
                moments = [m for m in (services.cases.next_timer(), services.promises.next_due())
                           if m is not None and m <= until]
            if not moments:
                break
            self._now.set(max(self._now(), min(moments)))
            if self._baton.work_once() == 0:
                break
        self._now.set(max(self._now(), until))

    def _after(self, department: str, seconds: float) -> datetime:
        """A moment of the department's working time, some working seconds from now."""
        return self._calendars[department].add(self._now(), seconds)

    def _work_time(self, item: WorkItem, worker: _Worker) -> float:
        median = _MEDIAN_WORK.get(item.kind, 14) * 60 * worker.pace
        return median * self._random.lognormvariate(0, 0.7)

    def _at(self, moment: datetime, act: Callable[[], None]) -> None:
        heapq.heappush(self._events, (moment, next(self._order), act))


def _kept(known: dict[str, object], form: object) -> dict[str, object]:
    """What a form shows and the case already knows goes back with it, as in the browser."""
    fields = getattr(form, "fields", ())
    return {f.key: known[f.key] for f in fields if known.get(f.key) is not None}
