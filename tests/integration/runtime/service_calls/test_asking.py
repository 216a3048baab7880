"""A service step calls an outside service: what is asked, and what becomes of the answer."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from engine.infra.errors import Invalid
from engine.journal import facts
from tests.support.calling import NUMBER, STEP, THEN, Desk
from tests.support.intake import line
from tests.support.outside import Reply
from tests.support.web import make_baton


def test_a_step_waits_for_the_answer_and_its_fields_are_typed(desk: Desk) -> None:
    desk.outside.will(Reply(201, {"id": "42"}))
    case = desk.start(desk.publish(body="= {'amount': amount, 'for': note}", **NUMBER))
    assert desk.waiting(case) == ["s"]
    assert desk.outside.received == []  # nothing outside happens within the command
    assert desk.work()
    assert desk.waiting(case) == ["t"]
    assert desk.data(case)["number"] == 42
    [asked] = desk.outside.received
    assert (asked.method, asked.path, asked.body) == (
        "POST", "/orders", '{"amount": 12.5, "for": null}')
    assert asked.headers["content-type"] == "application/json"
    assert len(asked.key) == 32
    answered = next(f for f in desk.story(case) if isinstance(f, facts.ServiceAnswered))
    assert (answered.element, answered.status, answered.tries) == ("s", 201, 1)
    assert any(isinstance(f, facts.ElementCompleted) and f.element == "s"
               for f in desk.story(case))
    assert desk.jobs() == [("done", 1)]
    assert not desk.work()


def test_a_step_without_a_call_is_still_work_for_a_person(desk: Desk) -> None:
    with desk.baton.command() as services:
        draft = services.intake.upload("plain.bpmn", line(STEP), by=None)
        services.intake.change(draft.id, draft.settings.with_owner("service-desk"), by=None)
        version = services.intake.publish(draft.id, by=None).id
    case = desk.start(version)
    with desk.baton.query() as services:
        assert [wait.kind for wait in services.cases.waits(case)] == ["user"]


def test_an_answer_that_does_not_hold_what_it_should_is_an_incident(desk: Desk) -> None:
    desk.outside.will(Reply(200, {"id": "many"}))
    case = desk.start(desk.publish(**NUMBER))
    desk.work()
    assert "whole number" in desk.incidents(case)[0].message
    desk.outside.will(Reply(200, {}))
    desk.retry(case)
    desk.work()
    assert "number from the answer" in desk.incidents(case)[0].message
    assert "number" not in desk.data(case)


def test_a_correction_of_the_data_changes_what_is_asked_and_the_key(desk: Desk) -> None:
    desk.outside.will(Reply(hangs=True))
    case = desk.start(desk.publish(retries=0, body="= {'note': note}"), note="worng")
    desk.work()
    with desk.baton.command() as services:
        services.cases.write_data(case, {"note": "right"})
    desk.outside.will(Reply(200, {}))
    desk.retry(case)
    desk.work()
    first, second = desk.outside.received
    assert (first.body, second.body) == ('{"note": "worng"}', '{"note": "right"}')
    assert first.key != second.key


def test_each_item_of_a_list_is_asked_with_its_own_value(desk: Desk) -> None:
    several = STEP.replace("/>", '><multiInstanceLoopCharacteristics '
                           'camunda:collection="${notes}" camunda:elementVariable="one"/>'
                           "</serviceTask>")
    case = desk.start(desk.publish(line(several, THEN), url=f"{desk.outside.url}/{{one}}"),
                      notes=["a/b", "ü"])
    desk.work_through()
    assert sorted(asked.path for asked in desk.outside.received) == ["/%C3%BC", "/a%2Fb"]
    assert desk.waiting(case) == ["t"]


@pytest.mark.parametrize("url", ["https://crm.example.org/x", "http://127.0.0.1/x"])
def test_a_host_that_nobody_allowed_keeps_a_journey_from_being_published(desk: Desk,
                                                                         url: str) -> None:
    with pytest.raises(Invalid, match="BATON_ALLOWED_HOSTS"):
        desk.publish(url=url)


def test_a_host_that_is_allowed_no_more_is_an_incident(desk: Desk, tmp_path: Path) -> None:
    case = desk.start(desk.publish())
    other = make_baton(desk.baton.database, desk.now, tmp_path)
    other.job_worker().run_one()
    other.close()
    assert "BATON_ALLOWED_HOSTS" in desk.incidents(case)[0].message
    assert desk.outside.received == []


def test_a_user_task_cannot_call(desk: Desk) -> None:
    with pytest.raises(Invalid, match="service task"):
        desk.publish(line('<userTask id="s" name="Ask"/>'))


def test_numbers_that_a_double_does_not_hold_are_sent_as_text(desk: Desk) -> None:
    desk.start(desk.publish(body="= [amount, Decimal('0.1'), Decimal(10) ** 20 + Decimal('0.1')]"),
               amount=str(Decimal("0.30")))
    desk.work()
    assert desk.outside.received[0].body == '[0.3, 0.1, "100000000000000000000.1"]'


def test_an_answer_that_could_not_be_used_is_used_once_the_data_are_right(desk: Desk) -> None:
    desk.outside.will(Reply(content={"number": 7}))
    case = desk.start(desk.publish(result={"number": "= response.body.number / int(note)"}),
                      note="0")
    desk.work()
    assert "number from the answer" in desk.incidents(case)[0].message
    with desk.baton.command() as services:
        services.cases.write_data(case, {"note": "1"})
    desk.retry(case)
    desk.work()
    assert desk.data(case)["number"] == 7 and desk.waiting(case) == ["t"]
    assert len(desk.outside.received) == 1, "the service did it once and is not asked again"


def test_an_answer_to_another_request_is_not_used(desk: Desk) -> None:
    desk.outside.will(Reply(content={"number": "first"}), Reply(content={"number": 8}))
    case = desk.start(desk.publish(body="= {'note': note}", result={
        "number": "= response.body.number"}), note="a")
    desk.work()
    with desk.baton.command() as services:
        services.cases.write_data(case, {"note": "b"})
    desk.retry(case)
    desk.work()
    assert desk.data(case)["number"] == 8
    assert len({asked.key for asked in desk.outside.received}) == 2


def test_an_answer_that_still_cannot_be_used_is_asked_for_again_under_the_same_key(
        desk: Desk) -> None:
    desk.outside.will(Reply(content={}), Reply(content={"id": 9}))
    case = desk.start(desk.publish(**NUMBER))
    desk.work()
    desk.retry(case)
    desk.work()
    assert desk.data(case)["number"] == 9
    assert len(desk.outside.received) == 2
    assert len({asked.key for asked in desk.outside.received}) == 1
