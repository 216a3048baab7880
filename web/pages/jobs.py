"""Administration: background jobs, what they wait for, and what became of them."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from engine.jobs.service import STATES
from web.access import right
from web.unit import services

blueprint = Blueprint("jobs", __name__, url_prefix="/administration/jobs")
KINDS = {"service": lazy_gettext("Service call"), "import-log": lazy_gettext("Import of a log")}
LEVELS = {"failed": "red", "running": "accent", "done": "green", "queued": "plain",
          "cancelled": "plain"}
_SHOWN = 200


@blueprint.get("")
@right("people.admin")
def index() -> ResponseReturnValue:
    """The newest jobs, of one state where `?state=` says so."""
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    jobs = services().jobs.all(state=state or None, limit=_SHOWN)
    cases = services().cases.by_ids({job.waiter.case for job in jobs if job.waiter is not None})
    labels = {}
    for job in jobs:
        if job.waiter is not None and job.waiter.case in cases:
            version = services().runnable.get(cases[job.waiter.case].version_id,
                                              services().intake.version)
            drawn = version.model.by_drawn_id(job.waiter.element)
            labels[job.id] = drawn.name if drawn is not None else job.waiter.element
    return render_template("jobs/list.html", jobs=jobs, cases=cases, labels=labels, state=state,
                           states=STATES, levels=LEVELS, kinds=KINDS,
                           counts=services().jobs.counts())


@blueprint.post("/<uuid:job_id>/retry")
@right("people.admin")
def retry(job_id: UUID) -> ResponseReturnValue:
    """Try a job now: one that rests, or that has failed."""
    services().cases.service_calls.try_now(services().jobs.get(job_id))
    flash(gettext("It is tried now."), "success")
    return redirect(url_for(".index"))


@blueprint.post("/<uuid:job_id>/cancel")
@right("people.admin")
def cancel(job_id: UUID) -> ResponseReturnValue:
    """Cancel a job; a step that waits for it gets an incident, so that nothing is lost."""
    services().cases.service_calls.call_off(services().jobs.get(job_id))
    flash(gettext("It is cancelled."), "success")
    return redirect(url_for(".index"))
