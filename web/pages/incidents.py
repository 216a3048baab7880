"""Incidents over all cases, alike ones together."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.infra.errors import Invalid
from engine.runtime.bulk.runs import MOST
from engine.runtime.incidents import IncidentFilter
from web.access import actor, right
from web.errors import sentence
from web.i18n import localized
from web.show import incidents as shown
from web.show.people import department_names
from web.unit import abandon, services

blueprint = Blueprint("incidents", __name__)

_MINE = "mine"


@blueprint.get("/incidents")
@right("incident.resolve", "case.read_all")
def index() -> ResponseReturnValue:
    """Open incidents of the cases that one may see: what is alike stands together."""
    where = _asked()
    found = services().operations.incidents(where, 100)
    return render_template(
        "incidents/index.html", groups=shown.groups(services().operations.alike(where)),
        lines=shown.lines(found, department_names()), journeys=_journeys(), args=request.args)


@blueprint.post("/incidents/retry")
@right("incident.resolve")
def retry() -> ResponseReturnValue:
    """Try a step again in all cases in which it failed with the same message."""
    where = IncidentFilter(actor().visible(), journey=request.form.get("journey"),
                           element=request.form.get("element") or None,
                           message=request.form.get("message"))
    cases = services().operations.cases_with(where, MOST + 1)
    try:
        made = services().runs.begin("retry", cases, by=actor(), what={
            "element": where.element, "message": where.message})
    except Invalid as error:
        abandon()
        flash(sentence(error), "error")
        return redirect(url_for(".index"))
    return redirect(url_for("runs.run", run_id=made.id))


def _asked() -> IncidentFilter:
    mine = bool(request.args.get(_MINE))
    return IncidentFilter(
        actor().visible(), journey=request.args.get("journey") or None,
        element=request.args.get("element") or None, message=request.args.get("message") or None,
        owner=actor().person if mine else None,
        departments=actor().departments if mine else frozenset())


def _journeys() -> dict[str, str]:
    return {j.key: localized(j.settings.name) for j in services().intake.journeys() if j.number}
