"""One trial: an installation under load, its processes killed again and again, then the account."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from engine.infra.settings import Settings
from engine.jobs.tables import JobRow
from engine.journal.tables import FactRow
from engine.runtime.tables import CaseRow
from engine.wiring import Baton
from tests.faults import journey
from tests.faults.check import Account, check
from tests.faults.ledger import Ledger
from tests.faults.load import Load
from tests.faults.processes import PATIENCE, Nursery, Process
from tests.support.outside import Outside
from tests.support.postgres_server import PostgresServer

CLIENTS = 4
#: How long an order to die at a commit may wait for one.
_ORDER_LASTS = 2.0


@dataclass(frozen=True)
class Plan:
    """What a trial does. The seed draws victims, moments and actions; threads and the machine
    do the rest, so that a second run meets the same dangers, not the same microseconds."""

    database: str
    kills: int
    seed: int
    #: After so many kills the world stands still and is looked at.
    look_every: int = 50
    #: Restarts of the database server among them, PostgreSQL only.
    restarts: int = 0
    #: Whether a step calls a service. Where its worker dies another takes the call over after a
    #: minute, which is longer than a default test should take.
    calls: bool = True
    #: How many open work items there are at a time.
    open_items: int = 40


@dataclass
class Outcome:
    """What came of it."""

    plan: Plan
    kills: Counter[str] = field(default_factory=Counter)
    #: What befell the database.
    others: Counter[str] = field(default_factory=Counter)
    account: Account = field(default_factory=Account)
    seconds: float = 0.0


def run(plan: Plan, home: Path, server: PostgresServer | None = None,
        say: Callable[[str], None] = lambda _: None) -> Outcome:
    """Carry out the plan in the folder `home`; PostgreSQL needs its `server`."""
    started = time.monotonic()
    database = f"sqlite:///{home / 'baton.db'}"
    if server is not None:
        database = server.url(f"faults_{plan.seed}")
        server.create(f"faults_{plan.seed}")
    outside = Outside()
    environment = {"BATON_HOME": str(home), "BATON_DATABASE": database,
                   "BATON_ALLOWED_HOSTS": outside.host}
    baton = Baton(Settings.read(environment))
    baton.migrate()
    staff = journey.publish(baton, CLIENTS, outside.url if plan.calls else None)
    with Nursery() as nursery:
        outcome = _Trial(plan, baton, server, outside if plan.calls else None,
                         _processes(plan, nursery, environment, home), staff, say).run()
    baton.close()
    outside.close()
    outcome.seconds = time.monotonic() - started
    return outcome


def _processes(plan: Plan, nursery: Nursery, environment: dict[str, str],
               home: Path) -> list[Process]:
    """A server that works too, and a worker; on PostgreSQL another server."""
    wanted = [("web-1", ["serve"]), ("work-1", ["work"])]
    if plan.database == "postgres":
        wanted.append(("web-2", ["serve", "--no-work"]))
    return [Process(nursery, name, arguments, environment, home / f"{name}.log")
            for name, arguments in wanted]


class _Trial:
    def __init__(self, plan: Plan, baton: Baton, server: PostgresServer | None,
                 outside: Outside | None, processes: list[Process], staff: list[journey.Staff],
                 say: Callable[[str], None]) -> None:
        self._plan = plan
        self._baton = baton
        self._server = server
        self._outside = outside
        self._processes = processes
        self._say = say
        self._chance = random.Random(plan.seed)
        self._ledger = Ledger()
        self._load = Load(self._ledger, staff, [p.port for p in processes if p.port],
                          plan.open_items, f"{plan.database}-{plan.seed}")
        self._outcome = Outcome(plan)

    def run(self) -> Outcome:
        """Kill, look, kill, look, and in the end let every case come to its own."""
        outcome, plan = self._outcome, self._plan
        restarts = set(self._chance.sample(range(plan.kills), plan.restarts))
        done = 0
        try:
            while done < plan.kills and not outcome.account.wrong:
                self._start()
                self._load.start()
                until = min(plan.kills, done + plan.look_every)
                for number in range(done, until):
                    if number in restarts:
                        self._restart_database()
                    self._strike()
                done = until
                self._load.stop()
                self._look()
            if not outcome.account.wrong:
                self._come_to_an_end()
        except RuntimeError as error:
            outcome.account.wrong.append(str(error))
        finally:
            for process in self._processes:
                process.kill()
        return outcome

    def _start(self) -> None:
        for process in self._processes:
            process.start()
        for process in self._processes:
            process.wait_until_up()

    # --- killing ---------------------------------------------------------------------------

    def _strike(self) -> None:
        """Let them work a moment, kill one (or all) of them, start it again."""
        time.sleep(self._chance.uniform(0.05, 0.8))
        self._all_live()
        if self._server is not None and self._chance.random() < 0.3:
            self._server.cut_connections()
            self._outcome.others["connections cut"] += 1
        dice = self._chance.random()
        web = [process for process in self._processes if process.is_web]
        work = [process for process in self._processes if not process.is_web]
        victims = (self._processes if dice < 0.1 else [self._chance.choice(web)] if dice < 0.65
                   else [self._chance.choice(work)])
        moment = self._chance.choice(("any moment", "request", "before", "after"))
        for victim in victims:
            self._kill(victim, moment)
        time.sleep(self._chance.choice((0.0, 0.0, 0.3, 1.0)))
        for victim in victims:
            victim.start()
        for victim in victims:
            victim.wait_until_up()

    def _kill(self, victim: Process, moment: str) -> None:
        name = "any moment"
        if moment in ("before", "after"):
            victim.order(moment)
            if _within(_ORDER_LASTS, victim.has_ended):
                name = f"{moment} a commit"
        elif moment == "request" and victim.port is not None:
            port = victim.port
            if _within(_ORDER_LASTS, lambda: self._load.busy[port] > 0):
                time.sleep(self._chance.uniform(0.0, 0.015))
                name = "in mid-request"
        victim.kill()
        self._outcome.kills[f"{'web' if victim.is_web else 'worker'}, {name}"] += 1

    def _restart_database(self) -> None:
        """Stop the database server at once under load, and start it again."""
        if self._server is not None:
            self._server.crash()
            time.sleep(self._chance.choice((0.0, 0.5)))
            self._server.start_again()
            self._outcome.others["database restarts"] += 1

    def _all_live(self) -> None:
        """Nobody ends but by our hand, whatever happens to the database."""
        for process in self._processes:
            if process.has_ended():
                raise RuntimeError(f"{process.name} ended by itself; see {process.log}")

    # --- looking ---------------------------------------------------------------------------

    def _look(self, *, all_ended: bool = False) -> None:
        """End all processes, and compare what is there with what was said."""
        for process in self._processes:
            process.kill()
        self._outcome.account = check(self._baton, self._ledger, self._outside,
                                      all_ended=all_ended)
        counts, kills = self._outcome.account.counts, self._outcome.kills
        self._say(f"{self._plan.database}: {sum(kills.values())} kills, {counts['acknowledged']} "
                  f"commands, {counts['timers fired']} timers, {counts['cases']} cases: "
                  f"{len(self._outcome.account.wrong)} wrong")

    def _come_to_an_end(self) -> None:
        """No new cases: every case must reach its end, whatever it went through.

        One server stays, and lives through a last restart of its database: it has to serve and
        to fire what is due without being started anew.
        """
        self._load.draining = True
        self._start()
        self._load.start()
        if self._server is not None:
            self._restart_database()
            self._all_live()
        for process in self._processes[1:]:
            process.kill()
        facts, seen = -1, time.monotonic()
        while self._unfinished():
            if (now := self._facts()) != facts:
                facts, seen = now, time.monotonic()
            elif time.monotonic() - seen > PATIENCE:
                break  # the look names what stands still
            time.sleep(0.3)
        self._load.stop()
        for process in self._processes:
            process.kill(signal.SIGTERM)
        self._look(all_ended=True)

    def _unfinished(self) -> int:
        """Open cases, and jobs: one whose worker died after its answer was taken is looked at
        once more when that worker counts as dead."""
        with self._baton.query() as services:
            return services.session.execute(select(
                select(func.count()).select_from(CaseRow).where(
                    CaseRow.state == "open").scalar_subquery()
                + select(func.count()).select_from(JobRow).where(
                    JobRow.state.in_(("queued", "running"))).scalar_subquery())).scalar_one()

    def _facts(self) -> int:
        with self._baton.query() as services:
            return services.session.execute(select(func.max(FactRow.id))).scalar_one() or 0


def _within(seconds: float, holds: Callable[[], bool]) -> bool:
    """Whether it comes to hold before that many seconds are over."""
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.002)
    return True
