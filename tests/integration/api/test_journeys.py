"""Drawings in and out, and the map, over REST."""

from __future__ import annotations

import io

import pytest

from tests.integration.api.conftest import drawing
from tests.support.bpmn import Drawing

_NEXT = Drawing("Refund").start().user("Check").end().path("Begin", "Check", "Finish").xml()


@pytest.fixture
def dora(program):
    return program("dora")


def _send(program, content: bytes, kind: str = "application/xml", query: str = ""):
    return program.client.post(f"/api/v1/journeys{query}", data=content, content_type=kind,
                               headers=program.headers)


def test_an_upload_becomes_a_draft_with_what_baton_made_of_it(dora):
    made = _send(dora, _NEXT)
    assert made.status_code == 201, made.json
    assert made.json["draft"] and made.json["version"] is None
    assert made.json["verdict"] in ("runs", "runs_with_decisions")
    [listed] = [j for j in dora.get("/journeys").json["items"] if j["key"] == "refund"]
    assert listed["draft"] == made.json["draft"] and listed["version"] is None
    assert dora.get("/journeys/refund").status_code == 404


def test_publishing_at_once_makes_a_version_that_can_be_started(dora, lin):
    refused = _send(dora, _NEXT, query="?publish=true")
    assert refused.status_code == 422 and refused.json["field"] == "department"
    made = dora.client.post("/api/v1/journeys?publish=true&department=service-desk",
                            data={"file": (io.BytesIO(_NEXT), "refund.bpmn")},
                            headers=dora.headers)
    assert made.status_code == 201 and made.json["version"] == 1
    assert made.headers["Location"].endswith("/journeys/refund")
    assert lin.get("/journeys/refund").json["department"] == "service-desk"
    assert lin.post("/cases", {"journey": "refund"}).status_code == 201


def test_a_drawing_comes_back_byte_for_byte_and_as_adapted(lin):
    drawn = lin.get("/journeys/claim/versions/1/drawing")
    assert drawn.data == drawing().xml() and drawn.mimetype == "application/xml"
    adapted = lin.get("/journeys/claim/versions/1/drawing", adapted="true")
    assert adapted.status_code == 200 and adapted.data != drawn.data
    assert lin.get("/journeys/claim/versions/2/drawing").status_code == 404


def test_findings_and_adaptations_name_their_elements_in_both_languages(lin):
    [question] = [a for a in lin.get("/journeys/claim").json["adaptations"] if a["asks"]]
    assert question["element"] == "Decide" and question["what"]["en"] and question["what"]["zh"]


def test_the_map_counts_the_cases(dora, lin):
    lin.post("/cases", {"journey": "claim"})
    found = dora.get("/journeys/claim/map").json
    assert found["log"]["cases"] == 1 and "pictures" not in found
    assert "<svg" in str(dora.get("/journeys/claim/map", pictures="true").json["pictures"])
    assert lin.get("/journeys/claim/map").status_code == 403


def test_staff_publish_nothing(lin):
    assert _send(lin, _NEXT).status_code == 403


@pytest.mark.parametrize(("content", "status"), [
    (b"", 422), (b"no xml at all", 422), (b"<a/>", 422), ("投诉".encode("gbk"), 422),
    (b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', 422),
    (b"PK\x03\x04 broken", 422), (b"\x00\xff" * 100, 422), (b" " * 40_000_000, 413),
], ids=["empty", "text", "not-bpmn", "gbk", "entity", "zip", "bytes", "huge"])
def test_what_is_no_drawing_gets_a_problem_and_leaves_nothing_behind(dora, content, status):
    refused = _send(dora, content)
    assert refused.status_code == status, refused.json
    assert refused.content_type == "application/problem+json" and refused.json["detail"]
    assert [j["key"] for j in dora.get("/journeys").json["items"]] == ["claim"]


def test_a_check_says_what_the_command_line_says_and_keeps_nothing(dora):
    made = dora.client.post("/api/v1/journeys/check?filename=refund.bpmn", data=_NEXT,
                            content_type="application/xml", headers=dora.headers)
    assert made.status_code == 200, made.json
    [found] = made.json
    assert found["file"] == "refund.bpmn" and found["verdict"] == "runs"
    assert [process["id"] for process in found["processes"]] == ["Refund"]
    assert "refund" not in {each["key"] for each in dora.get("/journeys").json["items"]}


def test_a_check_of_what_is_no_drawing_is_refused(dora):
    made = dora.client.post("/api/v1/journeys/check", data=b"hello",
                            content_type="application/xml", headers=dora.headers)
    assert made.status_code == 422 and "XML" in made.json["detail"]
