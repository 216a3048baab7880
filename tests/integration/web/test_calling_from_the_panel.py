"""A designer says what a step calls, and tries it, in the panel of the step."""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Iterator

import pytest

from engine.intake.service_call import ServiceCall
from tests.integration.web.test_draft_steps import said
from tests.integration.web.test_drafts import Page
from tests.support.bpmn import Drawing
from tests.support.outside import Outside, Reply
from tests.support.web import Visitor, hire, make_baton
from web.app import create_app


@pytest.fixture
def outside() -> Iterator[Outside]:
    made = Outside()
    yield made
    made.close()


@pytest.fixture
def page(sqlite_database, now, tmp_path, outside, monkeypatch) -> Page:
    monkeypatch.setenv("BATON_SECRET_CRM", "tell-nobody")
    baton = make_baton(sqlite_database, now, tmp_path, allowed_hosts=outside.host)
    hire(baton)
    drawing = (Drawing("Claim").start().element("serviceTask", "Note", "Note it").end()
               .path("Begin", "Note", "Finish").xml())
    with baton.command() as services:
        made = services.intake.upload("claim.bpmn", drawing, by=None)
    made_page = Page(create_app(baton, testing=True), baton, made.id)
    made_page.change("journey", name_en="Claim", department="billing")
    return made_page


def call(page: Page) -> ServiceCall | None:
    step = page.draft().settings.steps.get("Note")
    return step.call if step else None


def wanted(outside: Outside, **more: object) -> dict[str, object]:
    return {"element": "Note", "who": "service", "method": "POST",
            "url": f"{outside.url}/customers/{{customer_no}}/notes",
            "headers_key": ["Authorization", ""],
            "headers_value": ["= 'Bearer ' + secret.CRM", ""],
            "body": "= {'text': note}", "result_key": ["note_id"],
            "result_value": ["= response.body.id"], "errors_key": ["404"],
            "errors_value": ["UNKNOWN"], "timeout": "5", "retries": "2", "rest": "1",
            "idempotency": "Idempotency-Key", **more}


def test_a_step_that_a_person_does_becomes_a_call_and_the_verdict_follows(page, outside):
    assert "Runs, with decisions left to people" in said(page.panel("Note") + page.dora.text)
    back = page.change("call", **wanted(outside))
    assert "Runs as drawn" in said(back) and f"{outside.host} may be called." in said(back)
    made = call(page)
    assert made is not None and made.on and made.method == "POST" and made.retries == 2
    assert dict(made.errors) == {"404": "UNKNOWN"}
    assert dict(made.headers) == {"Authorization": "= 'Bearer ' + secret.CRM"}
    assert 'name="field:customer_no"' in back and 'name="field:note"' in back
    assert "secret.CRM" in page.panel("Note") and "tell-nobody" not in page.panel("Note")


def test_what_is_typed_for_a_trial_stays_while_the_call_reads_the_same_data(page, outside):
    back = page.change("call", **wanted(outside), **{"field:customer_no": "C 7", "field:note": ""})
    assert 'id="call-sample"' not in back
    back = page.change("call", **wanted(outside, body=""), **{"field:customer_no": "C 7",
                                                             "field:note": ""})
    assert 'id="call-sample"' in back and 'value="C 7"' in back and "field:note" not in back


def test_a_person_does_it_again_and_what_was_said_is_kept(page, outside):
    page.change("call", **wanted(outside))
    back = page.change("call", element="Note", who="person")
    assert "What to do here" in back, "what a person needs for the step is there again"
    assert call(page) is not None and not call(page).on
    assert outside.url in page.panel("Note")


def test_what_is_not_whole_yet_is_not_kept_and_says_why(page, outside):
    assert "Not saved yet: Give the address of the service." in said(
        page.change("call", **wanted(outside, url="")))
    assert "call.url must be an address" in said(page.change("call", **wanted(outside, url="crm")))
    assert "soon is no whole number." in said(page.change("call", **wanted(outside, rest="soon")))
    assert call(page) is None


def test_a_host_that_nobody_allowed_and_a_secret_that_is_not_set_say_what_is_to_be_done(
        page, outside):
    back = said(page.change("call", **wanted(
        outside, url="https://crm.example.org/", body="= secret.OTHER")))
    assert "crm.example.org may not be called yet" in back and "BATON_ALLOWED_HOSTS" in back
    assert "An administrator sets BATON_SECRET_OTHER" in back
    found = said(page.change("call/try", **wanted(outside, url="https://crm.example.org/",
                                                  body="")))
    assert "crm.example.org is not a host that Baton may call" in found


