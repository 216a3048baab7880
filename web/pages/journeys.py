"""Journeys: upload a drawing, see what Baton makes of it, prepare it, publish it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from engine.infra.errors import DomainError
from engine.intake.records import Draft, Version
from engine.intake.settings import JourneySettings
from engine.people.access import Actor
from web.access import actor, right
from web.errors import sentence, status_of
from web.forms.journeys import UNITS, SettingsForm, StandardForm, UploadForm
from web.i18n import language, localized
from web.show.drawing import finding_marks, findings
from web.unit import abandon, services

blueprint = Blueprint("journeys", __name__, url_prefix="/journeys")


@blueprint.get("")
@right("journey.read")
def index() -> ResponseReturnValue:
    """All journeys, and the place to drop a drawing."""
    return _index(UploadForm())


@blueprint.post("")
@right("journey.edit")
def upload() -> ResponseReturnValue:
    """Take in a drawing as a draft."""
    form = UploadForm()
    if not form.validate():
        return _index(form), 422
    try:
        return _taken(form, journey=None)
    except DomainError as error:
        abandon()
        form.file.errors = [sentence(error)]
        return _index(form), status_of(error)


@blueprint.get("/<key>")
@right("journey.read")
def journey(key: str) -> ResponseReturnValue:
    """The latest version of a journey."""
    return _journey(services().intake.latest(key), UploadForm())


@blueprint.post("/<key>")
@right("journey.edit")
def upload_next(key: str) -> ResponseReturnValue:
    """Take in a drawing as the draft of the next version."""
    form = UploadForm()
    if form.validate():
        try:
            return _taken(form, journey=key)
        except DomainError as error:
            abandon()
            form.file.errors = [sentence(error)]
    return _journey(services().intake.latest(key), form), 422


@blueprint.get("/<key>/versions/<int:number>")
@right("journey.read")
def version(key: str, number: int) -> ResponseReturnValue:
    """One version of a journey."""
    return _journey(services().intake.numbered(key, number), UploadForm())


@blueprint.get("/<key>/versions/<int:number>/drawing.bpmn")
@right("journey.read", "case.read", "case.read_all")
def drawing(key: str, number: int) -> ResponseReturnValue:
    """A version's drawing: in the reader's language, or byte for byte as drawn, or as adapted."""
    found = services().intake.numbered(key, number)
    name = f"{key}-v{number}.bpmn"
    if request.args.get("as") == "drawn":
        return _xml(found.drawing, download=name)
    if request.args.get("as") == "adapted":
        return _xml(found.adapted, download=f"{key}-v{number}-adapted.bpmn")
    return _xml(services().intake.drawing(found, language()))


@blueprint.get("/drafts/<uuid:draft_id>")
@right("journey.edit")
def draft(draft_id: UUID) -> ResponseReturnValue:
    """A draft: what Baton understood, and what is still to be said."""
    return _draft(services().intake.draft(draft_id))


@blueprint.get("/drafts/<uuid:draft_id>/drawing.bpmn")
@right("journey.edit")
def draft_drawing(draft_id: UUID) -> ResponseReturnValue:
    """A draft's drawing in the reader's language."""
    intake = services().intake
    return _xml(intake.drawing(intake.draft(draft_id), language()))


@blueprint.post("/drafts/<uuid:draft_id>/settings")
@right("journey.edit")
def set_settings(draft_id: UUID) -> ResponseReturnValue:
    """Name, owner and lanes."""
    intake = services().intake
    found = intake.draft(draft_id)
    form = _settings_form(found.settings)
    if not form.validate():
        return _draft(found, settings_form=form), 422
    settings = replace(found.settings, name=_texts(form.name_en.data, form.name_zh.data),
                       department=form.department.data)
    for lane in intake.understand(found).lanes:
        settings = settings.with_lane(lane.id, request.form.get(f"lane:{lane.id}", ""))
    intake.change(draft_id, settings, by=_me().person)
    flash(gettext("Saved."), "success")
    return redirect(url_for(".draft", draft_id=draft_id))


@blueprint.post("/drafts/<uuid:draft_id>/standards")
@right("journey.edit")
def add_standard(draft_id: UUID) -> ResponseReturnValue:
    """Add a promise to the journey or to a step."""
    intake = services().intake
    found = intake.draft(draft_id)
    form = _standard_form(found, intake.understand(found).steps)
    if not form.validate():
        return _draft(found, standard_form=form), 422
    stop = form.stop.data
    taken = {str(s.get("key")) for s in found.settings.standards}
    intake.change(draft_id, found.settings.with_standard({
        "key": _free_key(form.name_en.data, taken),
        "name": _texts(form.name_en.data, form.name_zh.data),
        "target": f"{form.amount.data} {form.unit.data}",
        "start": "case" if stop == "case" else stop, "stop": stop}), by=_me().person)
    flash(gettext("Added."), "success")
    return redirect(url_for(".draft", draft_id=draft_id, _anchor="standards"))


@blueprint.post("/drafts/<uuid:draft_id>/standards/<standard>/remove")
@right("journey.edit")
def remove_standard(draft_id: UUID, standard: str) -> ResponseReturnValue:
    """Take a promise out of the draft."""
    intake = services().intake
    found = intake.draft(draft_id)
    intake.change(draft_id, found.settings.without_standard(standard), by=_me().person)
    return redirect(url_for(".draft", draft_id=draft_id, _anchor="standards"))


@blueprint.post("/drafts/<uuid:draft_id>/publish")
@right("journey.publish")
def publish(draft_id: UUID) -> ResponseReturnValue:
    """Publish the draft as the journey's next version."""
    from web.unit import finish  # the commit may refuse: its rooms hear the fact only then

    found = services().intake.draft(draft_id)
    _me().require("journey.publish", journey=found.journey)
    try:
        made = services().intake.publish(draft_id, by=_me().person)
        services().journal.deliver()
    except DomainError as error:
        abandon()
        flash(sentence(error), "error")
        return _draft(services().intake.draft(draft_id)), status_of(error)
    finish()
    flash(gettext("Version %(number)s is published. Running cases stay on theirs.",
                  number=made.number), "success")
    return redirect(url_for(".journey", key=made.journey))


