"""Decision tables of drafts and versions: read them, and try them out."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.intake.records import Draft, Version
from web.access import right
from web.pages.drafts import own_draft
from web.reach import drawn_version
from web.show.decision import decision_page

blueprint = Blueprint("decisions", __name__, url_prefix="/journeys")


@blueprint.get("/<key>/versions/<int:number>/decisions/<decision>")
@right("journey.read", "case.read", "case.read_all")
def version(key: str, number: int, decision: str) -> ResponseReturnValue:
    """A decision of a version; whoever sees a case of it may see what decided there."""
    return _page(drawn_version(key, number), decision,
                 url_for("journeys.version", key=key, number=number))


@blueprint.get("/drafts/<uuid:draft_id>/decisions/<decision>")
@right("journey.edit")
def draft(draft_id: UUID, decision: str) -> ResponseReturnValue:
    """A decision of a draft."""
    return _page(own_draft(draft_id), decision, url_for("drafts.show", draft_id=draft_id))


def _page(source: Draft | Version, decision: str, home: str) -> ResponseReturnValue:
    hit = [number for number in request.args.getlist("hit", type=int) if number > 0]
    shown = decision_page(source, decision, request.args, hit)
    return render_template("journeys/decision.html", source=source, home=home, **shown)
