"""Who of the demo's people works on what: one thing at a time, the most urgent first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from uuid import UUID

from engine.people.access import Actor

_RANK = {"urgent": 0, "high": 1, "normal": 2, "low": 3}


@dataclass(frozen=True)
class Job:
    """A work item as it waits to be taken."""

    item: UUID
    case: UUID
    journey: str
    element: str
    kind: str
    department: str
    offered_at: datetime


@dataclass
class Worker:
    """A person at work in a department; `pace` stretches the time that work takes."""

    actor: Actor
    department: str
    pace: float
    away_from: datetime
    away_until: datetime
    busy: bool = False

    def is_there(self, now: datetime) -> bool:
        """Whether they work these days."""
        return not self.away_from <= now < self.away_until


class Staff:
    """The workers and the jobs that have been noticed but not taken."""

    def __init__(self, workers: list[Worker], random: Random) -> None:
        self._workers = workers
        self._random = random
        self._waiting: dict[str, list[Job]] = {}
        self._priority: dict[UUID, str] = {}
        self._last: dict[UUID, Worker] = {}

    def rank(self, case: UUID, priority: str) -> None:
        """Say how urgent a case is."""
        self._priority[case] = priority

    def wait(self, job: Job) -> None:
        """Someone has noticed the job: it waits for a free hand."""
        self._waiting.setdefault(job.department, []).append(job)

    def forget(self, item: UUID) -> None:
        """The job is no longer to be done."""
        for jobs in self._waiting.values():
            jobs[:] = [job for job in jobs if job.item != item]

    def next_pair(self, now: datetime,
                  is_open: Callable[[str], bool]) -> tuple[Worker, Job] | None:
        """A free worker of a department at work and their next job; they are busy from now on."""
        for department, jobs in self._waiting.items():
            if not jobs or not is_open(department):
                continue
            free = [w for w in self._workers if w.department == department and not w.busy
                    and w.is_there(now)]
            if free:
                job = min(jobs, key=self._urgency)
                jobs.remove(job)
                known = self._last.get(job.case)
                # Who did the step before goes on with the case, if they are free.
                worker = known if known in free else self._random.choice(free)
                assert worker is not None  # noqa: S101 - one of `free`
                worker.busy = True
                self._last[job.case] = worker
                return worker, job
        return None

    def returning(self) -> list[datetime]:
        """When those who were away come back."""
        return [worker.away_until for worker in self._workers
                if worker.away_until > worker.away_from]

    def by_person(self, person: UUID | None) -> Worker | None:
        """The worker who is this person."""
        return next((w for w in self._workers if w.actor.person == person), None)

    def someone(self, department: str) -> Worker:
        """Any worker of a department."""
        return self._random.choice([w for w in self._workers if w.department == department])

    def _urgency(self, job: Job) -> tuple[int, int, datetime]:
        # Who was asked a question answers it before beginning something else.
        return (job.kind != "question", _RANK[self._priority.get(job.case, "normal")],
                job.offered_at)
