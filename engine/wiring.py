"""The composition root: which services there are, and who hears which fact.

    Down by call, up by fact: a room calls only rooms below it; what it has to tell a
    room above, it appends to the journal, and the lines in `_listen` say who hears it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from prometheus_client.core import Metric
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from engine.files.service import Files
from engine.infra import heartbeats, migrations
from engine.infra.about import About, about
from engine.infra.db import AWAY, Database
from engine.infra.errors import Unavailable
from engine.infra.logs import bound
from engine.infra.meters import Figures, Meters
from engine.infra.now import Now, SystemNow
from engine.infra.once import purge_once
from engine.infra.secret import session_secret
from engine.infra.settings import Settings
from engine.infra.sweep import sweep
from engine.insight.formats.options import options_from
from engine.insight.service import Insight, MapCache, prepare_log
from engine.intake.service import Intake, VersionShelf
from engine.intake.service_call import ServiceCall
from engine.jobs import figures as job_figures
from engine.jobs.hosts import AllowedHosts
from engine.jobs.http import HttpClient
from engine.jobs.service import Jobs
from engine.jobs.worker import RunningJob, Worker
from engine.jobs.workers import worker_for
from engine.journal import facts
from engine.journal.service import Journal
from engine.people.access import SYSTEM
from engine.people.passwords import Passwords
from engine.people.service import People
from engine.runtime import figures as case_figures
from engine.runtime.bulk.deeds import deeds
from engine.runtime.bulk.runs import Runs, RunSource
from engine.runtime.calls.caller import Caller
from engine.runtime.calls.request import KIND as SERVICE
from engine.runtime.calls.trial import Trial, try_call
from engine.runtime.fields import FieldRule
from engine.runtime.messages.service import Messages
from engine.runtime.messages.signals import Signals
from engine.runtime.messages.sources import SOURCES
from engine.runtime.messages.starts import Starts
from engine.runtime.migration.deed import MIGRATION, Moving
from engine.runtime.migration.service import Moves, PlanShelf
from engine.runtime.operations import Operations
from engine.runtime.ports import RunnableVersion
from engine.runtime.publishable import Installation, refuse
from engine.runtime.service import Cases
from engine.runtime.timer_source import TimerSource
from engine.runtime.versions import VersionCache
from engine.runtime.ways_back import WaysBack
from engine.sla import figures as promise_figures
from engine.sla.service import MOVING, Promises
from engine.sla.standards import Standard, Surroundings
from engine.work import figures as work_figures
from engine.work.router import Router
from engine.work.routing.lane import department_of
from engine.work.service import Work

log = logging.getLogger("baton.work")

#: How many seconds a process that is to stay waits at its start for a database that doesn't answer.
START_WAITS = 60
TIDY_EVERY = timedelta(hours=1)
#: The kind of job that reads a large event log.
IMPORT_LOG = "import-log"


@dataclass(frozen=True)
class Services:
    """Everything that can be asked for within one unit of work."""

    now: Now
    settings: Settings
    session: Session
    journal: Journal
    people: People
    files: Files
    intake: Intake
    runnable: VersionCache
    cases: Cases
    operations: Operations
    messages: Messages
    signals: Signals
    starts: Starts
    work: Work
    promises: Promises
    insight: Insight
    jobs: Jobs
    moves: Moves
    runs: Runs

    def installation(self) -> Installation:
        """What publishing a journey may count on here."""
        return Installation({each.key for each in self.people.departments.all(ended=True)},
                            AllowedHosts.read(self.settings.allowed_hosts))

    def calendar_changed(self, department: str) -> None:
        """A department works at other times: what counts by them is reckoned again.

        Timers come before promises, as in the commands of cases, which write the same rows: two
        that took them in different orders would wait for each other.
        """
        self.cases.calendar_changed(department)
        self.starts.calendar_changed(department)
        self.promises.calendar_changed(department)


class ThresholdSource:
    """Thresholds of promises, for the sweep."""

    name = "promise"

    def due(self, services: Services, limit: int) -> list[tuple[UUID, int]]:
        """Reached thresholds, the earliest first."""
        return services.promises.due(limit)

    def run(self, services: Services, key: tuple[UUID, int]) -> bool:
        """Warn, or say that the promise is broken."""
        return services.promises.reach(*key)

    def fail(self, services: Services, key: tuple[UUID, int], error: Exception) -> None:
        """Look again later."""
        services.promises.postpone(*key)


class StaleSource:
    """Cases whose promises a changed calendar moves, for the sweep."""

    name = "calendar"

    def due(self, services: Services, limit: int) -> list[UUID]:
        """Cases to be folded again."""
        return services.promises.stale(limit)

    def run(self, services: Services, key: UUID) -> bool:
        """Fold one again."""
        services.promises.recompute(key)
        return True

    def fail(self, services: Services, key: UUID, error: Exception) -> None:
        """Leave its clocks as they were; the sweep has written why to the log."""
        services.promises.leave_stale(key)


class Baton:
    """One installation in this process: its database, its time, its units of work."""

    def __init__(self, settings: Settings, now: Now | None = None, *,
                 passwords: Passwords | None = None, database: Database | None = None) -> None:
        self.settings = settings
        self.now: Now = now or SystemNow()
        # Two of them in one process share a database, and with it SQLite's one write lock.
        self.database = database or Database(settings.database)
        self._passwords = passwords or Passwords()
        self._shelf = VersionShelf()
        self._versions = VersionCache(settings.timezone)
        self._maps = MapCache()
        self._plans = PlanShelf()
        self._standards: dict[UUID, tuple[Standard, ...]] = {}
        self.meters = Meters()
        self.meters.registry.register(Figures(self.figures, self.now))
        self._http = HttpClient(AllowedHosts.read(settings.allowed_hosts))
        self._sources = (TimerSource(), *SOURCES, ThresholdSource(), StaleSource(), RunSource())

    @contextmanager
    def command(self) -> Iterator[Services]:
        """A unit of work that writes: one transaction, committed whole when the block ends."""
        with self.meters.command() as told, self.database.write() as session:
            services = self._services(session)
            yield services
            services.journal.deliver()
            told["cases"] = [*map(str, services.journal.cases)] or None

    @contextmanager
    def query(self) -> Iterator[Services]:
        """A unit of work that only reads."""
        with self.database.read() as session:
            yield self._services(session)

    def prepare(self, *, patience: int = 0) -> migrations.Change:
        """Make the database ready for a start (engine/infra/migrations says when it refuses).

        A server that doesn't answer yet is asked again for about `patience` seconds: processes
        that start with it, or while it restarts, come up with it. Raises Unavailable.
        """
        try:
            return migrations.prepare(self.database)
        except AWAY as error:
            if not patience or self.database.is_sqlite:
                raise Unavailable("The database doesn't answer: {reason}",
                                  reason=str(error).splitlines()[0]) from error
        log.warning("the database does not answer yet; asking again")
        threading.Event().wait(1)
        return self.prepare(patience=patience - 1)

    def migrate(self) -> migrations.Change:
        """Bring the database to the newest revision, whatever it is."""
        return migrations.upgrade(self.database)

    def work_once(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Do what is due now, changed calendars included. Returns how many things were done."""
        return sweep(self.query, self.command, self._sources, stopping=stopping)

    def work_until(self, stop: threading.Event, *, pause: float = 0.5) -> None:
        """Work until `stop` is set; due things are noticed within `pause` seconds.

        Whatever goes wrong is logged and tried again: a worker outlives its database's restart.
        """
        worker = heartbeats.worker_name()
        tidied = beaten = None
        while not stop.is_set():
            try:
                if beaten is None or self.now() - beaten > heartbeats.BEAT:
                    self._beat(worker)
                    beaten = self.now()
                if tidied is None or self.now() - tidied > TIDY_EVERY:
                    self.tidy()
                    tidied = self.now()
                if self.work_once(stop.is_set) == 0:
                    stop.wait(pause)
            except Exception:  # noqa: BLE001 - the next round may succeed
                log.exception("a round of work failed; trying again")
                stop.wait(max(pause, 1.0))
        self._leave(worker)

    def _beat(self, worker: str) -> None:
        with self.database.write() as session:
            heartbeats.beat(session, self.now(), worker)

    def _leave(self, worker: str) -> None:
        try:
            with self.database.write() as session:
                heartbeats.leave(session, worker)
        except SQLAlchemyError:
            log.warning("the database did not hear that this worker ends")

    def check_ready(self) -> None:
        """Raises a DomainError that says what is missing before requests can be answered."""
        try:
            migrations.check(self.database)
        except SQLAlchemyError as error:
            raise Unavailable("The database doesn't answer.") from error

    def about(self) -> About:
        """What this installation is: versions, database, size."""
        return about(self.database)

    def figures(self) -> Iterator[Metric]:
        """The installation in numbers, at a cost that doesn't grow with what has ended."""
        rooms = (case_figures, work_figures, job_figures, promise_figures, heartbeats)
        with self.database.read() as session:
            for room in rooms:
                yield from room.figures(session, self.now())

    def workers(self) -> list[heartbeats.WorkerLife]:
        """Who fires timers, watches promises and runs jobs, those who live first."""
        with self.database.read() as session:
            return heartbeats.workers(session, self.now())

    def session_secret(self) -> str:
        """The key that signs sessions, the same for all processes of the installation."""
        return session_secret(self.database)

    def tidy(self) -> int:
        """Forget what is kept for a while only: answers to repeated commands, jobs long done,
        files that never came to a case. Returns how many things are gone."""
        with bound(command="tidy"), self.command() as services:
            heartbeats.purge(services.session, self.now())
            return (purge_once(services.session, self.now) + services.jobs.purge()
                    + services.files.remove_orphans())

    def work_jobs(self, stop: threading.Event) -> None:
        """Run background jobs until `stop` is set; several processes may do so."""
        self.job_worker().run_until(stop, threads=self.settings.job_threads)

    def job_worker(self) -> Worker:
        """Runs the background jobs of this installation."""
        caller = Caller(self.query, self.command, self._http, self.now)
        return worker_for(self.database, {IMPORT_LOG: self._import_log, SERVICE: caller.run},
                          self.now, gave_up={SERVICE: caller.gave_up})

    def try_call(self, call: ServiceCall, data: Mapping[str, Any],
                 rules: Mapping[str, FieldRule]) -> Trial:
        """Make a service call once, outside any unit of work and case, for whoever designs it."""
        return try_call(call, data, rules, http=self._http, now=self.now,
                        timezone=self.settings.timezone)

    def _import_log(self, job: RunningJob) -> dict[str, str]:
        """Read, map and keep a log that was put aside as a file (payload: file, name, options)."""
        file = UUID(str(job.payload["file"]))
        with self.query() as services:
            data = services.files.read(file)
        job.progress(0.2)
        prepared = prepare_log(str(job.payload["name"]), data,
                               options_from(job.payload["options"]))
        job.progress(0.9)
        with self.command() as services:
            log = services.insight.keep_log(prepared, by=job.created_by)
            services.files.remove(file, by=job.created_by)
        return {"log": str(log)}

    def close(self) -> None:
        """Close the database's connections."""
        self.database.dispose()

    def _services(self, session: Session) -> Services:
        settings, now = self.settings, self.now
        journal = Journal(session, now)
        people = People(session, now, timezone=settings.timezone, passwords=self._passwords)
        files = Files(session, now, settings.upload_mb * 1024 * 1024)
        intake = Intake(session, now, journal,
                        lambda wanted: people.departments.ensure(wanted, by=SYSTEM), self._shelf)

        def runnable(version_id: UUID) -> RunnableVersion:
            return self._versions.get(version_id, intake.version)

        calendar_of = people.departments.calendar
        cases = Cases(session, now, journal, runnable, settings.timezone, calendar_of)
        messages = Messages(session, now, cases, runnable)
        signals = Signals(session, now, cases, runnable)
        starts = Starts(session, now, cases, runnable, calendar_of)
        work = Work(session, now, journal, cases, runnable, Router(people, now))
        promises = Promises(session, now, journal, people.departments.calendar, cases.hold,
                            self._standards)
        moves = Moves(session, now, journal, cases, runnable, intake.version, self._plans,
                      calendar_of)
        operations = Operations(session, now, cases, WaysBack(session, now, journal, runnable),
                                settings.timezone)
        services = Services(now, settings, session, journal, people, files, intake,
                            self._versions, cases, operations, messages,
                            signals, starts, work, promises,
                            Insight(session, now, journal, self._maps), Jobs(session, now), moves,
                            Runs(session, now, journal, {
                                **deeds(cases, operations), MIGRATION: Moving(cases, moves),
                            }, people.accounts.actor))
        _listen(services)
        return services


