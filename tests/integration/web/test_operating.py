"""Looking after cases in the browser: suspending, incidents, skipping, sending back."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from engine.intake.service_call import read_call
from engine.intake.settings import FieldSettings
from engine.jobs.tables import JobRow
from tests.support.bpmn import Drawing
from tests.support.web import Visitor, hire, make_baton
from web.app import create_app


@pytest.fixture
def broken(baton):
    """A case whose script failed after a step."""
    drawing = (Drawing("Shares").start().user("Ask", "Ask how many").user("Tell", "Tell them").end()
               .script("Share", "share = amount / people")
               .path("Begin", "Ask", "Share", "Tell", "Finish"))
    with baton.command() as services:
        draft = services.intake.upload("share.bpmn", drawing.xml(), by=None)
        services.intake.change(draft.id, replace(
            draft.settings, department="service-desk",
            fields={"amount": FieldSettings("integer", {"en": "Amount", "zh": "金额"}),
                    "people": FieldSettings("integer", {"en": "People", "zh": "人数"})}), by=None)
        version = services.intake.publish(draft.id, by=None)
        case = services.cases.start(version.id, data={"amount": 10, "people": 0})
        services.journal.deliver()
        [wait] = services.cases.waits(case.id)
        services.cases.resume_step(case.id, wait.token, "Ask")
    return case


def token_of(baton, case):
    with baton.query() as services:
        return services.cases.incidents(case.id)[0].token


def test_a_manager_suspends_a_case_and_staff_see_why_their_work_waits(app, baton, broken):
    page = f"/cases/{broken.number}"
    manager, staff = Visitor(app, "max"), Visitor(app, "lin")
    assert "Suspend the case" not in staff.get(page).get_data(as_text=True)
    assert staff.post(f"{page}/suspend", reason="No").status_code == 403
    manager.get(page)
    assert manager.post(f"{page}/suspend", reason=" ").status_code == 422
    assert "Say why" in manager.text
    manager.post(f"{page}/suspend", reason="The court looks at it.")
    assert "Suspended since" in manager.text and "The court looks at it." in manager.text
    assert "Try again" not in manager.text
    manager.post(f"{page}/resume", reason="It has looked.")
    assert "It has looked." in manager.text
    assert "Case resumed" in manager.text and "Try again" in manager.text


def test_the_panel_says_what_failed_and_corrected_data_lets_it_go_on(app, baton, broken):
    page = f"/cases/{broken.number}"
    manager = Visitor(app, "max")
    manager.get(page)
    for said in ("Share failed", "Its script failed.", "anyone of Service desk", "ZeroDivision"):
        assert said in manager.text, said
    with baton.query() as services:
        [incident] = services.cases.incidents(broken.id)
    retry = f"{page}/incidents/{incident.id}/retry"
    wrong = manager.post(retry, **{"data.people": "many", "was.people": "0"})
    assert wrong.status_code == 422 and 'value="many"' in manager.text
    manager.post(retry, **{"data.people": "4", "was.people": "0", "reason": "Four came."})
    assert "People from 0 to 4 · Four came." in manager.text and "Share failed" in manager.text
    assert "worked" in manager.text and 'class="sheet incident"' not in manager.text


def test_the_story_keeps_what_each_try_failed_with_and_who_was_given_it(app, baton, broken):
    page = f"/cases/{broken.number}"
    manager = Visitor(app, "max")
    with baton.query() as services:
        [incident] = services.cases.incidents(broken.id)
        lin = services.people.persons.by_login("lin").id
    address = f"{page}/incidents/{incident.id}"
    manager.get(page)
    manager.post(f"{address}/retry", **{"data.people": "", "was.people": "0"})
    manager.post(f"{address}/give", to=f"person:{lin}")
    story = manager.get(page).get_data(as_text=True).split('class="timeline"')[1]
    first, again = story.index("ZeroDivisionError"), story.index("TypeError")
    assert first < story.index("was tried again, and failed again") < again
    assert "the incident was given to 林晓梅" in story


def test_the_case_is_sent_back_to_a_step_chosen_on_the_drawing(app, baton, broken):
    page, token = f"/cases/{broken.number}", token_of(baton, broken)
    manager = Visitor(app, "max")
    manager.get(f"{page}/steer?token={token}")
    assert "It failed at Share." in manager.text and "Ask how many" in manager.text
    marks = manager.client.get(f"{page}/ways.json?token={token}").get_json()
    assert marks["links"].keys() == {"Ask"} and marks["markers"]["Share"] == ["trouble"]
    assert manager.post(f"{page}/send-back", token=token, to="Ask").status_code == 422
    manager.post(f"{page}/send-back", token=token, to="Ask", reason="Ask again")
    assert "Sent back from Share to Ask how many" in manager.text and "Ask again" in manager.text


def test_a_suspended_case_offers_no_work_to_do_next(app, baton, broken):
    with baton.command() as services:
        case = services.cases.start(broken.version_id)
        boss = services.people.accounts.actor(services.people.persons.by_login("max").id)
    page, lin = f"/cases/{case.number}", Visitor(app, "lin")
    primary = re.compile(r'<a class="btn btn-primary"[^>]*>Ask how many')
    assert primary.search(lin.get(page).get_data(as_text=True))
    with baton.command() as services:
        services.operations.suspend(case.id, reason="Wait", by=boss)
    assert not primary.search(lin.get(page).get_data(as_text=True))


def test_a_failed_step_is_skipped(app, baton, broken):
    page, token = f"/cases/{broken.number}", token_of(baton, broken)
    manager = Visitor(app, "max")
    manager.get(f"{page}/steer")
    manager.post(f"{page}/skip", token=token, reason="Nobody shares")
    assert "Share was skipped" in manager.text and "Nobody shares" in manager.text
    assert Visitor(app, "lin", language="zh").get(page).status_code == 200


def test_a_case_sent_back_to_a_step_that_fails_again_says_so(app, baton, broken):
    page = f"/cases/{broken.number}"
    manager = Visitor(app, "max")
    manager.get(f"{page}/steer")
    assert 'type="radio"' in manager.text and " checked" not in manager.text
    manager.post(f"{page}/skip", token=token_of(baton, broken), reason="Nobody shares")
    with baton.query() as services:
        [wait] = services.cases.waits(broken.id)
    manager.post(f"{page}/send-back", token=wait.token, to="Share", reason="Once more")
    assert "The case is sent back. But then Share failed." in manager.text


def test_an_incident_given_to_a_colleague_is_theirs_to_mend(app, baton, broken):
    page = f"/cases/{broken.number}"
    manager, staff = Visitor(app, "max"), Visitor(app, "lin")
    with baton.query() as services:
        [incident] = services.cases.incidents(broken.id)
        lin = services.people.persons.by_login("lin")
    staff.get(page)
    assert "Try again" not in staff.text
    assert staff.post(f"{page}/incidents/{incident.id}/retry").status_code == 403
    manager.get(page)
    manager.post(f"{page}/incidents/{incident.id}/give", to=f"person:{lin.id}")
    assert "林晓梅 (Service desk)" in manager.text
    assert "Try again" in staff.get(page).get_data(as_text=True)
    assert manager.post(f"{page}/incidents/{incident.id}/give", to="person:x").status_code == 404


def test_alike_incidents_stand_together_and_are_tried_again_at_once(app, baton, broken):
    manager = Visitor(app, "max")
    page = manager.get("/incidents").get_data(as_text=True)
    assert "What is alike" in page and broken.number in page and "Share" in page
    with baton.command() as services:
        [incident] = services.cases.incidents(broken.id)
        services.cases.write_data(broken.id, {"people": 5})
    manager.post("/incidents/retry", journey=incident.journey, element="Share",
                 message=incident.message)
    assert "0 of 1" in manager.text and "also when you leave this page" in manager.text
    while baton.work_once():
        pass
    run = manager.page.request.path
    assert "1 of 1" in manager.get(run).get_data(as_text=True)
    assert "Nothing has failed" in manager.get("/incidents").get_data(as_text=True)
    assert Visitor(app, "lin").get("/incidents").status_code == 403


def test_ticked_cases_are_suspended_from_the_list_and_a_slip_keeps_what_was_chosen(
        app, baton, broken):
    manager = Visitor(app, "max")
    assert "Do something to many cases" in manager.get("/cases").get_data(as_text=True)
    assert manager.post("/cases/many", deed="resume", reason="Kept").status_code == 422
    assert "Tick the cases first" in manager.text and 'value="Kept"' in manager.text
    assert '<option value="resume" selected>' in manager.text
    manager.post("/cases/many", deed="suspend", which="chosen", case=str(broken.id))
    assert "Say why" in manager.text
    assert re.search(rf'value="{broken.id}" form="many"[^>]*checked', manager.text)
    manager.post("/cases/many", deed="suspend", which="chosen", case=str(broken.id), reason="Fair")
    work_off(baton)
    assert state_of(baton, broken) == "suspended"
    assert "Do something" not in Visitor(app, "lin").get("/cases").get_data(as_text=True)
    former = manager.get("/runs").get_data(as_text=True)
    assert "Suspending cases" in former and "Fair" in former and 'href="/runs"' in manager.get(
        "/cases").get_data(as_text=True)


def test_cancelling_many_cases_is_asked_again_with_their_number(app, baton, broken):
    with baton.command() as services:
        other = services.cases.start(broken.version_id)
    manager = Visitor(app, "max")
    manager.get("/cases")
    ask = {"deed": "cancel", "which": "all", "state": "open", "reason": "Closed down"}
    manager.post("/cases/many", **ask)
    assert "Cancel 2 cases?" in manager.text and "be undone" in manager.text
    assert state_of(baton, broken) == "open"
    manager.post("/cases/many", back="1", **ask)
    assert 'value="Closed down"' in manager.text and state_of(baton, broken) == "open"
    manager.post("/cases/many", confirmed="1", **ask)
    assert "Meanwhile other cases are meant" in manager.text
    manager.post("/cases/many", confirmed="2", **ask)
    work_off(baton)
    assert {state_of(baton, broken), state_of(baton, other)} == {"cancelled"}
    assert f'value="{broken.id}" form="many"' not in manager.get("/cases").get_data(as_text=True)
    # What has ended is neither counted nor tried again.
    assert manager.post("/cases/many", deed="cancel", which="all", reason="x").status_code == 422


def work_off(baton):
    while baton.work_once():
        pass


def state_of(baton, case):
    with baton.query() as services:
        return services.cases.case(case.id).state


def test_the_owner_finds_the_incident_in_my_work(app, baton, broken):
    with baton.command() as services:
        [incident] = services.cases.incidents(broken.id)
        lin = services.people.persons.by_login("lin")
        boss = services.people.accounts.actor(services.people.persons.by_login("max").id)
        services.operations.give(incident.id, by=boss, person=lin.id, departments=lin.departments)
    assert "yours to deal with" in Visitor(app, "lin").get("/work").get_data(as_text=True)
    assert "yours to deal with" not in Visitor(app, "bo").get("/work").get_data(as_text=True)


def test_the_data_that_the_failed_step_reads_stands_first(app, baton, broken):
    text = Visitor(app, "max").get(f"/cases/{broken.number}").get_data(as_text=True)
    assert "The data that the step reads" in text and "People" in text
    assert "该步骤读取的数据" in Visitor(app, "max", language="zh").get(
        f"/cases/{broken.number}").get_data(as_text=True)


def asking(baton, call):
    """The pages, and a case whose only step calls an outside service."""
    hire(baton)
    drawing = (Drawing("Orders").start().element("serviceTask", "Ask", "Ask the CRM").end()
               .path("Begin", "Ask", "Finish"))
    with baton.command() as services:
        draft = services.intake.upload("orders.bpmn", drawing.xml(), by=None)
        services.intake.change(draft.id, replace(
            draft.settings, department="service-desk").with_step(
                "Ask", call=read_call(call, "call")), by=None)
        case = services.cases.start(services.intake.publish(draft.id, by=None).id)
    return create_app(baton, testing=True), case


def test_when_an_outside_service_is_asked_again_is_said(sqlite_database, now, tmp_path):
    baton = make_baton(sqlite_database, now, tmp_path, allowed_hosts="crm.example.org")
    app, case = asking(baton, {"url": "https://crm.example.org/", "retries": 4})
    page = f"/cases/{case.number}"
    text = Visitor(app, "max").get(page).get_data(as_text=True)
    assert "waits for an outside service" in text and "by itself" not in text
    with baton.command() as services:
        [job] = services.session.query(JobRow).all()
        job.tries, job.run_at = 2, services.now() + timedelta(minutes=5)
    assert "(try 3 of 5)" in Visitor(app, "max").get(page).get_data(as_text=True)
    with baton.command() as services:
        services.session.query(JobRow).one().state = "running"
    assert "being tried now (try 2 of 5)" in Visitor(app, "max").get(page).get_data(as_text=True)


def test_a_call_that_failed_for_good_no_longer_waits_for_the_service(
        sqlite_database, now, tmp_path):
    baton = make_baton(sqlite_database, now, tmp_path, allowed_hosts="127.0.0.1:9")
    app, case = asking(baton, {"url": "http://127.0.0.1:9/", "retries": 0})
    baton.job_worker().run_one()
    text = Visitor(app, "max").get(f"/cases/{case.number}").get_data(as_text=True)
    assert "The outside service could not be asked" in text
    assert "failed and waits for someone to deal with it" in text
    assert "waits for an outside service" not in text
    with baton.query() as services:
        [incident] = services.cases.incidents(case.id)
    manager = Visitor(app, "max")
    manager.get(f"/cases/{case.number}")
    manager.post(f"/cases/{case.number}/incidents/{incident.id}/retry")
    assert "the service is asked again" in manager.text and "it worked" not in manager.text
