"""What is under way in the database when a history begins or goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from engine.people.access import SYSTEM
from engine.runtime.views import CaseFilter
from engine.wiring import Services
from engine.work.views import ItemFilter, WorkItem
from web.demo.people import DemoPerson
from web.demo.staff import Job, Worker

_PAGE = 200


def our_workers(services: Services, people: Iterable[DemoPerson],
                start: datetime) -> list[Worker]:
    """The staff among the demo's people, with their days away counted from `start`."""
    workers = []
    for person in people:
        found = services.people.persons.by_login(person.login)
        if found is None or "staff" not in person.roles:
            continue
        first, last = (start + timedelta(days=days) for days in person.away)
        actor = services.people.accounts.actor(found.id)
        workers += [Worker(actor, department, person.pace, first, last)
                    for department in person.departments]
    return workers


def open_jobs(services: Services, until: datetime) -> list[tuple[Job, UUID | None]]:
    """Open work items, with who has claimed them; those offered after `until` are not ours."""
    return [(Job(item.id, item.case_id, item.journey, item.element, item.kind, item.department,
                 item.offered_at), item.assignee)
            for item in _items(services) if item.offered_at <= until]


def open_messages(services: Services) -> list[tuple[UUID, str, str]]:
    """(case, element, message) that open cases wait for."""
    found = []
    after = None
    while True:
        page = services.cases.page(CaseFilter(
            visible=SYSTEM.visible(), state="open", number_after=after), _PAGE)
        found += [(case.id, wait.element, wait.message) for case in page.cases
                  for wait in services.cases.waits(case.id) if wait.message]
        if page.next is None:
            return found
        after = page.next


def _items(services: Services) -> Iterator[WorkItem]:
    after = None
    while True:
        page = services.work.page(ItemFilter(states=("offered", "claimed"), after=after), _PAGE)
        yield from page.items
        if page.next is None:
            return
        after = page.next
