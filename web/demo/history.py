"""Months lived through in seconds: cases run through the engine under a time that jumps.

Customers come, people of each department take what waits for them in their working hours,
timers and promises are noticed at their moment. Every step is an ordinary command in its own
transaction; nothing is written by hand. `habits` says how people behave, `stories` what about.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from engine.infra.errors import Conflict
from engine.infra.now import SetNow
from engine.journal import facts
from engine.people.access import SYSTEM
from engine.wiring import Services
from engine.worktime.calendar import WorkCalendar
from web.demo import habits
from web.demo.answers import Answers
from web.demo.overheard import OverheardBaton
from web.demo.people import CUSTOMERS, PEOPLE
from web.demo.photos import VARIANTS, photo
from web.demo.pickup import open_jobs, open_messages, our_workers
from web.demo.plan import Plan
from web.demo.staff import Job, Staff, Worker
from web.demo.stories import CANCEL_REASONS

Progress = Callable[[float, str], None]
JOURNEYS = ("complaint", "home-repair")
#: The last days are a rush with half of the staff ill: what waits then is on the lists today.
_RUSH = timedelta(days=2)
_SLOWER = 9.0


class History:
    """Lives a plan: `step` does the next thing that happens, however small."""

    def __init__(self, baton: OverheardBaton, now: SetNow, plan: Plan, seed: int = 26) -> None:
        self._baton = baton
        self._now = now
        self._plan = plan
        self._seed = seed
        self._random = Random(f"{seed} {plan.reached}")  # noqa: S311 - demo data, no secrets
        self._answers = Answers(self._random)
        self._events: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._gone: set[UUID] = set()
        self._customers: list[tuple[UUID, str, str | None]] = []
        now.set(plan.reached)
        self._begin()

    @property
    def plan(self) -> Plan:
        """How far the history has come, once the last step was committed."""
        return self._plan

    def live(self, progress: Progress, keep: Callable[[Plan], None],
             stopping: Callable[[], bool] = lambda: False) -> bool:
        """Live on until the end; `keep` is given the plan before each step.

        False when it was told to stop before.
        """
        while not stopping():
            going_on = self.step(keep)
            progress(self._plan.share, f"{self._now():%Y-%m-%d}")
            if not going_on:
                return True
        return False

    def step(self, keep: Callable[[Plan], None]) -> bool:
        """Do the next thing that happens; False when the end is reached."""
        event = self._events[0][0] if self._events else None
        due = self._next_due()
        moment = min((m for m in (event, due) if m is not None), default=None)
        if moment is None or moment > self._plan.end:
            self._now.set(self._plan.end)
            self._plan = replace(self._plan, reached=self._plan.end, done=True)
            keep(self._plan)
            return False
        self._now.set(max(self._now(), moment))
        self._plan = replace(self._plan, reached=self._now())
        keep(self._plan)
        # A sweep that finds nothing after all must not stop the world.
        if due != moment or self._baton.work_once() == 0:
            self._run_event()
        self._react()
        return True

    def _run_event(self) -> None:
        if self._events and self._events[0][0] <= self._now():
            heapq.heappop(self._events)[2]()

    def _begin(self) -> None:
        """Everything that is under way, from the database alone."""
        with self._baton.command() as services:
            for number, (name, language, tier) in enumerate(CUSTOMERS, start=1):
                made = services.people.customers.find_or_create(
                    name, language=language, tier=tier, external_ref=f"C-{1000 + number}",
                    contacts={"email": f"customer{number}@example.org",
                              "phone": f"+86 10 5550 {1000 + number}"})
                self._customers.append((made.id, language, tier))
            self._calendars: dict[str, WorkCalendar] = {
                each.key: services.people.departments.calendar(each.key)
                for each in services.people.departments.all()}
            self._staff = Staff(our_workers(services, PEOPLE, self._plan.start), self._random)
            jobs = open_jobs(services, self._now())
            messages = open_messages(services)
        for job, person in jobs:
            worker = self._staff.by_person(person)
            if worker is None:
                self._notice(job)
            else:
                worker.busy = True
                self._finish_later(worker, job)
        for case, element, message in messages:
            self._expect(case, element, message)
        self._plan_day(self._now().astimezone(habits.ZONE).date())
        for back in self._staff.returning():
            self._at(back, self._hand_out)

    def _plan_day(self, day: date) -> None:
        """The arrivals of a day: the same ones whenever the day is planned."""
        chance = Random(f"{self._seed} {day}")  # noqa: S311 - demo data, no secrets
        number = (day - self._plan.start.astimezone(habits.ZONE).date()).days
        rush = day >= (self._plan.end - _RUSH).astimezone(habits.ZONE).date()
        for journey in JOURNEYS:
            for at in habits.arrivals(journey, day, number, rush, chance):
                if at > self._now():
                    self._at(at, lambda journey=journey: self._arrive(journey, number))
        tomorrow = day + timedelta(days=1)
        self._at(datetime.combine(tomorrow, datetime.min.time(), habits.ZONE),
                 lambda: self._plan_day(tomorrow))

    def _arrive(self, journey: str, number: int) -> None:
        customer, language, tier = self._random.choice(self._customers)
        channel = habits.channel(self._now(), self._random)
        by = None if channel == "web" else self._staff.someone("service-desk").actor.person
        data = self._answers.begin(journey, language, self._now(), tier=tier,
                                   batch=number in habits.BATCH)
        priority = habits.priority(journey, self._random)
        with self._baton.command() as services:
            files = []
            if self._random.random() < 0.35:
                files.append(services.files.add(
                    "photo.png", photo(self._random.randrange(VARIANTS)), by=by,
                    field="photos").id)
                data["photos"] = [str(file) for file in files]
            case = services.cases.start(
                services.intake.latest(journey).id, data=data, by=by, customer=customer,
                tier=tier, channel=channel, priority=priority)
            for file in files:
                services.files.attach(file, case.id, field="photos")
                services.cases.note_file(case.id, file, by=by)
        self._staff.rank(case.id, priority)
        if self._random.random() < 0.03:
            self._at(self._now() + timedelta(hours=self._random.uniform(4, 40)),
                     lambda: self._cancel(case.id, CANCEL_REASONS[language]))

    def _react(self) -> None:
        """People and customers hear what happened."""
        for fact in self._baton.drain():
            if fact.case is None:
                continue
            if isinstance(fact, facts.WorkItemOffered):
                self._notice(Job(fact.item, fact.case, fact.journey or "", fact.element or "",
                                 fact.kind, fact.department or "", fact.occurred_at))
            elif isinstance(fact, facts.WorkItemWithdrawn):
                self._gone.add(fact.item)
                self._staff.forget(fact.item)
            elif isinstance(fact, facts.MessageAwaited):
                self._expect(fact.case, fact.element or "", fact.message)
        self._hand_out()

    def _notice(self, job: Job) -> None:
        """After a while someone of the department sees the job."""
        at = habits.review(job.element, self._now(), self._random)
        if at is None:
            minutes = habits.notice_minutes(job.element, job.kind, job.department, self._random)
            if self._now() > self._plan.end - _RUSH and job.kind != "question":
                minutes *= _SLOWER
            at = self._working(job.department, minutes)
        else:
            at = self._calendars[job.department].next_open(at)
        self._at(at, lambda: job.item in self._gone or self._staff.wait(job))

    def _hand_out(self) -> None:
        """Free people take the most urgent of what was noticed."""
        def is_open(department: str) -> bool:
            return self._calendars[department].is_open(self._now())

        while (pair := self._staff.next_pair(self._now(), is_open)) is not None:
            worker, job = pair
            try:
                with self._baton.command() as services:
                    services.work.claim(job.item, by=worker.actor)
            except Conflict:  # an event took the step away, or a visitor of the demo did
                worker.busy = False
                continue
            self._finish_later(worker, job)

    def _finish_later(self, worker: Worker, job: Job) -> None:
        minutes = habits.work_minutes(job.element, job.kind, self._random) * worker.pace
        self._at(self._working(job.department, minutes), lambda: self._finish(worker, job))

    def _finish(self, worker: Worker, job: Job) -> None:
        worker.busy = False
        try:
            with self._baton.command() as services:
                self._do(services, worker, job)
        except Conflict:  # withdrawn meanwhile
            return

    def _do(self, services: Services, worker: Worker, job: Job) -> None:
        known = services.cases.document(job.case)
        if job.kind == "question":
            services.work.complete(job.item, by=worker.actor,
                                   answers=(self._answers.answer(job.element, known),))
            return
        age = self._now() - services.cases.case(job.case).started_at
        if self._random.random() < 0.07:
            services.cases.comment(job.case, self._answers.comment(known),
                                   by=worker.actor.person)
        services.work.complete(job.item, by=worker.actor, data=self._answers.fill(
            job.journey, job.element, known, self._now(), age))

    def _expect(self, case: UUID, element: str, message: str) -> None:
        """The customer may send the message that is waited for."""
        at = habits.reply(element, self._now(), self._random)
        if at is not None:
            self._at(at, lambda: self._deliver(case, element, message))

    def _deliver(self, case: UUID, element: str, message: str) -> None:
        try:
            with self._baton.command() as services:
                data = self._answers.message(element, services.cases.document(case))
                services.cases.deliver(case, message, data=data, by=SYSTEM.person)
        except Conflict:  # nobody waits for it any more
            return

    def _cancel(self, case: UUID, reason: str) -> None:
        try:
            with self._baton.command() as services:
                manager = services.people.persons.by_login("max")
                services.cases.cancel(case, reason=reason, by=manager.id if manager else None)
        except Conflict:  # it is over already
            return

    def _next_due(self) -> datetime | None:
        """When the next timer or threshold of a promise is due."""
        with self._baton.query() as services:
            return min((m for m in (services.cases.next_timer(), services.promises.next_due())
                        if m is not None), default=None)

    def _working(self, department: str, minutes: float) -> datetime:
        """A moment of the department's working time, some working minutes from now."""
        return self._calendars[department].add(self._now(), minutes * 60)

    def _at(self, moment: datetime, act: Callable[[], object]) -> None:
        heapq.heappush(self._events, (moment, next(self._order), lambda: act() and None))
