"""Prints one table: durable completions a second, publishing, mapping, and the floor below them.

    python -m tests.bench
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from engine.infra.settings import Settings
from engine.people.access import SYSTEM, Actor
from engine.wiring import Baton
from engine.work.views import ItemFilter
from tests.bench import map as map_bench
from tests.bench.bare import bare_step_and_commit
from tests.bench.rest import Api
from tests.support.bpmn import Drawing

STEPS = 10
CASES = 30


def drawing() -> Drawing:
    """Ten steps for people, one after the other."""
    made = Drawing("Bench").start().end()
    names = [f"Step{number}" for number in range(STEPS)]
    for name in names:
        made.user(name)
    return made.path("Begin", *names, "Finish")


def prepare(home: Path) -> tuple[Baton, UUID, Actor]:
    """A database with one journey and one person who may do all its work."""
    baton = Baton(Settings.read({"BATON_HOME": str(home)}))
    baton.migrate()
    with baton.command() as services:
        services.people.departments.create("desk", "Desk", by=SYSTEM)
        person = services.people.persons.create("bench", "Bench", by=SYSTEM)
        services.people.accounts.grant(person.id, "administrator", by=SYSTEM)
        services.people.persons.join(person.id, "desk", by=SYSTEM)
        draft = services.intake.upload("bench.bpmn", drawing().xml(), by=None)
        services.intake.change(draft.id, replace(draft.settings, department="desk"), by=None)
        version = services.intake.publish(draft.id, by=None)
    with baton.query() as services:
        actor = services.people.accounts.actor(person.id)
    return baton, version.id, actor


def engine_completions(baton: Baton, version: UUID, actor: Actor, clients: int) -> float:
    """Durable completions a second through the engine (each with its claim), `clients` threads."""
    cases = []
    for _ in range(CASES):
        with baton.command() as services:
            cases.append(services.cases.start(version, by=actor.person).id)

    def work(mine: list[UUID]) -> None:
        for case in mine:
            for _ in range(STEPS):
                with baton.query() as services:
                    [item] = services.work.page(ItemFilter(states=("offered",), case_id=case)).items
                with baton.command() as services:
                    services.work.claim(item.id, by=actor)
                with baton.command() as services:
                    services.work.complete(item.id, by=actor)
    seconds = in_threads([lambda part=cases[n::clients]: work(part) for n in range(clients)])
    return CASES * STEPS / seconds


def in_threads(acts: list[Callable[[], None]]) -> float:
    """Seconds until all are done."""
    threads = [threading.Thread(target=act) for act in acts]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - started


def publish_milliseconds(baton: Baton, times: int = 10) -> float:
    """Milliseconds to upload and publish the model, the median of several times."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        with baton.command() as services:
            draft = services.intake.upload("bench.bpmn", drawing().xml(), by=None)
            services.intake.publish(draft.id, by=None)
        taken.append((time.perf_counter() - started) * 1000)
    return sorted(taken)[times // 2]


def main() -> None:
    """Measure and print."""
    rows: list[tuple[str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        baton, version, actor = prepare(Path(folder))
        engine_completions(baton, version, actor, 1)  # warm up
        alone = engine_completions(baton, version, actor, 1)
        rows.append(("durable claim + completion through the engine, 1 client",
                     f"{alone:7.0f} / s"))
        rows.append(("… 4 clients", f"{engine_completions(baton, version, actor, 4):7.0f} / s"))
        with Api(baton) as api:
            for clients in (1, 4):
                rate = api.completions(version, actor, clients, CASES // 3, STEPS)
                rows.append((f"the same through REST, {clients} client(s)", f"{rate:7.0f} / s"))
        floor = bare_step_and_commit(drawing(), Path(folder))
        rows.append(("bare SpiffWorkflow step + bare commit", f"{1000 * floor:7.2f} ms"))
        rows.append(("durable completion ÷ that floor (a claim is a commit, too)",
                     f"{1 / alone / floor:7.1f} ×"))
        rows.append(("upload and publish a model", f"{publish_milliseconds(baton):7.1f} ms"))
        baton.close()
    measured = map_bench.measure()
    if measured is None:
        rows.append(("map bpic2013_incidents", "corpus not here"))
    else:
        rows.append(("map bpic2013_incidents", f"{measured['seconds']:7.2f} s"))
        rows.append(("… peak memory", f"{measured['peak_mb']:7.0f} MB"))
    width = max(len(name) for name, _ in rows)
    for name, figure in rows:
        sys.stdout.write(f"{name:<{width}}  {figure}\n")


if __name__ == "__main__":
    main()
