"""How many SQL statements one completion takes: few, and never more with age (law 5)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, func, insert, select

from engine.infra.db import Database
from engine.infra.now import SetNow
from engine.infra.settings import Settings
from engine.people.access import SYSTEM
from engine.runtime.tables import WaitRow
from engine.wiring import Baton
from engine.work.views import ItemFilter, WorkItem
from tests.support.bpmn import Drawing

#: A claim locks the case, reads the item, moves it, and writes its facts.
MOST_FOR_A_CLAIM = 4
#: A completion asks, besides, for waits, promises and the trail, and writes the case, its tokens
#: and waits, its trail and the next item.
MOST_FOR_A_COMPLETION = 13
#: What a completion waits for an answer to, before it writes all in one go.
MOST_ASKED = 5


class Office:
    """One person who checks a case over and over, until they say that it is enough."""

    def __init__(self, baton: Baton) -> None:
        self.baton = baton
        drawn = (Drawing("Round").start().end().user("Check").gateway("Ok")
                 .path("Begin", "Check", "Ok").flow("Ok", "Check", id="again", name="Again")
                 .flow("Ok", "Finish", id="done", name="Done"))
        with baton.command() as services:
            services.people.departments.create("desk", "Desk", by=SYSTEM)
            person = services.people.persons.create("ann", "Ann", by=SYSTEM)
            services.people.accounts.grant(person.id, "administrator", by=SYSTEM)
            services.people.persons.join(person.id, "desk", by=SYSTEM)
            draft = services.intake.upload("round.bpmn", drawn.xml(), by=None)
            services.intake.change(draft.id, replace(draft.settings, department="desk"), by=None)
            self.version = services.intake.publish(draft.id, by=None).id
        with baton.query() as services:
            self.ann = services.people.accounts.actor(person.id)

    def start(self) -> UUID:
        with self.baton.command() as services:
            case: UUID = services.cases.start(self.version, by=self.ann.person).id
        return case

    def round(self, case: UUID, answer: str = "again") -> tuple[int, int]:
        """Check and answer; returns the statements of the first claim and completion."""
        counted = self._step(case)
        self._step(case, answer)
        return counted

    def _step(self, case: UUID, *answers: str) -> tuple[int, int]:
        item = self._item(case)
        with self.counted() as claim, self.baton.command() as services:
            services.work.claim(item.id, by=self.ann)
        with self.counted() as completion, self.baton.command() as services:
            services.work.complete(item.id, by=self.ann, answers=answers)
        return len(claim), len(completion)

    def _item(self, case: UUID) -> WorkItem:
        with self.baton.query() as services:
            [item] = services.work.page(ItemFilter(states=("offered",), case_id=case)).items
        return item

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """The statements that are executed meanwhile, without those that begin transactions."""
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            if not statement.startswith("BEGIN"):
                seen.append(statement)

        event.listen(self.baton.database.engine, "before_cursor_execute", note)
        yield seen
        event.remove(self.baton.database.engine, "before_cursor_execute", note)


@pytest.fixture
def office(database: Database, now: SetNow, tmp_path) -> Office:
    return Office(Baton(Settings.read({"BATON_HOME": str(tmp_path)}), now, database=database))


def test_a_claim_and_a_completion_take_few_statements(office):
    case = office.start()
    office.round(case)
    claim, completion = office.round(case)
    assert claim <= MOST_FOR_A_CLAIM
    assert completion <= MOST_FOR_A_COMPLETION


def test_a_completion_asks_first_and_then_writes_all_in_one_go(office):
    office.start()
    with office.baton.query() as services:
        [item] = services.work.page(ItemFilter(states=("offered",))).items
    with office.counted() as seen, office.baton.command() as services:
        services.work.complete(item.id, by=office.ann)
    kinds = [statement.split(" ")[0] for statement in seen]
    asked = kinds.count("SELECT")
    assert kinds[:asked] == ["SELECT"] * asked
    assert asked <= MOST_ASKED


def test_a_completion_takes_no_more_statements_when_the_case_is_old(office):
    case = office.start()
    office.round(case)
    young = office.round(case)
    for _ in range(15):
        office.round(case)
    assert office.round(case) == young


def test_a_completion_takes_no_more_statements_after_many_finished_cases(office):
    first = office.start()
    office.round(first)
    before = office.round(first)
    for _ in range(8):
        office.round(office.start(), "done")
    assert office.round(first) == before


def test_a_completion_takes_no_more_statements_beside_many_waiting_timers(office, now):
    case, other = office.start(), office.start()
    office.round(case)
    before = office.round(case)
    with office.baton.database.write() as session:
        session.execute(insert(WaitRow), [{
            "case_id": other, "token": uuid4(), "element": "Later", "kind": "timer",
            "since": now(), "due_at": now() + timedelta(days=30), "cycles_left": 0}
            for _ in range(200)])
    assert office.round(case) == before
    with office.baton.database.read() as session:
        assert session.execute(select(func.count()).select_from(WaitRow)).scalar_one() >= 200
