"""Moving cases over REST: tried first, then done in the background."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.bpmn import Drawing


def next_drawing() -> Drawing:
    """As the first, but Answer is called Reply and stands before a look at it."""
    return (Drawing("Claim").start().user("Reply").user("Look").gateway("Decide").user("Pay")
            .message("Wait", "Letter").end()
            .path("Begin", "Reply", "Look", "Decide").flow("Decide", "Pay", id="yes", name="Yes")
            .flow("Decide", "Wait", id="no", name="No").path("Pay", "Finish")
            .path("Wait", "Finish")
            .lane("Desk", "Begin", "Reply", "Look", "Decide", "Wait", "Finish")
            .lane("Billing", "Pay"))


@pytest.fixture
def cases(baton, lin) -> list[str]:
    """Three cases on the first version of the journey, of which there is a second."""
    numbers = [lin.post("/cases", {"journey": "claim"}).json["number"] for _ in range(3)]
    with baton.command() as services:
        draft = services.intake.upload("claim.bpmn", next_drawing().xml(), by=None,
                                       journey="claim")
        services.intake.change(draft.id, replace(draft.settings, standards=()), by=None)
        services.intake.publish(draft.id, by=None)
    return numbers


@pytest.fixture
def max_(program):
    return program("max")


WANTED = {"journey": "claim", "from": 1, "to": 2}


def test_a_dry_run_says_what_stands_in_the_way_of_each_case(cases, lin, max_):
    tried = max_.post("/migrations/dry-run", {**WANTED, "cases": cases[:1]})
    assert tried.status_code == 200, tried.json
    assert (tried.json["total"], tried.json["can_move"]) == (1, 0)
    [case] = tried.json["cases"]
    assert case["number"] == cases[0] and "“Answer”" in case["refused"][0]
    [open_] = [row for row in tried.json["plan"] if row["from"] == "Answer"]
    assert (open_["how"], open_["to"], open_["cases"]) == ("gone", None, 3)
    assert lin.get(f"/cases/{cases[0]}").json["version"] == 1


def test_cases_are_moved_by_the_worker_and_the_run_says_how_it_went(cases, baton, lin, max_):
    wanted = {**WANTED, "plan": [{"from": "Answer", "to": "Reply"}], "reason": "Looked at twice"}
    begun = max_.post("/migrations", wanted, Idempotency_Key="once")
    assert begun.status_code == 202, begun.json
    again = max_.post("/migrations", wanted, Idempotency_Key="once")
    assert again.json["id"] == begun.json["id"] and begun.json["state"] == "running"
    baton.work_once()
    run = max_.get(f"/runs/{begun.json['id']}").json
    assert (run["state"], run["counts"]) == ("done", {"done": 3})
    moved = lin.get(f"/cases/{cases[0]}").json
    assert moved["version"] == 2 and [w["element"] for w in moved["waits"]] == ["Reply"]
    listed = max_.get(f"/runs/{run['id']}/cases", limit=2).json
    assert len(listed["items"]) == 2 and listed["next"] == "2"
    assert [one["id"] for one in max_.get("/runs", journey="claim").json["items"]] == [
        run["id"]]


def test_a_run_that_is_stopped_leaves_the_rest(cases, baton, max_):
    begun = max_.post("/migrations", WANTED).json
    stopped = max_.post(f"/runs/{begun['id']}/stop").json
    assert (stopped["state"], stopped["counts"]) == ("stopped", {"left": 3})
    baton.work_once()
    assert max_.get(f"/runs/{begun['id']}").json["counts"] == {"left": 3}
    assert max_.post(f"/runs/{begun['id']}/stop").status_code == 409


def test_only_those_who_may_move_cases_do_it(cases, lin, program):
    assert lin.post("/migrations/dry-run", WANTED).status_code == 403
    assert lin.post("/migrations", WANTED).status_code == 403
    assert program("dora").post("/migrations", WANTED).status_code == 403


def test_what_makes_no_sense_is_said(cases, max_):
    assert max_.post("/migrations", {**WANTED, "to": 1}).status_code == 422
    assert max_.post("/migrations", {**WANTED, "to": 7}).status_code == 404
    wrong = max_.post("/migrations/dry-run", {**WANTED, "plan": [{"from": "Answer",
                                                                  "to": "Nowhere"}]})
    assert wrong.status_code == 422 and "Nowhere" in wrong.json["detail"]
    assert max_.post("/migrations", {**WANTED, "cases": ["X-1"]}).status_code == 422
