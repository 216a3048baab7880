"""Runs over many cases: how far one has come, what came of each case, and stopping it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.infra.errors import Conflict
from engine.runtime.bulk.deed import STATES
from web.access import actor, right
from web.errors import sentence
from web.i18n import localized
from web.show import runs as shown
from web.unit import abandon, services

blueprint = Blueprint("runs", __name__, url_prefix="/runs")

#: Who can begin one.
_RIGHTS = ("case.operate", "case.cancel", "case.move", "incident.resolve", "job.read")


@blueprint.get("")
@right(*_RIGHTS)
def index() -> ResponseReturnValue:
    """What was done to many cases, the latest first."""
    found = services().runs.find(actor(), limit=shown.LATEST)
    names = services().people.persons.names({run.created_by for run in found if run.created_by})
    journeys = {each.key: localized(each.settings.name) for each in services().intake.journeys()}
    return render_template("runs/index.html", runs=found, deeds=shown.DEEDS, states=shown.STATES,
                           people=names, journeys=journeys)


@blueprint.get("/<uuid:run_id>")
@right(*_RIGHTS)
def run(run_id: UUID) -> ResponseReturnValue:
    """How far a run has come, and what came of each case."""
    found = services().runs.get(run_id, actor())
    state = request.args.get("state", "")
    results = services().runs.results(run_id, state=state if state in STATES else None,
                                      limit=shown.MOST, trouble_first=True)
    return render_template("runs/run.html", run=found, state=state, states=shown.STATES,
                           most=shown.MOST, **shown.view(found, results))


@blueprint.post("/<uuid:run_id>/stop")
@right(*_RIGHTS)
def stop(run_id: UUID) -> ResponseReturnValue:
    """Leave the cases that still wait as they are."""
    try:
        services().runs.stop(run_id, by=actor())
    except Conflict as error:
        abandon()
        flash(sentence(error), "warning")
    return redirect(url_for(".run", run_id=run_id))
