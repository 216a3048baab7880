"""What is measured on: an installation with one desk, one person, and journeys to run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from tempfile import TemporaryDirectory
from uuid import UUID

from engine.infra.now import Now
from engine.infra.settings import Settings
from engine.people.access import SYSTEM, Actor
from engine.wiring import Baton
from engine.work.views import ItemFilter
from tests.support.bpmn import Drawing
from tests.support.databases import load_tables
from tests.support.postgres_server import NoServer, PostgresServer

STEPS = 10


def ten_steps() -> Drawing:
    """Ten steps for people, one after the other."""
    made = Drawing("Bench").start().end()
    names = [f"Step{number}" for number in range(STEPS)]
    for name in names:
        made.user(name)
    return made.path("Begin", *names, "Finish")


class Office:
    """One installation and the person who does its work."""

    def __init__(self, settings: Settings, now: Now | None = None) -> None:
        self.settings = settings
        self.baton = Baton(settings, now)

    def open(self) -> None:
        """Make the tables and the person."""
        load_tables()
        self.baton.migrate()
        with self.baton.command() as services:
            services.people.departments.create("desk", "Desk", by=SYSTEM)
            person = services.people.persons.create("bench", "Bench", by=SYSTEM)
            services.people.accounts.grant(person.id, "administrator", by=SYSTEM)
            services.people.persons.join(person.id, "desk", by=SYSTEM)

    @cached_property
    def actor(self) -> Actor:
        """The person."""
        with self.baton.query() as services:
            found = next(p for p in services.people.persons.all() if p.login == "bench")
            return services.people.accounts.actor(found.id)

    def publish(self, drawing: Drawing) -> UUID:
        """Publish a drawing whose work is the desk's."""
        with self.baton.command() as services:
            draft = services.intake.upload("bench.bpmn", drawing.xml(), by=None)
            services.intake.change(draft.id, replace(draft.settings, department="desk"), by=None)
            version: UUID = services.intake.publish(draft.id, by=None).id
            return version

    def start(self, version: UUID, **data: object) -> UUID:
        """Start a case."""
        with self.baton.command() as services:
            case: UUID = services.cases.start(version, data=data).id
            return case

    def open_items(self) -> list[UUID]:
        """All items that wait to be done."""
        found, after = [], None
        while True:
            with self.baton.query() as services:
                page = services.work.page(ItemFilter(states=("offered",), after=after), 200)
            found += [item.id for item in page.items]
            if page.next is None:
                return found
            after = page.next

    def item_of(self, case: UUID) -> UUID:
        """The one item that is to be done on a case."""
        with self.baton.query() as services:
            [item] = services.work.open_of_case(case)
            return item.id

    def complete(self, item: UUID, actor: Actor, **data: object) -> None:
        """Do an item: one command, committed."""
        with self.baton.command() as services:
            services.work.complete(item, by=actor, data=data)


@contextmanager
def sqlite(now: Now | None = None) -> Iterator[Office]:
    """An installation on SQLite (synchronous=FULL, as always)."""
    with TemporaryDirectory() as folder:
        office = Office(Settings.read({"BATON_HOME": folder}), now)
        office.open()
        yield office
        office.baton.close()


@contextmanager
def postgres(now: Now | None = None) -> Iterator[Office | None]:
    """An installation on a PostgreSQL of this machine, with fsync; None where there is none."""
    try:
        server = PostgresServer(durable=True)
    except NoServer:
        yield None
        return
    try:
        with TemporaryDirectory() as folder:
            office = Office(Settings.read({
                "BATON_HOME": folder, "BATON_DATABASE": server.url("postgres")}), now)
            office.open()
            yield office
            office.baton.close()
    finally:
        server.stop()


def databases(now: Now | None = None) -> Iterator[tuple[str, Office]]:
    """An installation on each database that there is, one after the other, with its name."""
    for name, made in (("SQLite", sqlite), ("PostgreSQL", postgres)):
        with made(now) as office:
            if office is not None:
                yield name, office
