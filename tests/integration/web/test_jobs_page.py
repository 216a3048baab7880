"""The page of background jobs: what waits, what failed, trying now and cancelling."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from flask import Flask

from engine.intake.service_call import ServiceCall
from engine.jobs.worker import TryAgain
from engine.jobs.workers import worker_for
from engine.wiring import Baton
from tests.support.intake import line
from tests.support.web import Visitor


def test_an_administrator_sees_jobs_tries_one_now_and_cancels_it(app: Flask,
                                                                 baton: Baton) -> None:
    with baton.command() as services:
        job = services.jobs.defer("import-log", {}, by=None)

    def fails(job: object) -> None:
        raise TryAgain("The host refused the connection.", timedelta(hours=1))

    worker_for(baton.database, {"import-log": fails}, baton.now).run_one()
    admin = Visitor(app, "ada")
    admin.get("/administration/jobs")
    assert "The host refused the connection." in admin.text
    assert "1 / 5" in admin.text
    admin.post(f"/administration/jobs/{job.id}/retry")
    with baton.query() as services:
        assert services.jobs.get(job.id).run_at <= baton.now()
    admin.post(f"/administration/jobs/{job.id}/cancel")
    with baton.query() as services:
        assert services.jobs.get(job.id).state == "cancelled"


def test_a_call_that_is_cancelled_leaves_an_incident_and_can_be_tried_again(app: Flask,
                                                                            baton: Baton) -> None:
    with baton.command() as services:
        draft = services.intake.upload("o.bpmn", line('<serviceTask id="s" name="Ask"/>'), by=None)
        settings = replace(draft.settings, department="billing").with_step(
            "s", call=ServiceCall("http://crm.example.org/x", on=False))
        services.intake.change(draft.id, settings, by=None)
    baton.settings = replace(baton.settings, allowed_hosts="crm.example.org")
    with baton.command() as services:
        services.intake.change(draft.id, settings.with_step(
            "s", call=ServiceCall("http://crm.example.org/x")), by=None)
        version = services.intake.publish(draft.id, by=None).id
    with baton.command() as services:
        case = services.cases.start(version)
    with baton.query() as services:
        [job] = services.jobs.all()
    admin = Visitor(app, "ada", language="zh")
    admin.get("/administration/jobs")
    assert case.number in admin.text
    assert "crm.example.org" in admin.text
    admin.post(f"/administration/jobs/{job.id}/cancel")
    with baton.query() as services:
        [incident] = services.cases.incidents(case.id)
        assert (incident.element, incident.kind) == ("s", "service")
    admin.post(f"/administration/jobs/{job.id}/retry")
    with baton.query() as services:
        assert services.jobs.get(job.id).state == "queued"


def test_who_is_no_administrator_does_not_see_jobs(app: Flask) -> None:
    assert Visitor(app, "lin").get("/administration/jobs").status_code == 403
