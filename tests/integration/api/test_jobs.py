"""Background jobs over REST: found, looked at, tried again, cancelled."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.jobs.worker import TryAgain
from engine.jobs.workers import worker_for
from tests.integration.api.conftest import Program


@pytest.fixture
def ada(program) -> Program:
    """The administrator."""
    return program("ada")


@pytest.fixture
def jobs(baton, now) -> list[str]:
    """Three jobs, the newest first."""
    made = []
    for number in range(3):
        with baton.command() as services:
            made.append(str(services.jobs.defer(
                "import-log", {"host": "files.example", "options": {"number": number}},
                by=None).id))
        now.advance(timedelta(seconds=1))
    return made[::-1]


def _stumble(baton) -> None:
    def busy(job: object) -> None:
        raise TryAgain("The host is busy.", timedelta(minutes=3))

    worker_for(baton.database, {"import-log": busy}, baton.now).run_one()


def test_jobs_are_listed_newest_first_page_by_page(ada, jobs):
    first = ada.get("/jobs", limit=2).json
    assert [job["id"] for job in first["items"]] == jobs[:2]
    rest = ada.get("/jobs", limit=2, cursor=first["next"]).json
    assert [job["id"] for job in rest["items"]] == jobs[2:]
    assert rest["next"] is None
    assert ada.get("/jobs", cursor="nothing").status_code == 422
    assert ada.get("/jobs", state="done").json["items"] == []
    assert len(ada.get("/jobs", kind="import-log", state="queued").json["items"]) == 3


def test_the_jobs_of_one_case_are_found_by_it(ada, lin, jobs):
    case = lin.post("/cases", {"journey": "claim"}).json
    assert ada.get("/jobs", case=case["number"]).json["items"] == []
    assert ada.get("/jobs", case="CLA-2026-99999").status_code == 404


def test_one_that_rests_says_why_and_is_tried_at_once(ada, baton, now, jobs):
    _stumble(baton)
    resting = ada.get(f"/jobs/{jobs[-1]}").json
    assert (resting["state"], resting["tries"], resting["error"]) == (
        "queued", 1, "The host is busy.")
    assert resting["next_try"] == (now() + timedelta(minutes=3)).isoformat()
    assert "options" not in str(resting) and resting["host"] == "files.example"
    tried = ada.post(f"/jobs/{jobs[-1]}/retry").json
    assert tried["next_try"] == now().isoformat()


def test_a_job_is_cancelled_once(ada, jobs):
    cancelled = ada.post(f"/jobs/{jobs[0]}/cancel")
    assert (cancelled.status_code, cancelled.json["state"]) == (200, "cancelled")
    assert ada.post(f"/jobs/{jobs[0]}/cancel").status_code == 409
    assert ada.post(f"/jobs/{jobs[0]}/retry").json["state"] == "queued"


def test_only_administrators_see_jobs(program, ada, max_, jobs):
    assert max_.get("/jobs").status_code == 403
    assert program().get("/jobs").status_code == 401
    token = program("ada", scopes=["case.read"])
    assert token.get(f"/jobs/{jobs[0]}").status_code == 403
    assert ada.get(f"/jobs/{jobs[0][:-4]}0000").status_code == 404
