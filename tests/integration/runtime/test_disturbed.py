"""A case that is suspended, resumed and tried again at random does what an undisturbed one does."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from engine.infra.errors import Conflict
from engine.journal import facts
from tests.support.bpmn import Drawing
from tests.support.operated import Operated

_DONE = (facts.ElementCompleted, facts.StepResumed, facts.WorkItemCompleted, facts.TimerFired)


@pytest.fixture
def house(database, now, tmp_path):
    made = Operated(database, now, tmp_path)
    yield made
    made.baton.close()


def drawing() -> Drawing:
    """Two people, a timer and a script that fails beside each other; then several of one step."""
    several = ("<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>people"
               "</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>")
    return (Drawing().start().gateway("Fork", "parallel").gateway("Join", "parallel")
            .user("Ask").user("Nudge").boundary_timer("Late", "Ask", "PT5H", interrupting=False)
            .timer("Wait", "P1D").script("Share", "share = amount / people").user("Look")
            .element("userTask", "Each", "Each", several).end()
            .path("Begin", "Fork", "Ask", "Join", "Each", "Finish").path("Fork", "Wait", "Join")
            .path("Fork", "Share", "Look", "Join").path("Late", "Nudge"))


def step(house: Operated, case, random: Random) -> None:
    """Do something that goes on with the case: work, or time."""
    items = sorted(item.element for item in house.items(case))
    if items and random.random() < 0.6:
        house.do(case, random.choice(items))
    else:
        house.pass_time(hours=7)


def retry(house: Operated, case, **data) -> None:
    [incident] = house.incidents(case)
    with house.operations() as operations:
        operations.retry(incident.id, by=house.max, data=data)


def disturb(house: Operated, case, random: Random) -> None:
    """Hold the case for a while, in which nothing happens to it."""
    before, waiting = len(house.story(case)), house.waiting(case)
    with house.operations() as operations:
        operations.suspend(case, reason="Held", by=house.max)
    house.pass_time(hours=random.choice((0, 1, 30)))
    for item in house.items(case):
        assert item.suspended
        with pytest.raises(Conflict):
            house.do(case, item.element)
    for incident in house.incidents(case):
        with pytest.raises(Conflict), house.operations() as operations:
            operations.retry(incident.id, by=house.max)
    assert house.waiting(case) == waiting
    assert [line for line in house.story(case)[before:] if "Completed" in line
            or "Fired" in line] == []
    with house.operations() as operations:
        operations.resume(case, by=house.max)


def lived(house: Operated, version, random: Random, disturbed: bool) -> Counter:
    """How often each element was done in a case that was brought to its end."""
    case = house.start(version, amount=10, people=0)
    for _ in range(60):
        if house.case(case).state == "completed":
            break
        if disturbed and random.random() < 0.4:
            disturb(house, case, random)
        elif house.incidents(case) and random.random() < 0.4:
            retry(house, case, **({"people": 2} if random.random() < 0.5 else {}))
        elif house.case(case).state == "open":
            step(house, case, random)
    assert house.case(case).state == "completed", house.waiting(case)
    assert house.incidents(case) == [] and house.items(case) == []
    found = Counter(fact.element for fact in house.facts(case, *_DONE))
    nudged = {"Late", "Nudge"}  # only where nobody asked within five hours
    return Counter({element: count for element, count in found.items() if element not in nudged})


def test_what_is_done_is_the_same_however_often_a_case_is_held_and_tried_again(house):
    version = house.publish(drawing())
    calm = lived(house, version, Random(0), disturbed=False)
    for seed in range(1, 6):
        assert lived(house, version, Random(seed), disturbed=True) == calm, seed
