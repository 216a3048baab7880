"""Search: cases by number or customer, journeys and people by name; a page, and the JSON that
the command box (Ctrl K) asks for.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from flask import Blueprint, current_app, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from engine.people.access import Actor
from engine.runtime.views import CaseFilter
from web.access import actor, signed_in
from web.i18n import localized
from web.unit import services

blueprint = Blueprint("search", __name__)

_MOST = 12
_LONGEST = 100


@dataclass(frozen=True)
class Hit:
    """Something found: what it is called, what kind of thing it is, and its page."""

    title: str
    kind: str
    url: str
    icon: str


@blueprint.get("/search")
@signed_in
def index() -> ResponseReturnValue:
    """What `q` finds among that which the person may see."""
    text = request.args.get("q", "").strip()[:_LONGEST]
    hits = find(text, actor()) if text else []
    if request.accept_mimetypes.best == "application/json":
        return jsonify(results=[asdict(hit) for hit in hits])
    return render_template("search/results.html", text=text, hits=hits)


def find(text: str, who: Actor) -> list[Hit]:
    """At most _MOST hits of each kind, cases first."""
    hits = _cases(text, who) if "cases.case" in current_app.view_functions else []
    wanted = text.casefold()
    if who.may_anywhere("journey.read"):
        hits += [Hit(localized(one.settings.name), gettext("Journey"),
                     url_for("journeys.journey", key=one.key), "route")
                 for one in services().intake.journeys() if one.number
                 and any(wanted in name.casefold() for name in one.settings.name.values())][:_MOST]
    if who.may_anywhere("people.admin"):
        hits += [Hit(one.name, gettext("Person"), url_for("people.show", person=one.id), "user")
                 for one in services().people.persons.all()
                 if wanted in one.name.casefold() or wanted in one.login][:_MOST]
        hits += [Hit(localized(one.name), gettext("Department"),
                     url_for("departments.show", key=one.key), "users-group")
                 for one in services().people.departments.all()
                 if any(wanted in name.casefold() for name in one.name.values())][:_MOST]
    return hits


def _cases(text: str, who: Actor) -> list[Hit]:
    customers = services().people.customers
    found = customers.search(text) if who.may_anywhere("customer.read") else []
    page = services().cases.page(
        CaseFilter(who.visible(), text=text, customers=tuple(one.id for one in found)), _MOST)
    names = customers.names({case.customer for case in page.cases if case.customer})
    return [Hit(" · ".join(filter(None, (case.number, names.get(case.customer)))),
                gettext("Case"), url_for("cases.case", reference=case.number), "folder")
            for case in page.cases]
