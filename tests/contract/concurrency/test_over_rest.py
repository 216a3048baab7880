"""Two requests at the same moment, to two servers: one is done, the other gets a clear 409."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.test import TestResponse

from engine.people.access import SYSTEM
from tests.support.bpmn import Drawing
from tests.support.racing import neighbour, race
from tests.support.web import make_baton
from web.app import create_app

ROUNDS = 4
JOURNEY = (Drawing("Errand").start().user("Answer").message("Wait", "letter").end()
           .path("Begin", "Answer", "Wait", "Finish"))
Send = Callable[..., TestResponse]


@pytest.fixture
def servers(database, now, tmp_path) -> Iterator[list[Send]]:
    """Each sends a POST to a server of its own, as one person."""
    one = make_baton(database, now, tmp_path)
    with one.command() as services:
        people = services.people
        people.departments.create("desk", "Desk", by=SYSTEM)
        ada = people.persons.create("ada", "Ada", by=SYSTEM).id
        people.accounts.grant(ada, "manager", by=SYSTEM)
        people.persons.join(ada, "desk", by=SYSTEM)
        secret = people.accounts.issue_token(ada, "test", by=SYSTEM).secret
        draft = services.intake.upload("errand.bpmn", JOURNEY.xml(), by=None)
        services.intake.change(draft.id, replace(draft.settings, department="desk"), by=None)
        services.intake.publish(draft.id, by=None)
    other = neighbour(one)

    def sender(baton: Any) -> Send:
        app = create_app(baton, testing=True)

        def post(path: str, body: Any = None, key: str | None = None) -> TestResponse:
            headers = {"Authorization": f"Bearer {secret}"}
            if key is not None:
                headers["Idempotency-Key"] = key
            return app.test_client().post(f"/api/v1{path}", json=body or {}, headers=headers)
        return post

    yield [sender(one), sender(other)]
    other.close()
    one.close()


def claimed_item(post: Send) -> str:
    case = post("/cases", {"journey": "errand"}).json
    item: str = case["work_items"][0]["id"]
    assert post(f"/work-items/{item}/claim").status_code == 200
    return item


def at_once(servers: list[Send], *requests: tuple[Any, ...]) -> list[TestResponse]:
    return race(*(lambda post=post, request=request: post(*request)
                  for post, request in zip(servers, requests, strict=True)))


def one_is_told(answers: list[TestResponse], code: str = "conflict") -> str:
    """The sentence that the one gets who came second."""
    assert sorted(each.status_code for each in answers) == [200, 409], [a.json for a in answers]
    refused = next(each for each in answers if each.status_code == 409)
    assert refused.content_type == "application/problem+json"
    assert refused.json["code"] == code
    return refused.json["detail"]


def test_an_item_completed_from_two_windows_is_completed_once(servers):
    for number in range(ROUNDS):
        path = f"/work-items/{claimed_item(servers[0])}/complete"
        told = one_is_told(at_once(servers, (path, {}, f"a{number}"), (path, {}, f"b{number}")))
        assert told == ("This item is already completed; what you sent was not used. Reload your "
                        "list and go on with the next one.")


def test_the_same_request_under_one_key_gets_the_same_answer_from_both(servers):
    for number in range(ROUNDS):
        path = f"/work-items/{claimed_item(servers[0])}/complete"
        first, second = at_once(servers, (path, {}, f"k{number}"), (path, {}, f"k{number}"))
        assert first.status_code == second.status_code == 200, (first.json, second.json)
        assert first.json == second.json


def test_a_case_started_twice_under_one_key_is_one_case(servers):
    for number in range(ROUNDS):
        request = ("/cases", {"journey": "errand"}, f"start{number}")
        first, second = at_once(servers, request, request)
        assert first.status_code == second.status_code == 201, (first.json, second.json)
        assert first.json["id"] == second.json["id"]


def test_one_key_for_two_requests_at_once_is_a_conflict_for_one(servers):
    for number in range(ROUNDS):
        path = f"/work-items/{claimed_item(servers[0])}/complete"
        told = one_is_told(at_once(servers, (path, {"data": {"a": 1}}, f"k{number}"),
                                   (path, {"data": {"a": 2}}, f"k{number}")))
        assert "take a new one" in told


def test_putting_back_under_a_key_may_be_sent_again(servers):
    path = f"/work-items/{claimed_item(servers[0])}/release"
    first, second = at_once(servers, (path, {}, "back"), (path, {}, "back"))
    assert first.status_code == second.status_code == 200
    assert first.json == second.json
    assert servers[0](path).status_code == 409


def test_a_message_that_ends_a_case_or_its_cancellation_comes_first(servers):
    for _ in range(ROUNDS):
        item = claimed_item(servers[0])
        case = servers[0](f"/work-items/{item}/complete").json["case"]["id"]
        told = one_is_told(at_once(servers, (f"/cases/{case}/messages", {"message": "letter"}),
                                   (f"/cases/{case}/cancel", {"reason": "No need."})))
        assert "is completed" in told or "was cancelled" in told
