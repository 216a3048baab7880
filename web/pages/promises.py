"""Promises: what is at risk now, first; then how each standard is kept, down to its cases."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from engine.infra.errors import NotFound
from web.access import actor, right
from web.i18n import localized
from web.unit import services

blueprint = Blueprint("promises", __name__, url_prefix="/promises")

OUTCOMES = {"kept": lazy_gettext("Kept"), "missed": lazy_gettext("Kept too late"),
            "open": lazy_gettext("Open"), "broken": lazy_gettext("Open and broken")}


@blueprint.get("")
@right("promise.read")
def index() -> ResponseReturnValue:
    """Open promises by urgency, and the figures of all standards."""
    departments = {d.key: localized(d.name) for d in services().people.departments.all()}
    chosen = request.args.get("department") or None
    allowed = actor().departments_with("promise.read")
    wanted = allowed if chosen is None else frozenset({chosen}) & (allowed or frozenset({chosen}))
    return render_template(
        "promises/index.html", clocks=services().promises.at_risk(departments=wanted, limit=100),
        kept=services().promises.summary(), departments=departments, chosen=chosen,
        journeys=_journey_names(), now=services().now())


@blueprint.get("/<journey>/<standard>/<outcome>")
@right("promise.read")
def cases(journey: str, standard: str, outcome: str) -> ResponseReturnValue:
    """The cases behind one figure."""
    if outcome not in OUTCOMES:
        raise NotFound("There is no such figure.")
    actor().require("promise.read", journey=journey)
    one = next((k for k in services().promises.summary()
                if (k.journey, k.standard) == (journey, standard)), None)
    if one is None:
        raise NotFound("There is no such promise.")
    return render_template(
        "promises/cases.html", one=one, outcome=OUTCOMES[outcome], journeys=_journey_names(),
        clocks=services().promises.cases_with(journey, standard, outcome))


def _journey_names() -> dict[str, str]:
    return {j.key: localized(j.settings.name) for j in services().intake.journeys()}
