"""Messages and signals over REST: outcomes by status, once by key or id, only with the right."""

from __future__ import annotations

import pytest

from tests.support.bpmn import Drawing
from tests.support.journeys import publish, start, waiting


@pytest.fixture
def letters(baton):
    """A journey that starts with a message and then waits for another."""
    drawing = Drawing("Letters")
    drawing._message("Hello")
    return publish(baton, "letters", (
        drawing.element("startEvent", "Come", inner=(
            '<bpmn:messageEventDefinition messageRef="Hello"/>'))
        .message("Wait", "Goodbye").end().path("Come", "Wait", "Finish")).xml(),
        fields={"ref": "text"})


def test_a_message_starts_a_case_and_another_ends_it(max_, letters):
    made = max_.post("/messages", {"name": "Hello", "correlation": {"ref": "R-1"},
                                   "customer": {"name": "Ann Ash"}})
    assert (made.status_code, made.json["outcome"]) == (201, "started")
    assert made.headers["Location"].endswith(made.json["case"]["id"])
    assert made.json["case"]["customer"]
    ended = max_.post("/messages", {"name": "Goodbye", "case": made.json["case"]["number"]})
    assert (ended.status_code, ended.json["case"]["state"]) == (200, "completed")


def test_nobody_and_several_are_problems_that_say_what_to_do(max_, letters):
    gone = max_.post("/messages", {"name": "Goodbye"})
    assert (gone.status_code, gone.json["code"]) == (404, "not_found")
    assert "keep_for" in gone.json["detail"]
    for _ in range(2):
        max_.post("/messages", {"name": "Hello"})
    several = max_.post("/messages", {"name": "Goodbye"})
    assert several.status_code == 409
    assert "LET-2026-00001, LET-2026-00002" in several.json["detail"]


def test_a_message_is_kept_and_listed_until_a_case_takes_it(max_, letters):
    kept = max_.post("/messages", {"name": "Goodbye", "keep_for": "PT2H"})
    assert (kept.status_code, kept.json["outcome"]) == (202, "kept")
    assert [each["name"] for each in max_.get("/messages").json["items"]] == ["Goodbye"]
    made = max_.post("/messages", {"name": "Hello"})
    assert made.json["case"]["state"] == "completed"
    assert max_.get("/messages").json["items"] == []
    for wrong in ("soon", "P400D", "PT0S"):
        refused = max_.post("/messages", {"name": "Goodbye", "keep_for": wrong})
        assert (refused.status_code, refused.json["field"]) == (422, "keep_for")


def test_a_kept_message_is_withdrawn_by_whoever_may_send_it(max_, lin, letters):
    max_.post("/messages", {"name": "Goodbye", "keep_for": "PT2H"})
    [kept] = max_.get("/messages").json["items"]
    assert lin.send("DELETE", f"/messages/{kept['id']}").status_code == 403
    assert max_.send("DELETE", f"/messages/{kept['id']}").status_code == 204
    assert max_.get("/messages").json["items"] == []
    assert max_.send("DELETE", f"/messages/{kept['id']}").status_code == 404
    assert max_.post("/messages", {"name": "Hello"}).json["case"]["state"] == "open"


def test_sent_again_under_its_key_or_its_own_id_it_has_its_effect_once(max_, program, letters):
    sent = {"name": "Hello", "correlation": {"ref": "R-1"}}
    first, again = (max_.post("/messages", sent, Idempotency_Key="k-1") for _ in range(2))
    assert first.json == again.json
    own = {**sent, "message_id": "m-1"}
    one, other = max_.post("/messages", own), program("ada").post("/messages", own)
    assert one.json["case"]["id"] == other.json["case"]["id"] != first.json["case"]["id"]
    changed = max_.post("/messages", {**own, "correlation": {"ref": "R-2"}})
    assert changed.status_code == 409


def test_only_who_may_send_messages_does(lin, program, letters):
    assert lin.post("/messages", {"name": "Hello"}).status_code == 403
    limited = program("max", scopes=["case.read"])
    assert limited.post("/messages", {"name": "Hello"}).status_code == 403
    assert limited.post("/signals", {"name": "Hello"}).status_code == 403
    alone = program("max", scopes=["message.send"])
    assert alone.post("/messages", {"name": "Hello"}).status_code == 201


def test_a_signal_has_an_account(max_, baton):
    drawing = Drawing("Watch")
    drawing._roots.append('<bpmn:signal id="Recall" name="Recall"/>')
    version = publish(baton, "watch", (drawing.start().element(
        "intermediateCatchEvent", "Hear",
        inner='<bpmn:signalEventDefinition signalRef="Recall"/>')
        .user("Act").end().path("Begin", "Hear", "Act", "Finish")).xml())
    case = start(baton, version)
    sent = max_.post("/signals", {"name": "Recall"})
    assert (sent.status_code, sent.json["counts"]) == (202, {"pending": 1})
    baton.work_once()
    account = max_.get(f"/signals/{sent.json['id']}")
    assert account.json["counts"] == {"reached": 1}
    assert account.json["targets"][0]["case"] == str(case.id)
    assert waiting(baton, case.id) == ["Act"]
    assert max_.get(f"/signals/{case.id}").status_code == 404
