"""What those who look after cases do over REST: hold, steer, mend; one case or many."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.intake.settings import FieldSettings
from tests.support.bpmn import Drawing

REASON = {"reason": "The law changed"}


@pytest.fixture
def sharing(baton):
    """A journey whose script fails where nobody shares, after a step that people do."""
    drawing = (Drawing("Sharing").start().user("Ask").script("Share", "share = amount / people")
               .user("Tell").end().path("Begin", "Ask", "Share", "Tell", "Finish"))
    with baton.command() as services:
        draft = services.intake.upload("share.bpmn", drawing.xml(), by=None)
        services.intake.change(draft.id, replace(
            draft.settings, department="service-desk",
            fields={key: FieldSettings("decimal", {"en": key})
                    for key in ("amount", "people", "share")}), by=None)
        services.intake.publish(draft.id, by=None)


@pytest.fixture
def failed(sharing, lin):
    """A case of it whose script failed; its incident."""
    case = lin.post("/cases", {"journey": "sharing", "data": {"amount": 10, "people": 0}}).json
    done = lin.post(f"/work-items/{case['work_items'][0]['id']}/complete", {}).json
    return lin.get("/incidents", case=done["case"]["number"]).json["items"][0]


@pytest.fixture
def case(lin):
    return lin.post("/cases", {"journey": "claim"}).json["number"]


def test_a_case_is_suspended_resumed_and_cancelled_each_once_under_a_key(case, lin, max_):
    address = f"/cases/{case}"
    assert lin.post(f"{address}/suspend", REASON).status_code == 403
    assert max_.post(f"{address}/suspend", {}).status_code == 422
    held = max_.post(f"{address}/suspend", REASON, Idempotency_Key="hold")
    assert (held.status_code, held.json["state"]) == (200, "suspended"), held.json
    assert held.json["suspend_reason"] == "The law changed"
    again = max_.post(f"{address}/suspend", REASON, Idempotency_Key="hold")
    assert (again.status_code, again.json["revision"]) == (200, held.json["revision"])
    assert max_.post(f"{address}/suspend", REASON).status_code == 409
    assert [one["number"] for one in lin.get("/cases", state="suspended").json["items"]] == [case]
    assert max_.post(f"{address}/resume", {}, If_Match='"1"').status_code == 412
    assert max_.post(f"{address}/resume", {}).json["state"] == "open"
    assert max_.post(f"{address}/resume", {}).status_code == 409
    assert max_.post(f"{address}/cancel", REASON).json["state"] == "cancelled"


def test_a_case_goes_back_to_an_earlier_step_and_past_one(sharing, lin, max_):
    begun = lin.post("/cases", {"journey": "sharing", "data": {"amount": 10, "people": 2}}).json
    address = f"/cases/{begun['number']}"
    lin.post(f"/work-items/{begun['work_items'][0]['id']}/complete", {})
    ways = max_.get(f"{address}/ways-back", at="Tell").json["items"]
    assert [way["to"] for way in ways] == ["Ask", "Share"]
    assert lin.post(f"{address}/send-back", {"at": "Tell", "to": "Ask", **REASON}
                    ).status_code == 403
    back = max_.post(f"{address}/send-back", {"at": "Tell", "to": "Ask", **REASON})
    assert [wait["element"] for wait in back.json["waits"]] == ["Ask"], back.json
    wrong = max_.post(f"{address}/skip", {"at": "Tell", **REASON})
    assert wrong.status_code == 404 and "Tell" in wrong.json["detail"]
    past = max_.post(f"{address}/skip", {"at": back.json["waits"][0]["token"], **REASON})
    assert [wait["element"] for wait in past.json["waits"]] == ["Tell"], past.json


def test_an_incident_is_read_given_and_mended_by_its_owner_whatever_their_role(
        failed, lin, bo, max_):
    address = f"/incidents/{failed['id']}"
    assert failed["element"] == "Share" and failed["department"] == "service-desk"
    found = lin.get(address).json
    assert (len(found["failed"]), found["may_mend"]) == (1, False)
    refused = lin.post(f"{address}/retry", {"data": {"people": 2}})
    assert refused.status_code == 403 and "not yours" in refused.json["detail"]
    assert bo.get(address).status_code == 404
    assert max_.post(f"{address}/give", {}).status_code == 422
    assert max_.post(f"{address}/give", {"department": "nowhere"}).status_code == 404
    given = max_.post(f"{address}/give", {"person": lin.get("/me").json["person"]})
    assert given.status_code == 200, given.json
    assert [one["id"] for one in lin.get("/incidents", mine="true").json["items"]] == [failed["id"]]
    assert max_.get("/incidents", mine="true").json["items"] == []
    again = lin.post(f"{address}/retry", {})
    assert again.json["incidents"][0]["tries"] == 2
    mended = lin.post(f"{address}/retry", {"data": {"people": "4"}, "reason": "Four came"},
                      Idempotency_Key="mend")
    assert (mended.json["incidents"], mended.json["data"]["share"]) == ([], "2.5"), mended.json
    repeated = lin.post(f"{address}/retry", {"data": {"people": "4"}, "reason": "Four came"},
                        Idempotency_Key="mend")
    assert repeated.json == mended.json
    assert lin.get(address).json["resolved_how"] == "retried"
    assert lin.post(f"{address}/retry", {}).status_code == 409


@pytest.mark.parametrize(("deed", "body", "then"), [
    ("skip", {}, "Tell"), ("send-back", {"to": "Ask"}, "Ask")])
def test_a_case_goes_on_behind_or_before_its_failed_step(failed, lin, max_, deed, body, then):
    address = f"/incidents/{failed['id']}/{deed}"
    assert lin.post(address, {**body, **REASON}).status_code == 403
    assert max_.post(address, body).status_code == 422
    gone = max_.post(address, {**body, **REASON})
    assert [wait["element"] for wait in gone.json["waits"]] == [then], gone.json
    assert max_.post(address, {**body, **REASON}).status_code == 409


def test_one_thing_is_done_to_many_cases_in_the_background(baton, lin, max_):
    first, second = (lin.post("/cases", {"journey": "claim"}).json["number"] for _ in range(2))
    max_.post(f"/cases/{first}/suspend", REASON)
    asked = {"deed": "suspend", "cases": [first, second], **REASON}
    assert lin.post("/runs", asked).status_code == 403
    assert max_.post("/runs", {**asked, "reason": ""}).status_code == 422
    assert max_.post("/runs", {**asked, "cases": []}).status_code == 422
    assert max_.post("/runs", {**asked, "cases": ["X-1"]}).status_code == 404
    begun = max_.post("/runs", asked, Idempotency_Key="many")
    assert begun.status_code == 202 and begun.json["state"] == "running", begun.json
    assert max_.post("/runs", asked, Idempotency_Key="many").json["id"] == begun.json["id"]
    while baton.work_once():
        pass
    run = max_.client.get(begun.headers["Location"], headers=max_.headers).json
    assert (run["state"], run["counts"]) == ("done", {"done": 1, "refused": 1})
    [refused] = max_.get(f"/runs/{run['id']}/cases", state="refused").json["items"]
    assert refused["number"] == first and "suspended" in refused["notes"][0]
    assert lin.get(f"/runs/{run['id']}").status_code == 403
    where = {"deed": "resume", "where": {"state": "suspended", "journey": "claim"}}
    run = max_.post("/runs", where).json
    assert run["total"] == 2
    assert max_.post(f"/runs/{run['id']}/stop").json["counts"] == {"left": 2}
    assert [one["id"] for one in max_.get("/runs", deed="resume").json["items"]] == [run["id"]]
