"""Cases in the browser: starting, finding, reading, contributing, ending."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from engine.people.access import SYSTEM
from tests.support.bpmn import Drawing
from tests.support.refund import publish_refund
from tests.support.web import Visitor


@pytest.fixture
def refund(baton, tmp_path):
    return publish_refund(baton, tmp_path / "refund")


@pytest.fixture
def case(baton, refund):
    with baton.command() as services:
        made = services.people.customers.find_or_create("Hanna Berg")
        return services.cases.start(refund.id, data={"subject": "Broken cup"}, customer=made.id,
                                    channel="phone")


def on(baton, login):
    with baton.query() as services:
        return services.people.accounts.actor(services.people.persons.by_login(login).id)


def to_reply(baton, case):
    """Bring the case to where it waits for the customer."""
    for login, given in (("lin", {"data": {"subject": "Cup", "wish": "money"}}),
                         ("bo", {"answers": ("ask",)})):
        who = on(baton, login)
        with baton.command() as services:
            item = next(i for i in services.work.of_case(case.id) if i.state == "offered")
            services.work.claim(item.id, by=who)
            services.work.complete(item.id, by=who, **given)


def test_a_case_is_started_for_a_new_customer(app, baton, refund):
    visitor = Visitor(app, "lin")
    visitor.get("/cases/start")
    assert "Someone wants money back." in visitor.text
    visitor.get("/cases/start/refund")
    visitor.post("/cases/start/refund", customer="Tom Okafor", phone="555 0123", channel="mail",
                 priority="high", data=json.dumps({"subject": "Cup", "amount": 12}))
    assert "Tom Okafor" in visitor.text and "is started." in visitor.text
    with baton.query() as services:
        made = services.cases.case(visitor.page.request.path.rsplit("/")[-1])
        assert (made.channel, made.priority) == ("mail", "high")
        assert services.cases.document(made.id)["amount"] == 12


def test_a_known_customer_is_found_while_typing_and_taken_over(app, baton, case):
    visitor = Visitor(app, "lin")
    visitor.get("/cases/start/refund")
    part = visitor.client.get("/cases/start/customers?customer=hanna").get_data(as_text=True)
    assert "Hanna Berg" in part and "<html" not in part
    visitor.post("/cases/start/refund", customer="hanna", known=str(case.customer),
                 channel="phone", priority="normal", data=json.dumps({"subject": "Again"}))
    with baton.query() as services:
        made = services.cases.case(visitor.page.request.path.rsplit("/")[-1])
    assert made.customer == case.customer


def test_errors_stand_by_their_field_and_nothing_is_lost(app, baton, refund):
    visitor = Visitor(app, "lin")
    visitor.get("/cases/start/refund")
    refused = visitor.post("/cases/start/refund", customer="Tom Okafor", email="not one",
                           channel="mail", priority="high", data=json.dumps({"subject": "Cup"}))
    assert refused.status_code == 422 and 'id="email-error"' in visitor.text
    assert 'value="Tom Okafor"' in visitor.text and '"subject": "Cup"' in visitor.text
    refused = visitor.post("/cases/start/refund", customer="Tom Okafor", channel="mail",
                           priority="high", data="{}")
    assert refused.status_code == 422
    assert r'"subject": "\u201cWhat is it about?\u201d is required."' in visitor.text
    visitor = Visitor(app, "lin", language="zh")
    visitor.get("/cases/start/refund")
    visitor.post("/cases/start/refund", customer="Tom Okafor", channel="mail", priority="high",
                 data="{}")
    assert json.dumps("“事由”为必填项。") in visitor.text
    with baton.query() as services:
        assert services.people.customers.search("Tom") == []


def test_cases_are_found_by_number_customer_and_state(app, case):
    manager = Visitor(app, "max")
    for query in (f"q={case.number[-5:]}", "q=hanna", "state=open", "journey=refund"):
        assert case.number in manager.get(f"/cases?{query}").get_data(as_text=True), query
    assert "1 case" in manager.get("/cases").get_data(as_text=True)
    for query in ("q=nobody", "state=cancelled", "priority=urgent"):
        assert "No case here" in manager.get(f"/cases?{query}").get_data(as_text=True), query


def test_staff_see_only_cases_of_their_departments(app, baton, case):
    assert Visitor(app, "lin").get(f"/cases/{case.number}").status_code == 200
    outsider = Visitor(app, "bo")
    assert case.number not in outsider.get("/cases").get_data(as_text=True)
    for path in (f"/cases/{case.number}", f"/cases/{case.number}/marks.json"):
        assert outsider.get(path).status_code == 404
    outsider.get("/cases")
    assert outsider.post(f"/cases/{case.number}/comments", text="Hm").status_code == 404
    to_reply(baton, case)
    assert outsider.get(f"/cases/{case.number}").status_code == 200


def test_the_story_tells_who_did_what_in_both_languages(app, baton, case):
    to_reply(baton, case)
    visitor = Visitor(app, "max")
    visitor.get(f"/cases/{case.number}")
    for said in ("Case started", "Answer the customer", "林晓梅", "handed over by Service desk",
                 "Ask", "Waiting for: Customer replied", "waits for a message",
                 "Promise kept: First answer within 2 business hours"):
        assert said in visitor.text, said
    chinese = Visitor(app, "max", language="zh").get(f"/cases/{case.number}")
    for said in ("答复客户", "询问客户", "客服部", "两小时内首次答复"):
        assert said in chinese.get_data(as_text=True), said


def test_the_other_tabs_show_drawing_data_promises(app, baton, case):
    to_reply(baton, case)
    visitor = Visitor(app, "max")
    drawing = visitor.get(f"/cases/{case.number}?tab=drawing").get_data(as_text=True)
    assert "Answer the customer → Decide how it goes on" in drawing and "data-drawing=" in drawing
    marks = visitor.get(f"/cases/{case.number}/marks.json").json
    assert marks["markers"]["Answer"] == ["done"] and marks["markers"]["Reply"] == ["live"]
    data = visitor.get(f"/cases/{case.number}?tab=data").get_data(as_text=True)
    assert "What is it about?" in data and "Money back" in data
    clocks = visitor.get(f"/cases/{case.number}?tab=clocks").get_data(as_text=True)
    assert "First answer within 2 business hours" in clocks and "kept" in clocks


def test_the_customers_reply_is_reported_and_the_case_goes_on(app, baton, case):
    to_reply(baton, case)
    visitor = Visitor(app, "lin")
    visitor.get(f"/cases/{case.number}")
    assert "It happened" in visitor.text
    visitor.post(f"/cases/{case.number}/messages", message="Customer replied", note="They agree.")
    assert "The case goes on." in visitor.text and "They agree." in visitor.text
    assert "Case closed" in visitor.text
    late = visitor.post(f"/cases/{case.number}/messages", message="Customer replied")
    assert late.status_code == 200 and "is completed" in visitor.text


def test_comments_and_files_are_added_and_refused_by_their_field(app, case):
    visitor = Visitor(app, "lin")
    page = f"/cases/{case.number}"
    visitor.get(page)
    visitor.post(f"{page}/comments", text="Call after <b>5</b>")
    assert "Call after &lt;b&gt;5&lt;/b&gt;" in visitor.text
    visitor.post(f"{page}/files", file=(io.BytesIO(b"<script>alert(1)</script>"), "a.html"))
    assert "a.html" in visitor.text
    assert visitor.post(f"{page}/comments", text="").status_code == 422
    assert 'id="text-error"' in visitor.text
    assert visitor.post(f"{page}/files", file=(io.BytesIO(b""), "a.txt")).status_code == 422
    assert 'id="file-error"' in visitor.text


def test_a_web_page_among_the_files_is_downloaded_not_run(app, baton, case):
    with baton.command() as services:
        sent = services.files.add("a.html", b"<script>alert(1)</script>", by=None, case=case.id)
    answer = Visitor(app, "lin").get(f"/cases/files/{sent.id}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert Visitor(app, "bo").get(f"/cases/files/{sent.id}").status_code == 404


def test_managers_cancel_with_a_reason_and_staff_do_not(app, baton, case):
    page = f"/cases/{case.number}"
    staff = Visitor(app, "lin")
    staff.get(page)
    assert "Cancel the case" not in staff.text
    assert staff.post(f"{page}/cancel", reason="No").status_code == 403
    manager = Visitor(app, "max")
    manager.get(page)
    assert manager.post(f"{page}/cancel", reason="").status_code == 422
    assert "Say why" in manager.text
    manager.post(f"{page}/cancel", reason="Sent twice")
    assert "Cancelled because: Sent twice" in manager.text
    with baton.query() as services:
        assert {i.state for i in services.work.of_case(case.id)} == {"withdrawn"}
    manager.post(f"{page}/cancel", reason="Again")
    assert "was cancelled meanwhile" in manager.text


def test_an_incident_is_shown_and_retried_only_on_its_own_case(app, baton, case):
    drawing = Drawing("Share").start().script("S", "share = 10 / parts").end() \
        .path("Begin", "S", "Finish")
    with baton.command() as services:
        draft = services.intake.upload("share.bpmn", drawing.xml(), by=None)
        owned = draft.settings.with_lane("", "")
        draft = services.intake.change(
            draft.id, type(owned)(**{**vars(owned), "department": "billing"}), by=None)
        version = services.intake.publish(draft.id, by=SYSTEM.person)
        broken = services.cases.start(version.id, data={"parts": 0})
    manager = Visitor(app, "max")
    manager.get(f"/cases/{broken.number}")
    assert "S failed" in manager.text and "Try again" in manager.text
    with baton.query() as services:
        incident = services.cases.incidents(broken.id)[0].id
    retry = f"incidents/{incident}/retry"
    assert manager.post(f"/cases/{case.number}/{retry}").status_code == 404
    manager.get(f"/cases/{broken.number}")
    manager.post(f"/cases/{broken.number}/{retry}")
    assert "failed again" in manager.text
    with baton.command() as services:
        services.cases.write_data(broken.id, {"parts": 5})
    manager.post(f"/cases/{broken.number}/{retry}")
    assert "The step was tried again." in manager.text and "Closed" in manager.text


def _drawn(baton, drawing):
    """A case of a drawing."""
    with baton.command() as services:
        draft = services.intake.upload("drawing.bpmn", drawing.xml(), by=None)
        services.intake.change(draft.id, replace(draft.settings, department="billing"), by=None)
        return services.cases.start(services.intake.publish(draft.id, by=None).id)


def test_the_story_says_how_late_a_timer_was(app, baton, now):
    case = _drawn(baton, Drawing("Wait").start().timer("Sleep", "PT1H").user("Rise").end()
                  .path("Begin", "Sleep", "Rise", "Finish"))
    now.advance(timedelta(days=3, hours=5))
    baton.work_once()
    assert "3 days late" in Visitor(app, "ada").get(f"/cases/{case.number}").text
    assert "晚了3天" in Visitor(app, "ada", language="zh").get(f"/cases/{case.number}").text


def test_the_story_names_the_error_that_ended_a_case(app, baton):
    drawing = Drawing("Refuse").start().end("Stop", '<bpmn:errorEventDefinition errorRef="No"/>')
    drawing._roots.append('<bpmn:error id="No" errorCode="not-ours"/>')
    case = _drawn(baton, drawing.path("Begin", "Stop"))
    page = Visitor(app, "ada").get(f"/cases/{case.number}").text
    assert "Case closed by an error that nothing in it catches" in page
    assert "not-ours" in page


def test_a_character_that_no_database_keeps_is_refused_in_words(app, case):
    visitor = Visitor(app, "max")
    visitor.get(f"/cases/{case.number}")
    refused = visitor.post(f"/cases/{case.number}/comments", text="half\0gone")
    assert refused.status_code == 422 and "U+0000" in visitor.text
    assert visitor.get("/cases?text=a%00b").status_code == 422