def _listen(services: Services) -> None:
    """Who hears which fact."""
    journal = services.journal
    promises = services.promises
    journal.listen(facts.JourneyPublished, lambda fact: _publish(services, fact))
    journal.listen(facts.StepAwaited, services.work.offer)
    journal.listen(facts.StepWithdrawn, services.work.withdraw)
    journal.listen(facts.CaseSuspended, services.work.suspend)
    journal.listen(facts.CaseResumed, services.work.suspend)
    journal.listen(facts.MessageAwaited, services.messages.hand_over)
    journal.listen(facts.SignalThrown, services.signals.thrown)
    journal.listen(facts.CallAwaited, lambda fact: services.cases.call(
        fact, services.intake.latest(fact.called).id))
    journal.listen(facts.CallWithdrawn, services.cases.end_call)
    journal.listen(facts.ServiceAwaited, services.cases.service_calls.begin)
    journal.listen(facts.ServiceWithdrawn, services.cases.service_calls.withdraw)
    journal.listen(facts.CaseCompleted, services.cases.give_back)
    journal.listen(facts.CaseCancelled, services.cases.give_back)
    journal.listen(facts.CaseStarted, lambda fact: promises.begin_case(
        fact, services.cases.case(fact.case or UUID(int=0)).version_id))
    journal.listen(facts.CaseMigrated, services.work.move)
    for kind in MOVING:
        journal.listen(kind, promises.hear)
    journal.listen(facts.CaseMigrated, promises.begin_again)


def _publish(services: Services, fact: facts.JourneyPublished) -> None:
    """The rooms above read their part of the version, and may refuse it."""
    version = services.runnable.get(fact.version_id, services.intake.version)
    refuse(version, services.installation())
    services.starts.publish(version)
    elements = version.model.elements.values()
    services.promises.publish(fact, services.intake.version(fact.version_id).settings.standards,
                              Surroundings(
        owner=version.owner, elements={element.id for element in elements},
        departments={d.key for d in services.people.departments.all()},
        departments_of={e.id: department_of(e.lanes, version.lanes, version.owner)
                        for e in elements},
        filters={key for key, rule in version.fields.items() if rule.filter}))