def test_trying_it_really_calls_and_says_what_would_be_written(page, outside):
    outside.will(Reply(content={"id": "N-1", "echo": "tell-nobody"}))
    back = page.change("call/try", **wanted(outside), **{"field:customer_no": "C 7",
                                                         "field:note": "Hello"})
    asked = outside.received[0]
    assert (asked.method, asked.path) == ("POST", "/customers/C%207/notes")
    assert asked.headers["authorization"] == "Bearer tell-nobody" and asked.key
    shown = said(back)
    assert "200 OK" in shown and "Would write note_id N-1" in shown
    assert "tell-nobody" not in html.unescape(back), "a secret is never shown"
    assert "Authorization: Bearer secret.CRM" in shown
    assert call(page) is None, "trying keeps nothing"


def test_what_goes_wrong_says_which_error_would_be_thrown(page, outside):
    sample = {"field:customer_no": "7", "field:note": "x"}
    outside.will(Reply(status=404, content="no such customer"))
    shown = said(page.change("call/try", **wanted(outside), **sample))
    assert "404 Not Found" in shown and "Would throw the error UNKNOWN." in shown
    assert "tried" not in shown.split("What came")[0], "a 404 is not tried again"
    outside.will(Reply(status=503))
    shown = said(page.change("call/try", **wanted(outside), **sample))
    assert "the error 503. Before that it would be tried 2 times more." in shown
    outside.will(Reply(content={"other": 1}))
    shown = said(page.change("call/try", **wanted(outside), **sample))
    assert "would become an incident: note_id from the answer" in shown


def test_without_the_data_that_it_reads_nothing_is_sent(page, outside):
    shown = said(page.change("call/try", **wanted(outside)))
    assert "Nothing was sent" in shown and outside.received == []


def test_what_the_sandbox_refuses_is_said_when_it_is_tried(page, outside):
    fields = wanted(outside, body="= open('/etc/passwd')", url=outside.url)
    assert "may be called" in said(page.change("call", **fields))
    assert "Nothing was sent" in said(page.change("call/try", **fields))
    assert outside.received == []


def test_a_service_that_hangs_is_waited_for_no_longer_than_the_call_says(page, outside):
    outside.will(Reply(hangs=True))
    shown = said(page.change("call/try", **wanted(outside, timeout="1"),
                             **{"field:customer_no": "7", "field:note": "x"}))
    assert "No answer" in shown and "the error timeout" in shown


def test_of_many_trials_at_once_some_are_told_to_wait_and_others_work_on(page, outside):
    outside.will(Reply(hangs=True))
    app = page.dora.client.application
    fields = {**wanted(outside, timeout="20"), "field:customer_no": "7", "field:note": "x"}

    def try_it() -> None:
        visitor = Visitor(app, "dora")
        visitor.get(page.at)
        visitor.post(f"{page.at}/call/try", **fields)

    waiting = [threading.Thread(target=try_it) for _ in range(2)]
    for each in waiting:
        each.start()
    while len(outside.received) < 2:
        assert outside.asked.wait(10)
    assert "Others are trying calls just now" in said(page.change("call/try", **fields))
    page.change("journey", name_en="Claims", department="billing")  # nothing of them holds the lock
    assert page.draft().settings.name["en"] == "Claims"
    outside.let_go()
    for each in waiting:
        each.join(10)


def test_only_who_may_edit_the_journey_may_try_a_call(page, outside):
    lin = Visitor(page.dora.client.application, "lin")
    lin.get("/")
    assert lin.post(f"{page.at}/call/try", **wanted(outside)).status_code == 403
    assert outside.received == []


def test_who_rehearses_says_what_the_service_answers_and_nothing_is_sent(page, outside):
    page.change("call", **wanted(outside, url=f"{outside.url}/notes"))
    page.dora.get(f"{page.at}/rehearse")
    page.dora.post(f"{page.at}/rehearse", act="begin", **{"field:note": "Hello"})
    shown = said(page.dora.text)
    assert "Nothing is sent here: you say what it answers." in shown
    assert '{"text": "Hello"}' in html.unescape(page.dora.text)
    assert "It answers so" in shown and '{"note_id"' not in shown
    script = html.unescape(re.search(r'id="script" value="([^"]*)"', page.dora.text)[1])
    move = re.search(r'name="move" value="([^"]*)"', page.dora.text)[1]
    page.dora.post(f"{page.at}/rehearse", act="move", script=script, move=move,
                   reply_status="200", reply_body='{"id": "N-9"}')
    assert "The journey has come to its end." in page.dora.text and "N-9" in page.dora.text
    assert "the service answered" in page.dora.text and outside.received == []
