"""One deed on many cases: asked from the list of cases, and asked again before it is done."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from engine.infra.errors import Invalid
from engine.runtime.bulk.runs import MOST
from web.access import actor, right
from web.errors import sentence
from web.forms.many import FILTER, Many, sent_many
from web.i18n import localized
from web.pages.cases import case_list
from web.show.runs import many_cases
from web.unit import abandon, services

blueprint = Blueprint("many", __name__)


@blueprint.get("/cases/many")
@right("case.operate", "case.cancel", "incident.resolve")
def again() -> ResponseReturnValue:
    """The list, for who comes back to the address of what was sent."""
    return redirect(url_for("cases.index"))


@blueprint.post("/cases/many")
@right("case.operate", "case.cancel", "incident.resolve")
def begin() -> ResponseReturnValue:
    """Do one thing to the ticked cases, or to all that the filter finds."""
    many = sent_many()
    if "back" in request.form:
        return case_list(request.form, many)
    cases = services().cases.found(many.where(), MOST + 1)
    if not cases:
        return _wrong(many, gettext("Tick the cases first, or take all that the filter finds."))
    try:
        services().runs.require(many.deed, many.reason, actor())
        if many.asks and many.confirmed != len(cases) <= MOST:
            return _ask(many, cases)
        made = services().runs.begin(many.deed, cases, by=actor(), reason=many.reason)
    except Invalid as error:
        return _wrong(many, sentence(error))
    return redirect(url_for("runs.run", run_id=made.id))


def _ask(many: Many, cases: list[UUID]) -> str:
    """The second step: exactly how many, of which journeys."""
    found = services().cases.by_ids(cases)
    names = {j.key: localized(j.settings.name) for j in services().intake.journeys()}
    journeys = Counter(names.get(case.journey, case.journey) for case in found.values())
    return render_template(
        "cases/many.html", many=many, found=[found[case] for case in cases],
        title=many_cases(many.deed, len(cases)), journeys=journeys.most_common(),
        kept={key: request.form[key] for key in FILTER if request.form.get(key)})


def _wrong(many: Many, trouble: str) -> ResponseReturnValue:
    abandon()
    return case_list(request.form, replace(many, trouble=trouble)), 422
