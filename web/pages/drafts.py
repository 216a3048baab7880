"""Drafts: what Baton understood of a drawing, made precise element by element, and published."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from engine.infra.errors import DomainError, Invalid, NotFound
from engine.intake.dialects.said import listed
from engine.intake.records import Draft
from engine.intake.settings import JourneySettings
from web.access import actor, right
from web.errors import sentence, status_of
from web.forms.journeys import StandardForm, sent_texts, target_words
from web.i18n import language, noted
from web.show.draft import draft_view
from web.show.links import link
from web.show.model_tests import tests_summary
from web.show.xml import xml
from web.unit import abandon, finish, services

blueprint = Blueprint("drafts", __name__, url_prefix="/journeys/drafts")
blueprint.add_app_template_filter(target_words, "target")


@blueprint.get("/<uuid:draft_id>")
@right("journey.edit")
def show(draft_id: UUID) -> ResponseReturnValue:
    """A draft: its drawing, what Baton will do, and the panel of what is chosen."""
    return _page(own_draft(draft_id))


@blueprint.get("/<uuid:draft_id>/panel")
@right("journey.edit")
def panel(draft_id: UUID) -> ResponseReturnValue:
    """The panel of one element, or of the journey."""
    return _panel(own_draft(draft_id), asked())


@blueprint.get("/<uuid:draft_id>/tests-line")
@right("journey.edit")
def tests_line(draft_id: UUID) -> ResponseReturnValue:
    """How the draft's tests go, in a few words; the page asks for it by itself."""
    return render_template("journeys/tests_line.html", summary=tests_summary(own_draft(draft_id)),
                           address=link("model_tests.draft", draft_id=draft_id))


@blueprint.get("/<uuid:draft_id>/drawing.bpmn")
@right("journey.edit")
def drawing(draft_id: UUID) -> ResponseReturnValue:
    """A draft's drawing: in the reader's language, or byte for byte as drawn, or as adapted."""
    intake, found = services().intake, own_draft(draft_id)
    if request.args.get("as") == "drawn":
        return xml(found.drawing, download=f"{found.journey}.bpmn")
    if request.args.get("as") == "adapted":
        name = None if "view" in request.args else f"{found.journey}-adapted.bpmn"
        return xml(intake.understand(found).adapted_xml, download=name)
    return xml(intake.drawing(found, language()))


@blueprint.post("/<uuid:draft_id>/journey")
@right("journey.edit")
def set_journey(draft_id: UUID) -> ResponseReturnValue:
    """Names, owner, which process runs, and the departments of pools and lanes."""
    found = own_draft(draft_id)
    name = sent_texts("name")
    if not name:
        raise Invalid(noted("A journey needs a name."), field="name_en")
    settings = replace(found.settings, name=name, description=sent_texts("description"))
    if request.form.get("process"):
        settings = replace(settings, process=request.form["process"])
    for field, chosen in request.form.items():
        if field == "department":
            settings, key = _planned(settings, chosen)
            settings = settings if key == settings.department else settings.with_owner(key)
        elif field.startswith("place:"):
            settings, key = _planned(settings, chosen)
            place = field.partition(":")[2]
            if key != settings.lanes.get(place, ""):
                settings = settings.with_lane(place, key)
    return changed(found, _without_unused(settings, found.settings))


@blueprint.post("/<uuid:draft_id>/step")
@right("journey.edit")
def set_step(draft_id: UUID) -> ResponseReturnValue:
    """What to do at a step, who does it, and by when."""
    found, element = own_draft(draft_id), asked()
    values: dict[str, object] = {"instructions": sent_texts("instructions")}
    for name in ("assignee", "due", "priority"):
        if name in request.form:
            values[name] = request.form[name].strip() or None
    for name in ("candidates", "groups"):
        if name in request.form:
            values[name] = listed(request.form[name], ",，;\n")
    return changed(found, found.settings.with_step(element, **values))


@blueprint.post("/<uuid:draft_id>/choice")
@right("journey.edit")
def choose(draft_id: UUID) -> ResponseReturnValue:
    """Let Baton do something else at an element than it would by itself."""
    found = own_draft(draft_id)
    return changed(found, found.settings.with_choice(
        request.form.get("rule", ""), asked(), request.form.get("option", "")))


