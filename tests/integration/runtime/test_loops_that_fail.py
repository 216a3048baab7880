"""A loop that can't be begun, or gone on with, is the loop's own fault: the step before it, and the
instance that is done, are not done a second time."""

from __future__ import annotations

import pytest

from tests.support.bpmn import Drawing
from tests.support.operated import Operated


@pytest.fixture
def house(sqlite_database, now, tmp_path):
    made = Operated(sqlite_database, now, tmp_path)
    yield made
    made.baton.close()


def several(*, number: str = "people", sequential: bool = False, until: str = "") -> str:
    return (f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
            f"<bpmn:loopCardinality>{number}</bpmn:loopCardinality>"
            + (f"<bpmn:completionCondition>{until}</bpmn:completionCondition>" if until else "")
            + "</bpmn:multiInstanceLoopCharacteristics>")


def drawing(marker: str, kind: str = "userTask") -> Drawing:
    """A script that counts how often it ran stands before a step that is repeated."""
    return (Drawing().start().script("Count", "amount = amount + 1")
            .element(kind, "Each", "Each", marker).user("Tell").end()
            .path("Begin", "Count", "Each", "Tell", "Finish"))


def retry(house, case, **data):
    [incident] = house.incidents(case)
    with house.operations() as operations:
        operations.retry(incident.id, by=house.max, data=data)


@pytest.mark.parametrize("sequential", [False, True])
def test_the_step_before_a_loop_without_a_number_ran_once_and_is_not_blamed(house, sequential):
    case = house.start(house.publish(drawing(several(sequential=sequential))), amount=0)
    [incident] = house.incidents(case)
    assert incident.element == "Each", incident
    assert house.document(case)["amount"] == 1
    retry(house, case)
    [incident] = house.incidents(case)
    assert (incident.element, incident.tries, house.document(case)["amount"]) == ("Each", 2, 1)
    retry(house, case, people=2)
    assert house.incidents(case) == [] and house.document(case)["amount"] == 1
    assert house.waiting(case) == (["Each"] if sequential else ["Each", "Each"])
    house.do(case, "Each")
    house.do(case, "Each")
    assert house.waiting(case) == ["Tell"]


def test_a_person_before_such_a_loop_is_not_asked_again(house):
    before = (Drawing().start().user("Ask").element("userTask", "Each", "Each", several())
              .end().path("Begin", "Ask", "Each", "Finish"))
    case = house.start(house.publish(before))
    house.do(case, "Ask")
    assert (house.waiting(case), house.incidents(case)[0].element) == ([], "Each")
    retry(house, case, people=1)
    assert house.waiting(case) == ["Each"]


@pytest.mark.parametrize("sequential", [False, True])
def test_an_instance_whose_end_can_not_be_judged_was_done_once(house, sequential):
    case = house.start(house.publish(drawing(several(
        number="3", sequential=sequential, until="amount > people"))), amount=0)
    house.do(case, "Each", amount=1)
    [incident] = house.incidents(case)
    assert incident.element == "Each" and len(house.items(case)) == (0 if sequential else 2)
    retry(house, case, people=1)
    assert house.incidents(case) == []
    assert house.waiting(case) == (["Each"] if sequential else ["Each", "Each"])
    house.do(case, "Each", amount=5)
    assert house.waiting(case) == ["Tell"]


def test_such_a_loop_is_skipped_or_gone_back_from(house):
    version = house.publish(drawing(several()))
    for deed, then in (("skip", "Tell"), ("back", "Each")):
        case = house.start(version, amount=0)
        [incident] = house.incidents(case)
        with house.operations() as operations:
            if deed == "skip":
                operations.skip(case, incident.token, reason="None", by=house.max)
            else:
                operations.send_back(case, incident.token, "Count", reason="Again", by=house.max)
        left = house.waiting(case) or [one.element for one in house.incidents(case)]
        assert left == [then]
        assert house.document(case)["amount"] == (1 if deed == "skip" else 2)
