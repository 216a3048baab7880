"""Who gets in, and what each of them sees and may do."""

from __future__ import annotations

from datetime import timedelta

from tests.support.web import PASSWORD


def _start(program) -> dict:
    made = program.post("/cases", {"journey": "claim"})
    assert made.status_code == 201
    return made.json


def test_without_a_token_nothing_is_shown(program, lin):
    case = _start(lin)
    for path in ("/me", "/cases", f"/cases/{case['id']}", "/work-items", "/journeys",
                 "/departments", "/incidents"):
        answer = program().get(path)
        assert answer.status_code == 401, path
        assert answer.content_type == "application/problem+json"
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_wrong_password_gives_no_token_and_too_many_have_to_wait(program):
    nobody = program()
    sent = {"login": "lin", "password": "wrong"}
    assert [nobody.post("/tokens", sent).status_code for _ in range(9)] == [401] * 8 + [429]
    refused = nobody.post("/tokens", {**sent, "password": PASSWORD})
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0


def test_a_token_ends_when_it_is_revoked_or_expires(program, lin, now):
    made = program().post("/tokens", {"login": "lin", "password": PASSWORD, "days": 1}).json
    own = {"Authorization": f"Bearer {made['token']}"}
    assert lin.client.get("/api/v1/me", headers=own).status_code == 200
    assert lin.send("DELETE", f"/tokens/{made['id']}").status_code == 204
    assert lin.client.get("/api/v1/me", headers=own).status_code == 401
    brief = program("bo", days=1)
    now.set(now() + timedelta(days=2))
    assert brief.get("/me").status_code == 401


def test_a_token_with_scopes_may_do_no_more_than_they_say(program, lin):
    reader = program("lin", scopes=["case.read"])
    assert reader.get("/cases").status_code == 200
    refused = reader.post("/cases", {"journey": "claim"})
    assert refused.status_code == 403 and "Start cases" in refused.json["detail"]


def test_another_departments_staff_see_nothing_of_a_case_that_never_came_to_them(lin, bo):
    case = _start(lin)
    [item] = case["work_items"]
    assert bo.get("/cases").json["items"] == []
    assert bo.get("/work-items").json["items"] == []
    for path in (f"/cases/{case['id']}", f"/cases/{case['number']}/facts",
                 f"/work-items/{item['id']}"):
        assert bo.get(path).status_code == 404, path
    assert bo.post(f"/work-items/{item['id']}/claim").status_code == 404
    assert bo.post(f"/cases/{case['id']}/comments", {"text": "hello"}).status_code == 404
    assert bo.get("/work-items", case=case["id"]).status_code == 404


def test_a_manager_sees_all_but_does_only_the_work_of_the_own_department(lin, max_):
    case = _start(lin)
    [item] = case["work_items"]
    assert [c["id"] for c in max_.get("/cases").json["items"]] == [case["id"]]
    assert [i["id"] for i in max_.get("/work-items").json["items"]] == [item["id"]]
    assert max_.post(f"/work-items/{item['id']}/claim").status_code == 403


def test_only_those_who_may_cancel_a_case_cancel_it(lin, max_):
    case = _start(lin)
    assert lin.post(f"/cases/{case['id']}/cancel", {"reason": "no"}).status_code == 403
    ended = max_.post(f"/cases/{case['id']}/cancel", {"reason": "double"})
    assert ended.status_code == 200
    assert (ended.json["state"], ended.json["cancel_reason"]) == ("cancelled", "double")
    assert max_.post(f"/cases/{case['id']}/cancel", {"reason": "again"}).status_code == 409


def test_me_says_who_the_token_stands_for(lin):
    me = lin.get("/me").json
    assert (me["login"], me["departments"], me["roles"]) == ("lin", ["service-desk"], ["staff"])
    assert "work.do" in me["rights"] and "people.admin" not in me["rights"]


def test_a_token_works_without_csrf_and_a_browser_session_does_not_open_the_api(app, lin):
    assert _start(lin)
    assert app.test_client().post("/api/v1/cases", json={"journey": "claim"}).status_code == 401
