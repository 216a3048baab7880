"""Whatever is sent, the answer is a problem that says what to do, never a 500."""

from __future__ import annotations

import pytest

_DEEP = b'{"journey": "claim", "data": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}"


def _send(program, body: bytes, kind: str = "application/json"):
    return program.client.post("/api/v1/cases", data=body, content_type=kind,
                               headers=program.headers)


@pytest.mark.parametrize(("body", "status"), [
    (b"", 422), (b"{", 422), (b"[]", 422), (b"null", 422), (b'"text"', 422),
    ('{"journey": "投诉"}'.encode("gbk"), 422), (_DEEP, 422),
    (b'{"journey": "claim", "data": {"a": NaN}}', 422),
    (b'{"journey": "claim", "data": {"a": 1e999}}', 422),
    (b'{"journey": "claim", "data": {"a": ' + b"9" * 5000 + b"}}", 422),
    (b'{"journey": "claim", "data": {"a": "\\ud800"}}', 422),
    (b'{"journey": "cla\\u0000im"}', 422),
    (b'{"journey": "claim", "data": {"a": "' + b"x" * 1_100_000 + b'"}}', 413),
    (b'{"journey": "claim", "data": {"said": "' + b"x" * 400_000 + b'"}}', 413),
], ids=["empty", "cut-off", "list", "null", "text", "gbk", "deep", "nan", "infinite",
        "long-number", "half-a-character", "nul", "huge", "too-much-data"])
def test_a_body_that_can_not_be_taken_is_a_problem(lin, body, status):
    refused = _send(lin, body)
    assert refused.status_code == status, refused.get_data(as_text=True)[:300]
    assert refused.content_type == "application/problem+json" and refused.json["detail"]
    assert lin.get("/cases").json["items"] == []


def test_a_body_of_another_type_is_refused(lin):
    refused = _send(lin, b'{"journey": "claim"}', "text/plain")
    assert refused.status_code == 415 and "application/json" in refused.json["detail"]


@pytest.mark.parametrize(("path", "query", "field"), [
    ("/cases", {"stat": "open"}, "stat"), ("/cases", {"state": "lost"}, "state"),
    ("/cases", {"limit": "0"}, "limit"), ("/cases", {"limit": "many"}, "limit"),
    ("/cases", {"cursor": "CLA-1999-00001"}, "cursor"), ("/cases", {"q": "a\0b"}, "q"),
    ("/work-items", {"cursor": "x"}, "cursor"), ("/work-items", {"assignee": "x"}, "assignee"),
    ("/me", {"x": "1"}, "x"),
])
def test_a_query_that_does_not_fit_names_its_parameter(lin, path, query, field):
    refused = lin.get(path, **query)
    assert refused.status_code == 422 and refused.json["field"] == field


def test_problems_speak_the_callers_language(lin):
    refused = lin.post("/cases", {"journey": "claim", "priority": "high", "data": {"1x": 1}},
                       Accept_Language="zh")
    assert refused.headers["Content-Language"] == "zh"
    assert any("\u4e00" <= letter <= "\u9fff" for letter in refused.json["detail"])


def test_a_file_must_be_there_and_hold_something(lin):
    case = lin.post("/cases", {"journey": "claim"}).json
    path = f"/api/v1/cases/{case['id']}/files"
    assert lin.client.post(path, headers=lin.headers).status_code == 422
    assert lin.client.post(path, data=b"x", headers=lin.headers).status_code == 422


def test_unknown_addresses_and_methods_are_problems(lin):
    for refused in (lin.get("/nothing"), lin.send("PUT", "/cases")):
        assert refused.status_code in (404, 405)
        assert refused.content_type == "application/problem+json"
