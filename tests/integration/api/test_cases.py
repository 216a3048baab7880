"""A case from its start to its end, over REST."""

from __future__ import annotations

import io
import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tests.support.bpmn import Drawing

_CUSTOMER = {"name": "Ann Ash", "email": "ann@example.com", "external_ref": "C-1",
             "tier": "gold"}


def _start(program, **more) -> dict:
    made = program.post("/cases", {"journey": "claim", **more})
    assert made.status_code == 201, made.json
    return made.json


def _take(program, item: dict, body: dict | None = None, **headers):
    assert program.post(f"/work-items/{item['id']}/claim").status_code == 200
    return program.post(f"/work-items/{item['id']}/complete", body or {}, **headers)


def test_a_channel_that_nobody_knows_is_refused_with_those_that_there_are(lin):
    refused = lin.post("/cases", {"journey": "claim", "data": {}, "channel": "pigeon"})
    assert refused.status_code == 422 and refused.json["field"] == "channel"
    assert "phone, mail, web, counter, chat" in refused.get_data(as_text=True)


def test_a_case_goes_through_two_departments_and_ends(lin, bo):
    made = lin.post("/cases", {"journey": "claim", "data": {"amount": 12}, "channel": "web",
                               "priority": "high", "customer": _CUSTOMER})
    assert made.status_code == 201 and made.headers["ETag"] == '"1"'
    case = lin.client.get(made.headers["Location"], headers=lin.headers).json
    assert case == made.json
    assert case["data"] == {"amount": 12} and case["waits"][0]["element"] == "Answer"
    assert case["clocks"][0]["left_seconds"] == 7200
    [item] = lin.get("/work-items", state="open", assignee="none").json["items"]
    done = _take(lin, item, {"data": {"said": "好的"}}).json
    [question] = done["next"]
    assert done["item"]["state"] == "completed" and question["kind"] == "question"
    asked = lin.get(f"/work-items/{question['id']}").json
    assert {a["name"]: a["flow"] for a in asked["answers"]} == {"Yes": "yes", "No": "no"}
    assert _take(lin, question, {"answers": ["yes"]}).json["next"] == []
    [pay] = bo.get("/work-items").json["items"]
    assert pay["from_department"] == "service-desk"
    ended = _take(bo, pay).json
    assert ended["case"]["state"] == "completed" and ended["next"] == []
    found = lin.get(f"/cases/{case['number']}").json
    assert found["data"] == {"amount": 12, "said": "好的"} and found["waits"] == []


def test_data_that_no_field_stands_for_is_refused_wherever_it_comes_in(lin):
    case = _start(lin, data={"amount": 12})
    item, path = case["work_items"][0], f"/cases/{case['id']}"
    for refused in (lin.post("/cases", {"journey": "claim", "data": {"amuont": 12}}),
                    _take(lin, item, {"data": {"amuont": 12}}),
                    lin.send("PATCH", f"{path}/data", {"data": {"amuont": 12}}, If_Match="*")):
        assert refused.status_code == 422 and refused.json["field"] == "amuont"
        assert "amount" in refused.json["detail"]
    found = lin.get(path).json
    assert found["data"] == {"amount": 12} and found["work_items"][0]["state"] == "claimed"