@blueprint.post("/drafts/<uuid:draft_id>/discard")
@right("journey.edit")
def discard(draft_id: UUID) -> ResponseReturnValue:
    """Drop the draft; published versions stay."""
    services().intake.discard(draft_id)
    flash(gettext("The draft is gone."), "success")
    return redirect(url_for(".index"))


def _me() -> Actor:
    return actor()


def _index(form: UploadForm) -> str:
    return render_template("journeys/index.html", form=form,
                           journeys=services().intake.journeys(),
                           may_upload=_me().may_anywhere("journey.edit"))


def _taken(form: UploadForm, journey: str | None) -> ResponseReturnValue:
    sent = form.file.data
    made = services().intake.upload(sent.filename or "drawing.bpmn", sent.read(),
                                    by=_me().person, journey=journey)
    return redirect(url_for(".draft", draft_id=made.id))


def _journey(found: Version, form: UploadForm) -> str:
    intake = services().intake
    adaptations = [{"element": a.element, "name": a.name, "text": localized(a.what),
                    "why": localized(a.why), "remedy": localized(a.remedy),
                    "level": "decision" if a.asks else "info", "anchor": f"finding-{number}"}
                   for number, a in enumerate(found.adaptations)]
    return render_template(
        "journeys/journey.html", version=found, form=form, versions=intake.versions(found.journey),
        settings=found.settings, findings=adaptations, marks=finding_marks(adaptations),
        departments=_departments(), labels=_step_names(found),
        draft=next((j.draft for j in intake.journeys() if j.key == found.journey), None),
        may_edit=_me().may("journey.edit", journey=found.journey))


def _draft(found: Draft, settings_form: SettingsForm | None = None,
           standard_form: StandardForm | None = None) -> str:
    understood = services().intake.understand(found)
    listed = findings(understood)
    return render_template(
        "journeys/draft.html", draft=found, settings=found.settings, understood=understood,
        findings=listed, marks=finding_marks(listed), departments=_departments(),
        labels={s.id: _label(found.settings, s.id, s.name) for s in understood.steps},
        lane_guesses=_guesses(found.settings, understood.lanes),
        settings_form=settings_form or _settings_form(found.settings),
        standard_form=standard_form or _standard_form(found, understood.steps))


def _departments() -> dict[str, str]:
    return {d.key: localized(d.name) for d in services().people.departments.all()}


def _label(settings: JourneySettings, element: str, drawn: str) -> str:
    return settings.label(element, language(), drawn)


def _step_names(found: Version) -> dict[str, str]:
    model = services().runnable.get(found.id, services().intake.version).model
    return {e.id: _label(found.settings, e.id, e.name) for e in model.elements.values()}


def _guesses(settings: JourneySettings, lanes: Any) -> dict[str, str]:
    """The department of each lane: as set, else guessed by its name, else the owner's."""
    names = {name.casefold(): key for key, name in _departments().items()}
    names.update({key.casefold(): key for key in names.values()})
    return {lane.id: settings.lanes.get(lane.id)
            or names.get(lane.name.strip().casefold(), "") for lane in lanes}


def _settings_form(settings: JourneySettings) -> SettingsForm:
    form = SettingsForm(data={"name_en": settings.name.get("en", ""),
                              "name_zh": settings.name.get("zh", ""),
                              "department": settings.department})
    known = _departments()
    for key, spec in settings.departments.items():
        known.setdefault(key, localized(spec.get("name", key)))
    form.department.choices = [("", gettext("Choose a department")), *known.items()]
    return form


def _standard_form(found: Draft, steps: Any) -> StandardForm:
    form = StandardForm()
    form.unit.choices = list(UNITS.items())
    form.stop.choices = [("case", gettext("The whole case is closed"))] + [
        (s.id, gettext("Step: %(name)s", name=_label(found.settings, s.id, s.name)))
        for s in steps if "ask" in s.kind]
    return form


def _texts(en: str, zh: str | None) -> dict[str, str]:
    return {"en": en.strip(), **({"zh": zh.strip()} if zh and zh.strip() else {})}


def _free_key(name: str, taken: set[str]) -> str:
    stem = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:40]
    stem = stem if stem[:1].isalpha() else f"promise_{stem}".strip("_")
    number = 1
    while (key := stem if number == 1 else f"{stem}_{number}") in taken:
        number += 1
    return key


def _xml(content: bytes, download: str | None = None) -> Response:
    response = Response(content, mimetype="application/xml")
    if download:
        response.headers["Content-Disposition"] = f'attachment; filename="{download}"'
    return response
