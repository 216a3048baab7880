"""The forms of a draft's steps: built from rows, or taken as they are from a form editor."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain, count
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from engine.infra.errors import DomainError, Invalid, NotFound
from engine.intake.form_rows import (
    Row,
    fields_after,
    fields_in,
    rows_of,
    schema_of,
    write_choices,
)
from engine.intake.records import Draft
from engine.intake.settings import JourneySettings
from engine.runtime.forms import read_form
from web.access import actor, right
from web.errors import sentence, status_of
from web.forms.form_rows import moved, sent_rows
from web.i18n import language, noted
from web.pages.drafts import own_draft
from web.show.kinds import FIELD_TYPES
from web.show.step import localised_schema
from web.unit import abandon, reads_only, services

blueprint = Blueprint("draft_forms", __name__, url_prefix="/journeys/drafts")
START = "start"


@blueprint.get("/<uuid:draft_id>/form")
@right("journey.edit")
def edit(draft_id: UUID) -> ResponseReturnValue:
    """The form of a step, or without one that at the start, row by row."""
    found = own_draft(draft_id)
    return _page(found, rows_of(_before(found), found.settings.fields))


@blueprint.post("/<uuid:draft_id>/form/rows")
@right("journey.edit")
@reads_only
def rows(draft_id: UUID) -> ResponseReturnValue:
    """The rows after one was added, moved or removed; nothing is kept yet."""
    found = own_draft(draft_id)
    after, at = moved(sent_rows(dict(found.settings.fields)), request.form.get("act", ""),
                      dict(found.settings.fields))
    return _page(found, after, at=at, part=True)


@blueprint.post("/<uuid:draft_id>/form/preview")
@right("journey.edit")
@reads_only
def preview(draft_id: UUID) -> ResponseReturnValue:
    """The form as people will see it, of the rows as they stand."""
    found = own_draft(draft_id)
    return render_template("journeys/form_preview.html",
                           **_preview(found, sent_rows(dict(found.settings.fields))))


@blueprint.post("/<uuid:draft_id>/form")
@right("journey.edit")
def save(draft_id: UUID) -> ResponseReturnValue:
    """Keep the form that the rows say, and what they say about the journey's fields."""
    found = own_draft(draft_id)
    sent = sent_rows(dict(found.settings.fields))
    try:
        schema = schema_of(sent, _before(found), _name(found))
        return _kept(found, schema, replace(
            found.settings, fields=fields_after(sent, found.settings.fields)))
    except DomainError as error:
        abandon()
        return _page(found, sent, trouble=sentence(error)), status_of(error)


@blueprint.post("/<uuid:draft_id>/form/ready")
@right("journey.edit")
def take(draft_id: UUID) -> ResponseReturnValue:
    """Keep a ready form of form-js or Camunda; its fields become fields of the journey."""
    found = own_draft(draft_id)
    sent = request.files.get("file")
    source = sent.read() if sent and sent.filename else request.form.get("json", "").encode()
    try:
        if not source.strip():
            raise Invalid(noted("Choose a form's file, or paste its JSON."), field="json")
        schema = dict(read_form(_name(found), source).schema)
        fields = {**fields_in(schema), **found.settings.fields}
        return _kept(found, schema, replace(found.settings, fields=fields))
    except DomainError as error:
        abandon()
        return _page(found, rows_of(_before(found), found.settings.fields),
                     ready_trouble=sentence(error)), status_of(error)


@blueprint.post("/<uuid:draft_id>/form/remove")
@right("journey.edit")
def remove(draft_id: UUID) -> ResponseReturnValue:
    """The step, or the start, asks for nothing any more; the journey's fields stay."""
    found = own_draft(draft_id)
    name = _name(found)
    settings = _with_form(found.settings, None)
    services().intake.change(found.id, settings, by=actor().person)
    if name not in _used(settings):
        services().intake.remove_file(found.id, f"forms/{name}.json", by=actor().person)
    flash(gettext("The form is gone."), "success")
    return _back(found)


def _kept(found: Draft, schema: Mapping[str, Any],
          settings: JourneySettings) -> ResponseReturnValue:
    intake, name = services().intake, _name(found)
    content = json.dumps(schema, ensure_ascii=False, indent=2).encode()
    read_form(name, content)
    intake.set_file(found.id, f"forms/{name}.json", content, by=actor().person)
    intake.change(found.id, _with_form(settings, name), by=actor().person)
    flash(gettext("The form is saved."), "success")
    return _back(found)


def _with_form(settings: JourneySettings, name: str | None) -> JourneySettings:
    if not _element():
        return replace(settings, start_form=name)
    return settings.with_step(_element(), form=name)


def _back(found: Draft) -> ResponseReturnValue:
    address = url_for("drafts.show", draft_id=found.id, element=_element() or None)
    if request.headers.get("HX-Request"):
        return Response(headers={"HX-Redirect": address})
    return redirect(address)


def _element() -> str:
    return str(request.args.get("element", ""))[:255]


def _name(found: Draft) -> str:
    """The name of the form's file: the one it has, else one after its step."""
    element = _element()
    step = found.settings.steps.get(element)
    has = step.form if element and step else None if element else found.settings.start_form
    stem = re.sub(r"[^A-Za-z0-9_.-]+", "-", element).strip("-.") if element else START
    stem, used = stem or "form", _used(found.settings)
    names = chain([stem], (f"{stem}-{number}" for number in count(2)))
    return has or next(name for name in names if name not in used)


def _used(settings: JourneySettings) -> set[str]:
    return {step.form for step in settings.steps.values() if step.form} | (
        {settings.start_form} if settings.start_form else set())


def _before(found: Draft) -> dict[str, Any]:
    """The form as it stands; an unreadable or missing file is a form without fields."""
    try:
        return dict(read_form(_name(found), found.files[f"forms/{_name(found)}.json"]).schema)
    except (KeyError, DomainError):
        return {}


def _preview(found: Draft, shown: list[Row]) -> dict[str, Any]:
    """The schema that the browser draws; rows that aren't complete yet are left out."""
    whole: list[Row] = []
    for row in shown:
        try:
            schema_of([*whole, row], {}, "preview")
            whole.append(row)
        except DomainError:
            continue
    settings = replace(found.settings, fields=fields_after(whole, found.settings.fields))
    schema = schema_of(whole, _before(found), "preview")
    return {"schema": localised_schema(schema, settings), "left_out": len(shown) - len(whole)}


def _page(found: Draft, shown: list[Row], *, at: int = -1, part: bool = False, trouble: str = "",
          ready_trouble: str = "") -> str:
    element, settings = _element(), found.settings
    step = next((s for s in services().intake.understand(found).steps if s.id == element), None)
    if element and step is None:
        raise NotFound(noted("This element is not on the drawing."))
    name = settings.label(element, language(), step.name, step.place) if step is not None else ""
    also = [each for each, one in settings.steps.items()
            if one.form and one.form == _name(found) and each != element]
    whole = not part and not request.headers.get("HX-Request")
    return render_template(
        "journeys/form.html" if whole else "journeys/form_rows.html", draft=found,
        element=element, name=name, rows=shown, at=at, trouble=trouble,
        ready_trouble=ready_trouble, settings=settings, field_types=FIELD_TYPES,
        has_form=bool(_before(found)), choices=write_choices,
        shared=[settings.label(each, language(), "") for each in also],
        free={key: field for key, field in settings.fields.items()
              if key not in {row.key for row in shown}}, **_preview(found, shown))
