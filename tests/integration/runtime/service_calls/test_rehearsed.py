"""A rehearsal takes a service's answer as a case takes it; who rehearses says what it is."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from engine.infra.errors import Invalid
from engine.intake.service_call import ServiceCall
from engine.runtime.calls.reply import Reply, example_body, read_reply
from engine.runtime.model_test_run import kept, run_test
from engine.runtime.model_tests import read_tests, to_toml
from engine.runtime.random_play import Played, play_at_random
from engine.runtime.rehearsal import Move, Rehearsal
from tests.support.calling import NUMBER, Desk, catching
from tests.support.outside import Reply as Answer


def rehearse(desk: Desk, version: UUID, **data: object) -> Rehearsal:
    with desk.baton.query() as services:
        ran = services.runnable.get(version, services.intake.version)
    return Rehearsal(ran, at=desk.now(), data={"amount": "12.50", **data})


def call(rehearsal: Rehearsal) -> Move:
    return next(move for move in rehearsal.moves() if move.call is not None)


def waiting(rehearsal: Rehearsal) -> list[str]:
    return [element for _, element in rehearsal.tokens()]


@pytest.mark.parametrize(("status", "content"), [
    (200, {"id": "4711"}), (200, {"id": 4711}), (200, {"id": "no number"}), (200, {}),
    (200, "not JSON"), (201, {"id": 5, "more": [1]}), (404, {"id": 1}), (503, {}), (302, {})])
def test_a_case_and_its_rehearsal_make_the_same_of_an_answer(desk: Desk, status: int,
                                                            content: object) -> None:
    version = desk.publish(catching("GONE"), errors={"404": "GONE"}, **NUMBER)
    desk.outside.will(Answer(status, content))
    case = desk.start(version)
    desk.work_through()
    played = rehearse(desk, version)
    body = content if isinstance(content, str) else json.dumps(content)
    played.play(call(played).id, reply=Reply(status, body))
    assert waiting(played) == desk.waiting(case)
    assert played.document == desk.data(case)
    assert bool(played.problems) == bool(desk.incidents(case))
    assert len(desk.outside.received) == (3 if status == 503 else 1), "a rehearsal calls nobody"


def test_what_would_be_sent_is_shown_without_secrets(desk: Desk) -> None:
    version = desk.publish(body="= {'sum': amount, 'key': secret.CRM}")
    played = rehearse(desk, version)
    request = played.request(call(played))
    assert request is not None and request.body == '{"sum": 12.5, "key": "secret.CRM"}'


def test_a_request_that_the_data_do_not_give_is_a_problem_whatever_is_answered(desk: Desk) -> None:
    played = rehearse(desk, desk.publish(body="= amount / 0"))
    played.play(call(played).id, reply=Reply())
    assert [problem.element for problem in played.problems] == ["s"]
    assert waiting(played) == ["s"] and call(played)


def test_no_answer_in_time_throws_its_error(desk: Desk) -> None:
    played = rehearse(desk, desk.publish(catching("CRM_DOWN"), errors={"timeout": "CRM_DOWN"}))
    played.play(call(played).id, reply=Reply(failure="timeout"))
    assert waiting(played) == ["call"] and played.problems == []
    assert [each.element for each in played.trace][-1] == "gone"


def test_a_test_keeps_what_the_service_answers(desk: Desk) -> None:
    version = desk.publish(**NUMBER)
    with desk.baton.query() as services:
        ran = services.runnable.get(version, services.intake.version)
    moves = [Played("P/do/s/0", (), {}, Reply(200, '{"id": 7}')), Played("P/do/t/0", (), {})]
    made = kept(ran, {"en": "Asked"}, at=desk.now(), data={}, moves=moves)
    [read] = read_tests(to_toml([made]).encode())
    assert read.moves[0].reply == Reply(200, '{"id": 7}')
    outcome = run_test(ran, read)
    assert outcome.passed, outcome.deviation


def test_random_play_meets_the_failures_that_the_journey_names(desk: Desk) -> None:
    version = desk.publish(catching("GONE"), errors={"404": "GONE"}, **NUMBER)
    with desk.baton.query() as services:
        ran = services.runnable.get(version, services.intake.version)
    report = play_at_random(ran, runs=40)
    assert [each.element for each in report.never_reached] == []
    assert report.completed == 40 and report.problems == ()


@pytest.mark.parametrize("content", [
    "200", {"status": "200"}, {"status": 99}, {"status": True}, {"failure": "soon"},
    {"body": 1}, {"more": 1}])
def test_what_is_no_reply_is_refused(content: object) -> None:
    with pytest.raises(Invalid):
        read_reply(content)


def test_an_example_has_a_place_for_all_that_the_result_reads() -> None:
    made = ServiceCall("https://a.example", result={
        "a": "= response.body.order.id", "b": "= response.body['order']['sum'] + 1",
        "c": "= response.status", "d": "= response.body.order", "e": "as it stands"})
    assert json.loads(example_body(made)) == {"order": {"id": "", "sum": ""}}
