"""Drawing in the browser, as far as the server has a part in it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from engine.people.access import SYSTEM
from tests.support.bpmn import Drawing
from tests.support.refund import DRAWING, publish_refund
from tests.support.web import Visitor


@pytest.fixture
def dora(app):
    visitor = Visitor(app, "dora")
    visitor.get("/journeys")
    return visitor


def given(visitor: Visitor) -> dict:
    """What the page gives the modeler."""
    start = visitor.text.index('data-modeler>')
    script = visitor.text[start:].split('<script type="application/json">', 1)[1]
    return json.loads(script.split("</script>", 1)[0])


def save(visitor: Visitor, address: str, xml: str, revision: str = ""):
    """Save as the modeler does."""
    return visitor.client.post(address, json={"xml": xml, "revision": revision}, headers={
        "X-CSRFToken": visitor.token, "Accept": "application/json"})


def check(visitor: Visitor, address: str, xml: str | bytes):
    return visitor.client.post(address, data=xml, content_type="application/xml", headers={
        "X-CSRFToken": visitor.token, "Accept": "application/json"})


def test_a_new_journey_asks_for_its_name_first(dora):
    dora.get("/journeys/drafts/new?name=&shape=plain")
    assert dora.page.status_code == 422
    assert "Give it a name" in dora.text
    dora.get("/journeys/drafts/new?name=Passport&shape=pool")
    assert dora.page.status_code == 200
    assert 'name="Passport"' in given(dora)["xml"] and "participant" in given(dora)["xml"]


def test_the_first_save_makes_a_draft_and_the_next_one_changes_it(dora, baton):
    dora.get("/journeys/drafts/new?name=Passport&shape=plain")
    told = given(dora)
    said = save(dora, told["save"], told["xml"]).get_json()
    with baton.query() as services:
        [journey] = services.intake.journeys()
        assert (journey.key, journey.settings.name) == ("passport", {"en": "Passport"})
        draft = services.intake.draft(journey.draft)
    assert said["address"] == f"/journeys/drafts/{draft.id}/draw"
    drawn = told["xml"].replace('id="StartEvent_1"', 'id="StartEvent_1" name="Wish"')
    assert save(dora, said["save"], drawn, said["revision"]).status_code == 200
    with baton.query() as services:
        assert b'name="Wish"' in services.intake.draft(draft.id).drawing


def test_two_new_journeys_of_one_name_are_two_journeys(dora, baton):
    for _ in range(2):
        dora.get("/journeys/drafts/new?name=Passport&shape=plain")
        told = given(dora)
        assert save(dora, told["save"], told["xml"]).status_code == 200
    with baton.query() as services:
        assert {one.key for one in services.intake.journeys()} == {"passport", "passport-2"}


def test_drawing_on_from_a_version_keeps_its_settings_and_forms(dora, baton, tmp_path):
    publish_refund(baton, tmp_path / "refund")
    dora.get("/journeys/refund/versions/1/draw")
    assert 'name="Pay the money back"' in given(dora)["xml"]
    said = save(dora, "/journeys/refund/versions/1/draw", DRAWING.xml().decode()).get_json()
    with baton.query() as services:
        [journey] = services.intake.journeys()
        draft = services.intake.draft(journey.draft)
        assert draft.settings.steps["Answer"].form == "answer"
        assert "forms/answer.json" in draft.files
        assert said["draft"].endswith(str(draft.id))
    dora.get("/journeys/refund/versions/1/draw")
    assert "Saving here replaces it." in dora.text


def test_a_drawing_without_a_picture_is_laid_out_for_the_modeler(dora, baton, tmp_path):
    publish_refund(baton, tmp_path / "refund")
    dora.get("/journeys/refund/versions/1/draw")
    assert b"BPMNShape" not in DRAWING.xml()
    assert "BPMNShape" in given(dora)["xml"]


def test_nobody_overwrites_what_somebody_else_saved_meanwhile(app, dora):
    dora.get("/journeys/drafts/new?name=Passport&shape=plain")
    told = given(dora)
    said = save(dora, told["save"], told["xml"]).get_json()
    ada = Visitor(app, "ada")
    ada.get(said["address"])
    theirs = told["xml"].replace('id="StartEvent_1"', 'id="StartEvent_1" name="Wish"')
    assert save(ada, said["save"], theirs, given(ada)["revision"]).status_code == 200
    refused = save(dora, said["save"], told["xml"], said["revision"])
    assert refused.status_code == 409
    assert "changed elsewhere since you opened it" in refused.get_json()["detail"]


def test_the_check_says_what_baton_will_do_and_keeps_nothing(dora, baton):
    drawn = (Drawing("P").start().user("A", "Look").element("exclusiveGateway", "Ask", "Which?")
             .user("B").user("C").end().path("Begin", "A", "Ask")
             .flow("Ask", "B", id="b").flow("Ask", "C", id="c")
             .path("B", "Finish").path("C", "Finish").xml())
    said = check(dora, "/journeys/drafts/check", drawn).get_json()
    assert (said["verdict"], said["words"]) == ("runs_with_decisions",
                                                "Runs, with decisions left to people")
    assert "Ask" in {one["element"] for one in said["findings"]}
    with baton.query() as services:
        assert services.intake.journeys() == []


def test_the_check_knows_what_was_chosen_for_the_draft(dora, baton, tmp_path):
    refund = publish_refund(baton, tmp_path / "refund")
    with baton.command() as services:
        draft = services.intake.redraw(refund, refund.drawing, by=None)
        services.intake.change(draft.id, replace(draft.settings, choices={
            "gateways": {"Decide": "flow:agree"}}), by=None)
    alone = check(dora, "/journeys/drafts/check", refund.drawing).get_json()
    known = check(dora, f"/journeys/drafts/check?draft={draft.id}", refund.drawing).get_json()
    version = check(dora, "/journeys/drafts/check?journey=refund&version=1",
                    refund.drawing).get_json()
    assert (alone["verdict"], known["verdict"]) == ("runs_with_decisions", "runs")
    assert version == alone


@pytest.mark.parametrize("body", [b"", b"<html/>", b"\xff\xfe\x00", b"<a" * 1000])
def test_what_is_no_drawing_is_refused_with_a_sentence(dora, body):
    said = check(dora, "/journeys/drafts/check", body)
    assert said.status_code == 422
    assert said.get_json()["detail"].endswith(".")


def test_what_is_no_drawing_is_not_saved(dora, baton):
    dora.get("/journeys/drafts/new?name=Passport&shape=plain")
    assert save(dora, given(dora)["save"], "<html/>").status_code == 422
    sent = dora.client.post("/journeys/drafts/new?name=X", data="nothing", headers={
        "X-CSRFToken": dora.token, "Accept": "application/json"})
    assert sent.status_code == 422
    with baton.query() as services:
        assert services.intake.journeys() == []


def test_staff_may_not_draw(app, baton, tmp_path):
    publish_refund(baton, tmp_path / "refund")
    lin = Visitor(app, "lin")
    for path in ("/journeys/drafts/new", "/journeys/refund/versions/1/draw"):
        lin.get(path)
        assert lin.page.status_code == 403


def test_the_modeler_speaks_chinese(app, baton, tmp_path):
    publish_refund(baton, tmp_path / "refund")
    with baton.query() as services:
        assert services.intake.latest("refund").published_by == SYSTEM.person
    dora = Visitor(app, "dora", language="zh")
    dora.get("/journeys/refund/versions/1/draw")
    assert given(dora)["words"]["condition"] == "条件"
    assert "撤销" in dora.text


def test_a_first_save_never_replaces_a_draft_that_was_made_meanwhile(app, dora, baton, tmp_path):
    publish_refund(baton, tmp_path / "refund")
    address = "/journeys/refund/versions/1/draw"
    dora.get(address)
    seen = given(dora)
    ada = Visitor(app, "ada")
    ada.get(address)
    theirs = seen["xml"].replace('name="Pay the money back"', 'name="Pay"')
    assert save(ada, address, theirs, given(ada)["revision"]).status_code == 200
    refused = save(dora, address, seen["xml"], seen["revision"])
    assert refused.status_code == 409
    assert "made or changed elsewhere" in refused.get_json()["detail"]
    with baton.query() as services:
        [journey] = services.intake.journeys()
        assert b'name="Pay"' in services.intake.draft(journey.draft).drawing


def test_a_draft_that_the_page_showed_is_replaced_unless_its_settings_changed(
        dora, baton, tmp_path):
    refund = publish_refund(baton, tmp_path / "refund")
    with baton.command() as services:
        draft = services.intake.redraw(refund, refund.drawing, by=None)
    address = "/journeys/refund/versions/1/draw"
    dora.get(address)
    seen = given(dora)
    with baton.command() as services:
        services.intake.set_file(draft.id, "forms/other.json", b"{}", by=None)
    assert save(dora, address, seen["xml"], seen["revision"]).status_code == 409
    dora.get(address)
    assert save(dora, address, seen["xml"], given(dora)["revision"]).status_code == 200
