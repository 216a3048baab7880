"""A call that fails: tried again, caught by the drawing, or an incident."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.journal import facts
from tests.support.calling import CAUGHT, ERROR, NUMBER, STEP, THEN, Desk, catching
from tests.support.intake import flow, line
from tests.support.outside import Reply


def test_a_service_that_stumbles_is_asked_again_with_the_same_key_after_growing_rests(
        desk: Desk) -> None:
    desk.outside.will(Reply(503, {"error": "busy"}), Reply(500, {}), Reply(200, {"id": 7}))
    case = desk.start(desk.publish(**NUMBER))
    assert desk.work()
    assert not desk.work()
    desk.now.advance(timedelta(seconds=10))
    assert desk.work()
    desk.now.advance(timedelta(seconds=19))
    assert not desk.work()
    desk.now.advance(timedelta(seconds=1))
    assert desk.work()
    assert len({asked.key for asked in desk.outside.received}) == 1
    assert len(desk.outside.received) == 3
    assert desk.data(case)["number"] == 7
    assert desk.incidents(case) == []


def test_a_service_may_say_when_it_wants_to_be_asked_again(desk: Desk) -> None:
    desk.outside.will(Reply(429, {}, {"Retry-After": "120"}), Reply(200, {}))
    case = desk.start(desk.publish())
    desk.work()
    desk.now.advance(timedelta(seconds=119))
    assert not desk.work()
    desk.now.advance(timedelta(seconds=1))
    assert desk.work()
    assert desk.waiting(case) == ["t"]


def test_a_call_that_fails_for_good_is_an_incident_with_its_tries_and_what_was_answered(
        desk: Desk) -> None:
    desk.outside.will(Reply(500, "<p>The database is\nnot there</p>" + "x" * 5000))
    case = desk.start(desk.publish())
    desk.work_through()
    [incident] = desk.incidents(case)
    assert (incident.element, incident.kind, incident.tries) == ("s", "service", 3)
    assert incident.message.startswith(
        "The service answered 500 Internal Server Error: <p>The database is not there</p>")
    assert len(incident.message) < 600
    assert desk.waiting(case) == ["s"]
    assert desk.jobs() == [("failed", 3)]
    desk.outside.will(Reply(200, {}))
    desk.retry(case)
    assert desk.work()
    assert desk.waiting(case) == ["t"]
    assert desk.incidents(case) == []
    keys = [asked.key for asked in desk.outside.received]
    assert len(set(keys[:3])) == 1
    assert keys[3] != keys[0]  # the service had said no to the first key


def test_a_refusal_that_will_not_change_is_not_tried_again(desk: Desk) -> None:
    desk.outside.will(Reply(422, {"error": "amount is missing"}))
    case = desk.start(desk.publish())
    desk.work_through()
    assert len(desk.outside.received) == 1
    assert "amount is missing" in desk.incidents(case)[0].message


@pytest.mark.parametrize("reply", [Reply(hangs=True), Reply(content="x" * 100, drips=True)],
                         ids=["hangs", "drips"])
def test_no_answer_in_time_keeps_the_key_when_a_person_tries_again(desk: Desk,
                                                                   reply: Reply) -> None:
    desk.outside.will(reply)
    case = desk.start(desk.publish(retries=0))
    desk.work()
    assert desk.incidents(case)[0].message == "No answer within 1 s."
    desk.outside.will(Reply(200, {}))
    desk.retry(case)
    desk.work()
    assert desk.waiting(case) == ["t"]
    # The service may have done it the first time.
    assert len({asked.key for asked in desk.outside.received}) == 1


@pytest.mark.parametrize(("code", "errors"), [
    ("404", {}), ("UNKNOWN", {"404": "UNKNOWN"}), ("NO", {"4xx": "NO", "5xx": "LATER"})])
def test_a_border_event_catches_the_failure_by_its_code(desk: Desk, code: str,
                                                        errors: dict[str, str]) -> None:
    desk.outside.will(Reply(404, {"error": "no such customer"}))
    case = desk.start(desk.publish(catching(code), errors=errors))
    desk.work_through()
    assert desk.waiting(case) == ["call"]
    assert desk.incidents(case) == []
    assert len(desk.outside.received) == 1
    answered = next(f for f in desk.story(case) if isinstance(f, facts.ServiceAnswered))
    assert (answered.status, answered.error) == (404, code)


def test_an_error_that_the_border_does_not_wait_for_is_an_incident(desk: Desk) -> None:
    desk.outside.will(Reply(409, {}))
    case = desk.start(desk.publish(catching("404")))
    desk.work_through()
    assert [incident.kind for incident in desk.incidents(case)] == ["service"]


def test_a_border_around_the_sub_process_catches_it_too(desk: Desk) -> None:
    inner = ('<subProcess id="sub"><startEvent id="b"/>' + STEP + '<endEvent id="e"/>'
             + flow("b", "s") + flow("s", "e") + '</subProcess>')
    drawing = line(inner, THEN, more=CAUGHT.replace('attachedToRef="s"', 'attachedToRef="sub"'))
    drawing = drawing.replace(b"<process ", ERROR % b"timeout", 1)
    desk.outside.will(Reply(hangs=True))
    case = desk.start(desk.publish(drawing, retries=1))
    desk.work_through()
    assert desk.waiting(case) == ["call"]
    assert len(desk.outside.received) == 2  # it passes only when it didn't pass by itself


def test_a_redirect_is_not_followed(desk: Desk) -> None:
    desk.outside.will(Reply(302, "", {"Location": "http://169.254.169.254/latest/meta-data"}))
    case = desk.start(desk.publish())
    desk.work_through()
    assert "follows no redirects" in desk.incidents(case)[0].message
    assert len(desk.outside.received) == 1
