"""The fast part of the demo: packs, people, an event log; done once, seconds long."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from engine.people.access import SYSTEM
from engine.wiring import Baton
from web.demo.people import PASSWORD, PEOPLE
from web.demo.sample_log import sample_log

PACKS = ("complaint", "home-repair")


def packs_folder() -> Path:
    """Where the packs are: beside the code, in a checkout or an installation."""
    return Path(__file__).resolve().parents[2] / "processes"


def is_seeded(baton: Baton) -> bool:
    """Whether the demo's people are there."""
    with baton.query() as services:
        return services.people.persons.by_login(PEOPLE[-1].login) is not None


def seed(baton: Baton) -> None:
    """Publish the packs and make the people. In one transaction a pack, one for the people."""
    for pack in PACKS:
        with baton.command() as services:
            published = {journey.key for journey in services.intake.journeys() if journey.number}
            if pack not in published:
                services.intake.publish_path(packs_folder() / pack, by=SYSTEM.person)
    with baton.command() as services:
        people = services.people
        for person in PEOPLE:
            if people.persons.by_login(person.login) is not None:
                continue
            made = people.persons.create(person.login, person.name, by=SYSTEM)
            people.accounts.set_password(made.id, PASSWORD, by=SYSTEM)
            for role in person.roles:
                people.accounts.grant(made.id, role, by=SYSTEM)
            for department in person.departments:
                # They were there before the history begins.
                people.persons.join(made.id, department, by=SYSTEM, lead=person.lead,
                                    since=baton.now() - timedelta(days=400))


def import_sample(baton: Baton) -> None:
    """Import the event log, if there is none yet."""
    with baton.command() as services:
        if not services.insight.logs():
            services.insight.import_log(*sample_log(), by=SYSTEM.person)
