"""Two versions of a journey side by side: what was added, removed, changed and moved."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.infra.errors import Invalid, NotFound
from engine.intake.diff import compare
from engine.intake.records import Draft, Version
from web.access import actor, right
from web.i18n import language, localized, noted
from web.pages.drafts import own_draft
from web.show.comparison import shown
from web.unit import services

blueprint = Blueprint("compare", __name__, url_prefix="/journeys")


@dataclass(frozen=True)
class Side:
    """One of the two: `number` is None for a draft."""

    of: Version | Draft
    number: int | None
    drawing: str


@blueprint.get("/<key>/compare")
@right("journey.read")
def versions(key: str) -> ResponseReturnValue:
    """Two published versions: from= and to= are their numbers, else the two newest."""
    actor().require("journey.read", journey=key)
    intake = services().intake
    latest = intake.latest(key).number
    new = _number("to") or latest
    old = _number("from") or max(new - 1, 1)
    return _page(_version(intake.numbered(key, old)), _version(intake.numbered(key, new)),
                 [one.number for one in intake.versions(key)])


@blueprint.get("/drafts/<uuid:draft_id>/compare")
@right("journey.edit")
def draft(draft_id: UUID) -> ResponseReturnValue:
    """A draft against the latest version. Not found where nothing is published yet."""
    found = own_draft(draft_id)
    try:
        latest = services().intake.latest(found.journey)
    except NotFound:
        raise NotFound(noted("No version of this journey is published yet, so there is nothing "
                             "to compare the draft with.")) from None
    return _page(_version(latest), Side(found, None, url_for("drafts.drawing",
                                                             draft_id=draft_id)), [])


def _number(name: str) -> int | None:
    asked = request.args.get(name, "").strip()
    if asked and not asked.isdecimal():
        raise Invalid(noted("A version is named by its number."), field=name)
    return int(asked) if asked else None


def _version(found: Version) -> Side:
    return Side(found, found.number, url_for("journeys.drawing", key=found.journey,
                                             number=found.number))


def _page(old: Side, new: Side, numbers: list[int]) -> str:
    found = compare(old.of.drawing, new.of.drawing,
                    settings=(old.of.settings, new.of.settings),
                    files=(old.of.files, new.of.files), language=language())
    return render_template("compare/compare.html", old=old, new=new, numbers=numbers,
                           settings=new.of.settings, found=found, key=new.of.journey,
                           **shown(found, old.of.settings, new.of.settings, language(), {
                               each.key: localized(each.name)
                               for each in services().people.departments.all()}))
