"""Drawing a journey in the browser; what is saved is a draft like any that is uploaded."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import Blueprint, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from engine.infra.errors import Conflict, Invalid
from engine.intake.blank import blank_drawing
from engine.intake.pack import Pack
from engine.intake.records import Draft, Version
from engine.intake.settings import JourneySettings
from web.access import actor, right
from web.forms.modeler import NewDrawingForm
from web.i18n import localized, noted
from web.pages.drafts import own_draft
from web.reach import own_version
from web.show.fingerprint import fingerprint
from web.show.modeler import modeler_words, verdict
from web.unit import reads_only, services

blueprint = Blueprint("modeler", __name__, url_prefix="/journeys")


@blueprint.get("/drafts/new")
@right("journey.edit")
def new() -> ResponseReturnValue:
    """Ask what the journey is called, then an empty drawing."""
    form = NewDrawingForm(request.args, meta={"csrf": False})
    if not request.args or not form.validate():
        return render_template("modeler/new.html", form=form), 422 if request.args else 200
    name, pool = str(form.name.data).strip(), form.shape.data == "pool"
    return _modeler(name, blank_drawing(name, pool=pool), fresh=True,
                    save=url_for(".save_new", name=name), check=url_for(".check"))


@blueprint.post("/drafts/new")
@right("journey.edit")
def save_new() -> ResponseReturnValue:
    """The first save: a draft of a journey of its own."""
    intake = services().intake
    drawing, _seen = _sent()
    name = request.args.get("name", "").strip()[:120]
    made = intake.take_in(Pack(drawing, name=name), by=actor().person,
                          apart={one.key for one in intake.journeys()})
    actor().require("journey.edit", journey=made.journey)
    return _saved(made)


@blueprint.get("/drafts/<uuid:draft_id>/draw")
@right("journey.edit")
def draft(draft_id: UUID) -> ResponseReturnValue:
    """Go on drawing a draft."""
    found = own_draft(draft_id)
    return _modeler(localized(found.settings.name), _picture(found), revision=_revision(found),
                    save=url_for(".save_draft", draft_id=draft_id), draft=found,
                    check=url_for(".check", draft=draft_id))


@blueprint.post("/drafts/<uuid:draft_id>/draw")
@right("journey.edit")
def save_draft(draft_id: UUID) -> ResponseReturnValue:
    """Save the drawing into its draft, unless somebody has saved another one since."""
    own_draft(draft_id)
    drawing, seen = _sent()
    found = services().intake.hold(draft_id)
    if seen != _revision(found):
        raise Conflict(noted("This drawing was changed elsewhere since you opened it. Open it "
                             "again in another window and bring your changes together."))
    return _saved(services().intake.redraw(found, drawing, by=actor().person))


@blueprint.get("/<key>/versions/<int:number>/draw")
@right("journey.edit")
def version(key: str, number: int) -> ResponseReturnValue:
    """Draw the next version, beginning with a published one."""
    found, waiting = own_version(key, number, "journey.edit"), _waiting(key)
    return _modeler(localized(found.settings.name), _picture(found),
                    revision=fingerprint(waiting) if waiting else "",
                    save=url_for(".save_version", key=key, number=number), version=found,
                    check=url_for(".check", journey=key, version=number), waiting=waiting)


@blueprint.post("/<key>/versions/<int:number>/draw")
@right("journey.edit")
def save_version(key: str, number: int) -> ResponseReturnValue:
    """The first save after a published version: the draft of the next one.

    A draft that waits is only replaced as it was when the page said that it would be.
    """
    found = own_version(key, number, "journey.edit")
    drawing, seen = _sent()
    waiting = _waiting(key)
    if waiting is not None and seen != fingerprint(services().intake.hold(waiting.id)):
        raise Conflict(noted("This journey's draft was made or changed elsewhere since you opened "
                             "this drawing. Open the draft in another window and bring your "
                             "changes together."))
    return _saved(services().intake.redraw(found, drawing, by=actor().person))


@blueprint.post("/drafts/check")
@right("journey.edit")
@reads_only
def check() -> ResponseReturnValue:
    """What Baton would do with the drawing that is sent; nothing is kept."""
    drawing = request.get_data()
    known = _known()
    return jsonify(verdict(services().intake.understand(replace(known, drawing=drawing))))


def _known() -> Draft:
    """The settings and files with which a drawing is checked, as a draft."""
    if draft_id := request.args.get("draft", type=UUID):
        return own_draft(draft_id)
    nobody = Draft(UUID(int=0), "new", b"", JourneySettings("new", {}, "N"), {},
                   datetime.fromtimestamp(0, UTC), None)
    if key := request.args.get("journey"):
        version = own_version(key, request.args.get("version", 1, int), "journey.edit")
        return replace(nobody, settings=version.settings, files=version.files)
    return nobody


def _waiting(key: str) -> Draft | None:
    """The draft of a journey's next version, if there is one."""
    intake = services().intake
    found = next((one.draft for one in intake.journeys() if one.key == key), None)
    return intake.draft(found) if found is not None else None


def _modeler(title: str, drawing: bytes, *, save: str, check: str, revision: str = "",
             fresh: bool = False, **more: Any) -> str:
    given = {"xml": drawing.decode(), "save": save, "check": check, "revision": revision,
             "fresh": fresh, "words": modeler_words()}
    return render_template("modeler/modeler.html", title=title, given=given, **more)


def _picture(found: Draft | Version) -> bytes:
    """The drawing with its drawn names, laid out where it came without a picture."""
    drawing: bytes = services().intake.drawing(found, "")
    return drawing


def _sent() -> tuple[bytes, str]:
    """The drawing that was sent, and the revision of the draft that it began with."""
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict) or not isinstance(sent.get("xml"), str):
        raise Invalid(noted("The drawing did not arrive. Save it once more."))
    return sent["xml"].encode("utf-8", "surrogatepass"), str(sent.get("revision", ""))


def _saved(made: Draft) -> ResponseReturnValue:
    return jsonify(
        message=gettext("Saved."), revision=_revision(made),
        address=url_for(".draft", draft_id=made.id),
        save=url_for(".save_draft", draft_id=made.id), check=url_for(".check", draft=made.id),
        draft=url_for("drafts.show", draft_id=made.id))


def _revision(found: Draft) -> str:
    return sha256(found.drawing).hexdigest()[:16]
