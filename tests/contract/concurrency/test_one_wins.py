"""Two commands on one thing at the same moment: one wins, the other is told so in a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from engine.infra.errors import Conflict, NotFound
from engine.intake.settings import FieldSettings
from engine.journal import facts
from engine.people.access import SYSTEM, Actor
from engine.wiring import Baton
from tests.support.bpmn import Drawing
from tests.support.racing import neighbour, race
from tests.support.web import make_baton

ROUNDS = 6
STANDARDS = ({"key": "answer", "target": "1 minutes", "start": "Answer", "stop": "Answer"},)
JOURNEY = (Drawing("Errand").start().user("Answer").end()
           .boundary_timer("Late", "Answer", "PT1H").user("Escalate")
           .path("Begin", "Answer", "Finish").path("Late", "Escalate", "Finish"))
LETTER = (Drawing("Letter").start().message("Wait", "letter").end()
          .path("Begin", "Wait", "Finish"))


@pytest.fixture
def pair(database, now, tmp_path) -> Iterator[tuple[Baton, Baton]]:
    """Two processes of one installation."""
    one = make_baton(database, now, tmp_path)
    with one.command() as services:
        services.people.departments.create("desk", "Desk", by=SYSTEM)
    other = neighbour(one)
    yield one, other
    other.close()
    one.close()


def publish(baton: Baton, drawing: Drawing, **settings: Any) -> UUID:
    with baton.command() as services:
        draft = services.intake.upload("drawing.bpmn", drawing.xml(), by=None)
        services.intake.change(draft.id, replace(
            draft.settings, department="desk",
            fields={"said": FieldSettings("text", {"en": "Said"})}, **settings), by=None)
        return services.intake.publish(draft.id, by=None).id


def hire(baton: Baton, *logins: str) -> list[Actor]:
    with baton.command() as services:
        people = services.people
        ids = [people.persons.create(login, login, by=SYSTEM).id for login in logins]
        for person in ids:
            people.accounts.grant(person, "manager", by=SYSTEM)
            people.persons.join(person, "desk", by=SYSTEM)
    with baton.query() as services:
        return [services.people.accounts.actor(person) for person in ids]


def start(baton: Baton, version: UUID) -> UUID:
    with baton.command() as services:
        return services.cases.start(version).id


def item_of(baton: Baton, case: UUID, element: str = "Answer") -> UUID:
    with baton.query() as services:
        return next(item.id for item in services.work.of_case(case) if item.element == element)


def do(baton: Baton, act: Callable[[Any], Any]) -> Callable[[], Any]:
    """A command of one process."""
    def run() -> Any:
        with baton.command() as services:
            return act(services)
    return run


def told(baton: Baton, case: UUID) -> Counter[str]:
    """How often each kind of fact stands in the journal of the case."""
    with baton.query() as services:
        return Counter(type(fact).__name__ for fact in services.journal.read_case(case))


def state(baton: Baton, case: UUID) -> str:
    with baton.query() as services:
        return services.cases.case(case).state


def one_won(results: list[Any], *refusals: type[Exception]) -> int:
    """The place of the only act that did not raise; the others raised one of `refusals`."""
    lost = [each for each in results if isinstance(each, Exception)]
    assert all(isinstance(each, refusals) for each in lost), results
    assert all(str(each).endswith(".") for each in lost)
    winners = [place for place, each in enumerate(results) if not isinstance(each, Exception)]
    assert len(winners) == 1, results
    return winners[0]


def test_of_two_people_who_take_one_item_one_has_it(pair):
    one, other = pair
    version = publish(one, JOURNEY)
    ada, bob = hire(one, "ada", "bob")
    for _ in range(ROUNDS):
        case = start(one, version)
        item = item_of(one, case)
        results = race(do(one, lambda s, item=item: s.work.claim(item, by=ada)),
                       do(other, lambda s, item=item: s.work.claim(item, by=bob)))
        winner = one_won(results, Conflict)
        with one.query() as services:
            assert services.work.item(item).assignee == (ada, bob)[winner].person
        assert told(one, case)["WorkItemClaimed"] == 1


def test_an_item_that_is_completed_twice_is_completed_once(pair):
    one, other = pair
    version = publish(one, JOURNEY)
    ada, = hire(one, "ada")
    for _ in range(ROUNDS):
        case = start(one, version)
        item = item_of(one, case)
        do(one, lambda s, item=item: s.work.claim(item, by=ada))()
        results = race(*(do(baton, lambda s, item=item, said=said: s.work.complete(
            item, by=ada, data={"said": said})) for baton, said in ((one, "a"), (other, "b"))))
        winner = one_won(results, Conflict)
        assert told(one, case)["WorkItemCompleted"] == 1
        with one.query() as services:
            assert services.cases.document(case) == {"said": "ab"[winner]}


def test_a_timer_that_takes_a_step_away_or_its_completion_comes_first(pair, now):
    one, other = pair
    version = publish(one, JOURNEY)
    ada, = hire(one, "ada")
    for _ in range(ROUNDS):
        case = start(one, version)
        item = item_of(one, case)
        do(one, lambda s, item=item: s.work.claim(item, by=ada))()
        now.advance(timedelta(hours=2))
        completed, _ = race(do(one, lambda s, item=item: s.work.complete(item, by=ada)),
                            other.work_once)
        found = told(one, case)
        if isinstance(completed, Exception):
            one_won([completed, None], Conflict)
            assert (found["TimerFired"], found["WorkItemWithdrawn"]) == (1, 1)
            assert state(one, case) == "open"
            assert item_of(one, case, "Escalate")
        else:
            assert (found["TimerCancelled"], found["TimerFired"]) == (1, 0)
            assert state(one, case) == "completed"
        assert found["WorkItemCompleted"] + found["WorkItemWithdrawn"] == 1


def test_a_message_that_ends_a_case_or_its_cancellation_comes_first(pair):
    one, other = pair
    version = publish(one, LETTER)
    for _ in range(ROUNDS):
        case = start(one, version)
        winner = one_won(race(
            do(one, lambda s, case=case: s.cases.deliver(case, "letter")),
            do(other, lambda s, case=case: s.cases.cancel(case, reason="No need."))), Conflict)
        assert state(one, case) == ("completed", "cancelled")[winner]
        found = told(one, case)
        assert found["CaseCompleted"] + found["CaseCancelled"] == 1
        assert found["MessageReceived"] == 1 - winner


def test_a_message_that_is_sent_twice_at_once_is_for_one_wait(pair):
    one, other = pair
    version = publish(one, LETTER)
    for _ in range(ROUNDS):
        case = start(one, version)
        one_won(race(*(do(baton, lambda s, case=case: s.cases.deliver(case, "letter"))
                       for baton in pair)), Conflict)
        assert told(one, case)["MessageReceived"] == 1


def test_two_cancellations_leave_one_reason(pair):
    one, other = pair
    version = publish(one, LETTER)
    for _ in range(ROUNDS):
        case = start(one, version)
        winner = one_won(race(*(
            do(baton, lambda s, case=case, why=why: s.cases.cancel(case, reason=why))
            for baton, why in ((one, "a"), (other, "b")))), Conflict)
        with one.query() as services:
            assert services.cases.case(case).cancel_reason == "ab"[winner]
        assert told(one, case)["CaseCancelled"] == 1


def test_sweeps_side_by_side_fire_each_timer_and_each_threshold_once(pair, now):
    one, other = pair
    version = publish(one, JOURNEY, standards=STANDARDS)
    cases = [start(one, version) for _ in range(12)]
    now.advance(timedelta(hours=2))
    fired = race(one.work_once, other.work_once, one.work_once)
    assert sum(fired) == len(cases)  # a timer that ends its step ends the step's promise, too
    for case in cases:
        found = told(one, case)
        assert (found["TimerFired"], found["ClockBreached"]) == (1, 1)
        assert state(one, case) == "open"


def test_a_threshold_and_a_completion_at_once_tell_one_story_of_the_promise(pair, now):
    one, other = pair
    version = publish(one, JOURNEY, standards=STANDARDS)
    ada, = hire(one, "ada")
    for _ in range(ROUNDS):
        case = start(one, version)
        item = item_of(one, case)
        do(one, lambda s, item=item: s.work.claim(item, by=ada))()
        now.advance(timedelta(minutes=30))
        completed, _ = race(do(one, lambda s, item=item: s.work.complete(item, by=ada)),
                            other.work_once)
        assert not isinstance(completed, Exception)
        found = told(one, case)
        assert (found["ClockBreached"], found["ClockMissed"], found["ClockMet"]) == (1, 1, 0)
        with one.command() as services:
            assert not services.promises.recompute(case)


def test_cases_that_start_at_once_have_numbers_of_their_own(pair):
    one, other = pair
    version = publish(one, JOURNEY)
    begin = [do(baton, lambda s: s.cases.start(version).number) for baton in pair * 4]
    numbers = race(*begin)
    assert len(set(numbers)) == len(begin)
    assert {int(number.rsplit("-", 1)[1]) for number in numbers} == set(range(1, 9))


def test_a_draft_that_two_people_publish_is_one_version(pair):
    one, other = pair
    for _ in range(ROUNDS):
        with one.command() as services:
            draft = services.intake.upload("drawing.bpmn", JOURNEY.xml(), by=None)
            services.intake.change(draft.id, replace(draft.settings, department="desk"), by=None)
        results = race(*(do(baton, lambda s, draft=draft: s.intake.publish(draft.id, by=None))
                         for baton in pair))
        one_won(results, Conflict, NotFound)
    with one.query() as services:
        assert [v.number for v in services.intake.versions(draft.journey)] == [
            *range(ROUNDS, 0, -1)]


def test_two_first_drawings_of_one_journey_are_one_draft(pair):
    one, other = pair
    for number in range(ROUNDS):
        xml = JOURNEY.xml().replace(b"Errand", b"Errand%d" % number)
        drafts = race(*(do(baton, lambda s, xml=xml: s.intake.upload("d.bpmn", xml, by=None).id)
                        for baton in pair))
        assert len(set(drafts)) == 1, drafts


def test_a_customer_who_is_new_to_two_cases_at_once_is_one_customer(pair):
    one, other = pair
    for number in range(ROUNDS):
        ids = race(*(do(baton, lambda s, number=number: s.people.customers.find_or_create(
            "Ann", external_ref=f"C-{number}").id) for baton in pair))
        assert len(set(ids)) == 1, ids


def test_a_failed_step_that_two_people_try_again_goes_on_once(pair):
    one, other = pair
    drawing = (Drawing("Script").start().script("Work", "said = 'x' + said").user("After").end()
               .path("Begin", "Work", "After", "Finish"))
    version = publish(one, drawing)
    for _ in range(ROUNDS):
        case = start(one, version)
        with one.command() as services:
            incident = services.cases.incidents(case)[0].id
            services.cases.write_data(case, {"said": "y"})
        one_won(race(*(do(baton, lambda s, incident=incident: s.cases.retry(incident))
                       for baton in pair)), Conflict)
        with one.query() as services:
            assert services.cases.document(case) == {"said": "xy"}
        found = told(one, case)
        assert (found["IncidentResolved"], found["WorkItemOffered"]) == (1, 1)


def test_both_branches_completed_at_once_join_once(pair):
    one, other = pair
    drawing = (Drawing("Both").start().gateway("Fork", "parallel").user("Left").user("Right")
               .gateway("Join", "parallel").user("After").end()
               .path("Begin", "Fork", "Left", "Join").path("Fork", "Right", "Join", "After")
               .path("After", "Finish"))
    version = publish(one, drawing)
    people = hire(one, "ada", "bob")
    for _ in range(ROUNDS):
        case = start(one, version)
        acts = []
        for baton, who, element in zip(pair, people, ("Left", "Right"), strict=True):
            item = item_of(one, case, element)
            do(one, lambda s, item=item, who=who: s.work.claim(item, by=who))()
            acts.append(do(baton, lambda s, item=item, who=who: s.work.complete(item, by=who)))
        assert not [each for each in race(*acts) if isinstance(each, Exception)]
        with one.query() as services:
            open_items = [item.element for item in services.work.of_case(case)
                          if item.state == "offered"]
            history = services.journal.read_case(case)
        assert open_items == ["After"]
        assert sum(isinstance(fact, facts.CaseCompleted) for fact in history) == 0


def test_comments_and_a_completion_at_once_are_all_there(pair):
    one, other = pair
    version = publish(one, JOURNEY)
    ada, = hire(one, "ada")
    for _ in range(ROUNDS):
        case = start(one, version)
        item = item_of(one, case)
        do(one, lambda s, item=item: s.work.claim(item, by=ada))()
        results = race(do(one, lambda s, item=item: s.work.complete(item, by=ada)), *(
            do(baton, lambda s, case=case: s.cases.comment(case, "Well.", by=ada.person))
            for baton in pair))
        assert not [each for each in results if isinstance(each, Exception)], results
        found = told(one, case)
        assert (found["CommentAdded"], found["WorkItemCompleted"]) == (2, 1)
