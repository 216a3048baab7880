"""One unit of work a request: committed before the answer, rolled back by any error."""

from __future__ import annotations

import pytest
from flask import Blueprint, abort

from engine.infra.errors import Conflict
from engine.people.access import SYSTEM
from tests.support.web import Visitor
from web.access import public
from web.unit import services


@pytest.fixture
def probe(app):
    """An area of pages that write and then end in different ways."""
    area = Blueprint("probe", __name__)

    def write():
        services().people.departments.create("probe", "Probe", by=SYSTEM)

    @area.route("/probe/<way>", methods=["GET", "POST"])
    @public
    def go(way):
        write()
        if way == "conflict":
            raise Conflict("Someone was faster.")
        if way == "refused":
            return "no", 422
        if way == "missing":
            abort(404)
        if way == "broken":
            raise RuntimeError("a bug")
        return "done"

    @area.get("/unmarked")
    def unmarked():
        return "open to all"

    app._got_first_request = False
    app.register_blueprint(area)
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def _made(baton) -> bool:
    with baton.query() as asked:
        return any(one.key == "probe" for one in asked.people.departments.all())


def test_what_a_view_wrote_is_committed_when_it_returns(probe, baton):
    assert probe.test_client().post("/probe/well").status_code == 200
    assert _made(baton)


@pytest.mark.parametrize(("way", "status"), [("conflict", 409), ("refused", 422),
                                             ("missing", 404)])
def test_an_error_rolls_back(probe, baton, way, status):
    assert probe.test_client().post(f"/probe/{way}").status_code == status
    assert not _made(baton)


def test_a_bug_rolls_back_and_shows_a_page_that_tells_nothing(probe, baton):
    probe.testing = False
    answer = probe.test_client().post("/probe/broken")
    assert answer.status_code == 500
    assert "Nothing was changed" in answer.get_data(as_text=True)
    assert "a bug" not in answer.get_data(as_text=True)
    assert not _made(baton)


def test_reading_requests_change_nothing(probe, baton):
    probe.test_client().get("/probe/well")
    assert not _made(baton)


def test_a_view_without_a_marker_is_refused_to_everyone(probe):
    assert probe.test_client().get("/unmarked").status_code == 403
    assert Visitor(probe, "ada").get("/unmarked").status_code == 403


def test_programs_get_problems_and_htmx_gets_a_message(probe):
    client = probe.test_client()
    problem = client.get("/api/v1/nothing")
    assert problem.status_code == 404
    assert problem.content_type == "application/problem+json"
    assert problem.json["status"] == 404 and problem.json["detail"]
    part = client.post("/probe/conflict", headers={"HX-Request": "true"})
    assert part.headers["HX-Retarget"] == "#messages"
    assert "Someone was faster." in part.get_data(as_text=True)
    assert "<html" not in part.get_data(as_text=True)
