"""Incidents over all cases, alike ones together; and one deed on many cases."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.infra.errors import DomainError, Invalid
from engine.runtime.bulk import MOST
from engine.runtime.incidents import IncidentFilter
from engine.runtime.views import CaseFilter
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
    cases = list(dict.fromkeys(one.case_id for one in
                               services().operations.incidents(where, MOST)))
    return _begin("retry", cases, element=where.element, message=where.message)


@blueprint.post("/cases/bulk")
@right("case.operate", "case.cancel", "incident.resolve")
def bulk() -> ResponseReturnValue:
    """Do one thing to the chosen cases, or to all that the filter finds."""
    cases = _all_found() if request.form.get("which") == "all" else [
        UUID(each) for each in request.form.getlist("case")]
    return _begin(request.form.get("deed", ""), cases)


@blueprint.get("/cases/runs/<uuid:run_id>")
@right("case.operate", "case.cancel", "incident.resolve")
def run(run_id: UUID) -> ResponseReturnValue:
    """How far a run over many cases has come, and what came of each."""
    found = services().bulk.get(run_id, actor())
    return render_template("incidents/run.html", run=found, deeds=shown.deeds(),
                           results=shown.results(services().bulk.results(run_id)))


def _begin(deed: str, cases: list[UUID], **meant: str | None) -> ResponseReturnValue:
    try:
        made = services().bulk.begin(deed, cases, by=actor(),
                                     reason=request.form.get("reason", ""), **meant)
    except Invalid as error:
        return _back(error)
    return redirect(url_for(".run", run_id=made.id))


def _back(error: DomainError) -> ResponseReturnValue:
    abandon()
    flash(sentence(error), "error")
    return redirect(url_for("cases.index", **{key: value for key in ("q", "state", "journey",
                    "priority") if (value := request.form.get(key))}))


def _asked() -> IncidentFilter:
    mine = bool(request.args.get(_MINE))
    return IncidentFilter(
        actor().visible(), journey=request.args.get("journey") or None,
        element=request.args.get("element") or None, message=request.args.get("message") or None,
        owner=actor().person if mine else None,
        departments=actor().departments if mine else frozenset())


def _all_found() -> list[UUID]:
    """The cases that the list's filter finds, as many as one run may have and one more."""
    text = request.form.get("q", "").strip()
    found: list[UUID] = []
    after = None
    while len(found) <= MOST:
        page = services().cases.page(CaseFilter(
            visible=actor().visible(), state=request.form.get("state") or None,
            journey=request.form.get("journey") or None, text=text or None,
            priority=request.form.get("priority") or None, number_after=after,
            customers=tuple(c.id for c in services().people.customers.search(text))
            if text else ()), 200)
        found += [case.id for case in page.cases]
        after = page.next
        if after is None:
            break
    return found


def _journeys() -> dict[str, str]:
    return {j.key: localized(j.settings.name) for j in services().intake.journeys() if j.number}