def test_history_comes_in_order_page_by_page(lin):
    number, cursor, kinds = _start(lin)["number"], None, []
    while True:
        query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = lin.get(f"/cases/{number}/facts", **query).json
        kinds += [fact["kind"] for fact in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert kinds[0] == "CaseStarted" and "WorkItemOffered" in kinds
    assert len(kinds) == len(lin.get(f"/cases/{number}/facts", limit=200).json["items"])


def test_lists_are_paged_and_filtered(lin, now):
    numbers = []
    for priority in ("low", "high", "low"):
        numbers.append(_start(lin, priority=priority)["number"])
        now.set(now() + timedelta(minutes=1))
    first = lin.get("/cases", limit=2).json
    second = lin.get("/cases", limit=2, cursor=first["next"]).json
    assert [c["number"] for c in first["items"] + second["items"]] == numbers[::-1]
    assert second["next"] is None
    assert len(lin.get("/cases", priority="low").json["items"]) == 2
    assert [c["number"] for c in lin.get("/cases", q=numbers[1]).json["items"]] == [numbers[1]]
    items = lin.get("/work-items", limit=2).json
    rest = lin.get("/work-items", limit=2, cursor=items["next"]).json
    assert len({i["id"] for i in items["items"] + rest["items"]}) == 3
    lin.post(f"/work-items/{items['items'][0]['id']}/claim")
    mine = lin.get("/work-items", assignee="me").json["items"]
    assert [i["id"] for i in mine] == [items["items"][0]["id"]]
    assert len(lin.get("/work-items", case=numbers[0]).json["items"]) == 1
    assert lin.get("/work-items", department="billing").json["items"] == []


def test_cases_are_found_by_their_customer(lin):
    case = _start(lin, customer=_CUSTOMER)
    _start(lin)
    assert [c["id"] for c in lin.get("/cases", q="ann ash").json["items"]] == [case["id"]]


def test_the_same_start_again_gives_the_same_case(lin):
    body = {"journey": "claim", "data": {"a": 1}}
    first, again = (lin.post("/cases", body, Idempotency_Key="key-1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json and first.headers["ETag"] == again.headers["ETag"]
    assert len(lin.get("/cases").json["items"]) == 1
    other = lin.post("/cases", {**body, "data": {"a": 2}}, Idempotency_Key="key-1")
    assert other.status_code == 409
    assert len(lin.get("/cases").json["items"]) == 1
    assert lin.post("/cases", body, Idempotency_Key="x" * 201).status_code == 422


def test_a_completion_sent_again_under_its_key_is_done_once(lin):
    [item] = _start(lin)["work_items"]
    done = _take(lin, item, {"data": {"x": 1}}, Idempotency_Key="done")
    again = lin.post(f"/work-items/{item['id']}/complete", {"data": {"x": 1}},
                     Idempotency_Key="done")
    assert again.status_code == 200 and again.json == done.json
    bare = lin.post(f"/work-items/{item['id']}/complete", {"data": {"x": 1}})
    assert bare.status_code == 409


def test_two_completions_at_once_end_with_one_and_a_conflict(lin, app):
    [item] = _start(lin)["work_items"]
    lin.post(f"/work-items/{item['id']}/claim")
    barrier, found = threading.Barrier(2), []

    def complete() -> None:
        client = app.test_client()
        barrier.wait()
        found.append(client.post(f"/api/v1/work-items/{item['id']}/complete", json={},
                                 headers=lin.headers).status_code)

    threads = [threading.Thread(target=complete) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [200, 409]
    assert len(lin.get("/work-items", state="open").json["items"]) == 1


def test_a_change_of_something_that_has_changed_since_is_refused(lin):
    case = _start(lin)
    path = f"/cases/{case['id']}/data"
    assert lin.send("PATCH", path, {"data": {"a": 1}}).status_code == 428
    first = lin.send("PATCH", path, {"data": {"a": 1}}, If_Match='"1"')
    assert first.status_code == 200 and first.json["data"] == {"a": 1}
    stale = lin.send("PATCH", path, {"data": {"a": 2}}, If_Match='"1"')
    assert stale.status_code == 412 and stale.json["code"] == "stale"
    assert lin.get(f"/cases/{case['id']}").json["data"] == {"a": 1}
    again = lin.send("PATCH", path, {"data": {"a": 2}}, If_Match=first.headers["ETag"])
    assert again.status_code == 200
    [item] = case["work_items"]
    claimed = lin.post(f"/work-items/{item['id']}/claim", If_Match='"0"')
    assert claimed.status_code == 200
    assert lin.post(f"/work-items/{item['id']}/release", If_Match='"0"').status_code == 412
    released = lin.post(f"/work-items/{item['id']}/release", If_Match=claimed.headers["ETag"])
    assert released.json["state"] == "offered"


def test_a_message_moves_a_case_that_waits_for_it_and_no_other(lin):
    case = _start(lin)
    path = f"/cases/{case['id']}/messages"
    assert lin.post(path, {"message": "Letter"}).status_code == 409
    [question] = _take(lin, case["work_items"][0]).json["next"]
    _take(lin, question, {"answers": ["no"]})
    [wait] = lin.get(f"/cases/{case['id']}").json["waits"]
    assert wait["message"] == "Letter"
    ended = lin.post(path, {"message": "Letter", "data": {"text": "thanks"}})
    assert ended.status_code == 200 and ended.json["state"] == "completed"
    assert ended.json["data"]["text"] == "thanks"


def test_work_is_given_to_a_member_of_its_department_only(lin, bo, max_):
    case = _start(lin)
    [question] = _take(lin, case["work_items"][0]).json["next"]
    _take(lin, question, {"answers": ["yes"]})
    [pay] = bo.get("/work-items").json["items"]
    path = f"/work-items/{pay['id']}/assign"
    assert max_.post(path, {"person": lin.get("/me").json["person"]}).status_code == 403
    assert max_.post(path, {"person": str(uuid4())}).json["field"] == "person"
    given = max_.post(path, {"person": bo.get("/me").json["person"]})
    assert given.status_code == 200 and given.json["assignee"] == bo.get("/me").json["person"]
    assert bo.post(path, {"person": bo.get("/me").json["person"]}).status_code == 403


def test_comments_and_files_stay_with_the_case(lin, bo):
    case = _start(lin)
    said = lin.post(f"/cases/{case['id']}/comments", {"text": "Called her."})
    assert said.status_code == 201 and UUID(said.json["id"])
    sent = lin.client.post(f"/api/v1/cases/{case['id']}/files", headers=lin.headers,
                           data={"file": (io.BytesIO(b"a note"), "笔记.txt")})
    assert sent.status_code == 201 and sent.json["name"] == "笔记.txt"
    got = lin.get(f"/files/{sent.json['id']}")
    assert got.data == b"a note" and "attachment" in got.headers["Content-Disposition"]
    assert bo.get(f"/files/{sent.json['id']}").status_code == 404
    found = lin.get(f"/cases/{case['id']}").json
    assert [c["text"] for c in found["comments"]] == ["Called her."]
    assert [f["id"] for f in found["files"]] == [sent.json["id"]]


def test_a_photo_is_sent_first_and_then_named_in_the_start(lin, bo):
    sent = lin.client.post("/api/v1/files", headers=lin.headers,
                           data={"file": (io.BytesIO(b"picture"), "broken.jpg")}).json
    assert bo.get(f"/files/{sent['id']}").status_code == 404
    stolen = bo.post("/cases", {"journey": "claim", "data": {"photo": [sent["id"]]}})
    assert (stolen.status_code, stolen.json["field"]) == (422, "photo")
    case = _start(lin, data={"photo": [sent["id"]], "price": "12.50"})
    assert [f["id"] for f in case["files"]] == [sent["id"]]
    assert case["data"] == {"photo": [sent["id"]], "price": "12.50"}
    refused = lin.post("/cases", {"journey": "claim", "data": {"photo": [str(uuid4())]}})
    assert (refused.status_code, refused.json["field"]) == (422, "photo")


def test_a_failed_step_is_an_incident_that_can_be_tried_again(lin, max_, program):
    model = (Drawing("Broken").start().user("First").script("Sum", "total = 1 / divisor").end()
             .path("Begin", "First", "Sum", "Finish"))
    dora = program("dora")
    assert dora.client.post("/api/v1/journeys?publish=true&department=service-desk",
                            data=model.xml(), content_type="application/xml",
                            headers=dora.headers).status_code == 201
    case = _start(lin, journey="broken", data={"divisor": 0})
    assert _take(lin, case["work_items"][0]).status_code == 200
    [incident] = max_.get("/incidents").json["items"]
    assert incident["case"] == case["id"] and incident["element"] == "Sum"
    assert lin.post(f"/incidents/{incident['id']}/retry").status_code == 403
    etag = lin.get(f"/cases/{case['id']}").headers["ETag"]
    mended = lin.send("PATCH", f"/cases/{case['id']}/data", {"data": {"divisor": 2}},
                      If_Match=etag)
    assert mended.status_code == 200
    again = max_.post(f"/incidents/{incident['id']}/retry")
    assert again.status_code == 200 and again.json["state"] == "completed"
    assert again.json["data"]["total"] == 0.5
    assert max_.get("/incidents").json["items"] == []


@pytest.mark.parametrize("body", [
    {}, {"journey": "claim", "data": []}, {"journey": "claim", "priority": "soon"},
    {"journey": "claim", "colour": "red"}, {"journey": "claim", "data": {"not a key": 1}},
    {"journey": "claim", "customer": {"name": ""}}, {"journey": "claim", "version": "1"},
    {"journey": "claim", "customer": {"name": "A", "email": "nowhere"}},
])
def test_a_start_that_does_not_fit_names_its_field_and_starts_nothing(lin, body):
    refused = lin.post("/cases", body)
    assert refused.status_code == 422 and refused.json["field"], refused.json
    assert lin.get("/cases").json["items"] == []


def test_what_is_not_there_is_a_problem_too(lin):
    assert lin.post("/cases", {"journey": "nothing"}).status_code == 404
    assert lin.post("/cases", {"journey": "claim", "version": 9}).status_code == 404
    assert lin.get("/cases/CLA-2026-99999").status_code == 404
    assert lin.get("/work-items/not-a-uuid").status_code == 404
    assert lin.get(f"/work-items/{uuid4()}").status_code == 404