@blueprint.post("/<uuid:draft_id>/standards")
@right("journey.edit")
def add_standard(draft_id: UUID) -> ResponseReturnValue:
    """Add a promise to the journey or to a step."""
    found, element, form = own_draft(draft_id), asked(), StandardForm()
    if not form.validate():
        return _panel(found, element, form)
    taken = {str(s.get("key")) for s in found.settings.standards}
    stop = element or "case"
    return changed(found, found.settings.with_standard({
        "key": _free_key(form.name_en.data, taken), "name": sent_texts("name"),
        "target": f"{form.amount.data} {form.unit.data}", "start": stop, "stop": stop}),
        whole_panel=True)


@blueprint.post("/<uuid:draft_id>/standards/<standard>/remove")
@right("journey.edit")
def remove_standard(draft_id: UUID, standard: str) -> ResponseReturnValue:
    """Take a promise out of the draft."""
    found = own_draft(draft_id)
    return changed(found, found.settings.without_standard(standard), whole_panel=True)


@blueprint.post("/<uuid:draft_id>/publish")
@right("journey.publish")
def publish(draft_id: UUID) -> ResponseReturnValue:
    """Publish the draft as the journey's next version."""
    found = own_draft(draft_id)
    actor().require("journey.publish", journey=found.journey)
    try:
        made = services().intake.publish(draft_id, by=actor().person)
        services().journal.deliver()
    except DomainError as error:
        abandon()
        flash(sentence(error), "error")
        return _page(own_draft(draft_id)), status_of(error)
    finish()  # the commit may refuse: some rooms hear of the version only then
    flash(gettext("Version %(number)s is published. Running cases stay on theirs.",
                  number=made.number), "success")
    return redirect(url_for("journeys.journey", key=made.journey))


@blueprint.post("/<uuid:draft_id>/discard")
@right("journey.edit")
def discard(draft_id: UUID) -> ResponseReturnValue:
    """Drop the draft; published versions stay."""
    own_draft(draft_id)
    services().intake.discard(draft_id)
    flash(gettext("The draft is gone."), "success")
    return redirect(url_for("journeys.index"))


def own_draft(draft_id: UUID) -> Draft:
    """A draft that the person asking may edit. Raises NotFound or Forbidden."""
    found: Draft = services().intake.draft(draft_id)
    actor().require("journey.edit", journey=found.journey)
    return found


def asked() -> str:
    """The element that the request is about; "" for the journey."""
    return str(request.values.get("element", ""))[:255]


def _page(found: Draft) -> str:
    return render_template("journeys/draft.html", link=link, standard_form=StandardForm(),
                           adapted=request.args.get("view") == "adapted",
                           **draft_view(found, asked()))


def _panel(found: Draft, element: str, form: StandardForm | None = None) -> str:
    view = draft_view(found, element)
    if element and view["element"] is None:
        raise NotFound(noted("This element is not on the drawing."))
    return render_template("journeys/panel.html", standard_form=form or StandardForm(), **view)


def changed(found: Draft, settings: JourneySettings, *,
             whole_panel: bool = False) -> ResponseReturnValue:
    """Keep the settings; with htmx the parts of the page that they change are sent anew."""
    made = services().intake.change(found.id, settings, by=actor().person)
    if not request.headers.get("HX-Request"):
        flash(gettext("Saved."), "success")
        return redirect(url_for(".show", draft_id=found.id, element=asked() or None))
    return render_template("journeys/changed.html", whole_panel=whole_panel,
                           standard_form=StandardForm(formdata=None),
                           **draft_view(made, asked()))


def _planned(settings: JourneySettings, chosen: str) -> tuple[JourneySettings, str]:
    """The key that was chosen; “new:<name>” plans a department, made when this is published."""
    if not chosen.startswith("new:"):
        return settings, chosen
    name = chosen[4:].strip()[:80]
    if not name:
        return settings, ""
    key = _free_key(name, set(settings.departments), "department").replace("_", "-")
    return replace(settings, departments={**settings.departments, key: {"name": {"en": name}}}), key


def _without_unused(settings: JourneySettings, before: JourneySettings) -> JourneySettings:
    """Without the departments that a choice had planned and another has made needless."""
    used = {settings.department, *settings.lanes.values()}
    was = {before.department, *before.lanes.values()}
    return replace(settings, departments={
        key: spec for key, spec in settings.departments.items()
        if key in used or key not in was or not _only_named(spec)})


def _only_named(spec: Mapping[str, object]) -> bool:
    return set(spec) <= {"name"}


def _free_key(name: str, taken: set[str], otherwise: str = "promise") -> str:
    stem = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:40]
    stem = stem if stem[:1].isalpha() else f"{otherwise}_{stem}".strip("_")
    number = 1
    while (key := stem if number == 1 else f"{stem}_{number}") in taken:
        number += 1
    return key
