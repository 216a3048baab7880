"""A grant for one journey reaches no other, whatever the address."""

from __future__ import annotations

import io
import re
from uuid import UUID, uuid4

import pytest

from engine.people.access import SYSTEM
from tests.support.refund import publish_refund
from tests.support.web import PASSWORD, Visitor

_PLACES = ("/journeys/", "/insight/journeys/", "/api/v1/journeys/")


@pytest.fixture
def refund(baton, tmp_path):
    return publish_refund(baton, tmp_path / "refund")


def hired(baton, login: str, *rights: str, journey: str | None) -> None:
    """Somebody whose rights reach only `journey`."""
    with baton.command() as services:
        people = services.people
        person = people.persons.create(login, login.title(), by=SYSTEM)
        people.accounts.set_password(person.id, PASSWORD, by=SYSTEM)
        for each in rights:
            people.accounts.grant(person.id, each, journey=journey, by=SYSTEM)


def addresses(app, draft) -> list[tuple[str, str]]:
    """(method, address) of every route about one journey, one of its versions or its draft."""
    values = {"key": "refund", "number": "1", "rank": "1", "draft_id": str(draft),
              "standard": "first", "place": "0", "decision": "Limit",
              "run_id": str(UUID(int=1))}
    found = []
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(_PLACES) and rule.arguments & {"key", "draft_id"}:
            address = re.sub(r"<(?:\w+:)?(\w+)>", lambda m: values[m.group(1)], rule.rule)
            found += [(method, address) for method in rule.methods & {"GET", "POST"}]
    return sorted(found)


def answers(app, login: str, wanted: list[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """What each address answers to somebody."""
    visitor = Visitor(app, login)
    visitor.get("/journeys")
    secret = visitor.client.post("/api/v1/tokens", json={"login": login, "password": PASSWORD})
    headers = {"X-CSRFToken": visitor.token}
    token = {"Authorization": f"Bearer {secret.get_json()['token']}"}
    return {(method, at): visitor.client.open(
        at, method=method, headers=token if at.startswith("/api") else headers).status_code
        for method, at in wanted}


def test_a_designer_of_another_journey_reaches_nothing_of_this_one(app, baton, refund):
    with baton.command() as services:
        draft = services.intake.redraw(refund, refund.drawing, by=None)
    hired(baton, "dan", "designer", journey="parking")
    wanted = addresses(app, draft.id)
    assert len(wanted) > 30
    reached = {at: status for at, status in answers(app, "dan", wanted).items()
               if status not in (403, 404)}
    assert reached == {}
    with baton.query() as services:
        assert services.intake.draft(draft.id) == draft


def test_a_designer_of_this_journey_reads_all_of_it(app, baton, refund):
    hired(baton, "dan", "designer", journey="refund")
    # It has no decision tables; moving its cases is for those who look after them.
    others = ("/drafts/", "breakpoints", "/decisions/", "/move")
    wanted = [(method, at) for method, at in addresses(app, uuid4())
              if method == "GET" and not any(each in at for each in others)]
    assert set(answers(app, "dan", wanted).values()) == {200}


def test_a_drawing_is_checked_with_ones_own_journeys_only(app, baton, refund):
    hired(baton, "dan", "designer", journey="parking")
    dan = Visitor(app, "dan")
    dan.get("/journeys")
    said = dan.client.post("/journeys/drafts/check?journey=refund", data=refund.drawing,
                           headers={"X-CSRFToken": dan.token})
    assert said.status_code == 403


def test_who_may_not_edit_a_new_journey_leaves_no_draft_of_it(app, baton, refund):
    hired(baton, "dan", "designer", journey="parking")
    dan = Visitor(app, "dan")
    dan.get("/journeys")
    said = dan.client.post("/journeys/drafts/new?name=Passport", headers={
        "X-CSRFToken": dan.token}, json={"xml": refund.drawing.decode()})
    assert said.status_code == 403
    assert dan.post("/journeys", file=[(io.BytesIO(refund.drawing), "a.bpmn")]).status_code == 403
    with baton.query() as services:
        assert {(one.key, one.draft) for one in services.intake.journeys()} == {("refund", None)}


def test_the_drawing_is_shown_to_those_who_see_a_case_of_it(app, baton, refund):
    at = [("GET", "/journeys/refund/versions/1/drawing.bpmn"),
          ("GET", "/api/v1/journeys/refund/versions/1/drawing")]
    hired(baton, "cai", "case.read_all", journey="refund")
    hired(baton, "eve", "case.read_all", journey="parking")
    assert set(answers(app, "cai", at).values()) == {403}, "there is no case yet"
    with baton.command() as services:
        services.cases.start(refund.id, data={"subject": "Cup"})
    assert set(answers(app, "cai", at).values()) == {200}
    assert set(answers(app, "eve", at).values()) == {403}
