"""My work: the list on the left, the chosen item on the right; claim it, do it, hand it on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from engine.infra.errors import Conflict, DomainError, NotFound
from engine.work.views import WorkItem
from web.access import actor, right
from web.errors import sentence, status_of
from web.forms.step import sent_data, store_files
from web.i18n import localized
from web.show import incidents, step
from web.show.case import told
from web.show.inbox import Line, customer_names, inbox, line
from web.show.known import known_data
from web.unit import abandon, services

blueprint = Blueprint("work", __name__, url_prefix="/work")

#: How many chapters of the case's story stand beside an item.
_STORY = 6


@blueprint.get("")
@right("work.do")
def index() -> ResponseReturnValue:
    """The list, with its most urgent item open."""
    lines = _lines()
    return _page(lines, lines[0].item if lines else None, listed=True)


@blueprint.get("/<uuid:item_id>")
@right("work.do")
def item(item_id: UUID) -> ResponseReturnValue:
    """One item."""
    return _page(_lines(), _visible(item_id))


@blueprint.post("/<uuid:item_id>/claim")
@right("work.do")
def claim(item_id: UUID) -> ResponseReturnValue:
    """Take the item."""
    try:
        services().work.claim(item_id, by=actor())
    except Conflict as error:
        return _too_late(error)
    return redirect(url_for(".item", item_id=item_id, **_filters()))


@blueprint.post("/<uuid:item_id>/release")
@right("work.do")
def release(item_id: UUID) -> ResponseReturnValue:
    """Put the item back."""
    try:
        services().work.release(item_id, by=actor())
    except Conflict as error:
        return _too_late(error)
    flash(gettext("The item is back with the department."), "success")
    return redirect(url_for(".index", **_filters()))


@blueprint.post("/<uuid:item_id>/complete")
@right("work.do")
def complete(item_id: UUID) -> ResponseReturnValue:
    """Finish the item; what comes next on the same case opens, else the most urgent."""
    found, data = _visible(item_id), {}
    version = services().intake.version(found.version_id)
    pickers = step.form_keys(version, found.element, "filepicker")
    try:
        services().cases.hold(found.case_id)
        data = sent_data()
        kept = store_files(data, found.case_id, pickers)
        for file in kept:
            services().cases.note_file(found.case_id, file, by=actor().person)
        if request.form.get("note", "").strip():
            services().cases.comment(found.case_id, request.form["note"], by=actor().person)
        done = services().work.complete(item_id, by=actor(), data=data,
                                        answers=tuple(request.form.getlist("answer")))
        services().journal.deliver()
    except DomainError as error:
        if isinstance(error, Conflict):
            return _too_late(error)
        abandon()
        kept_data = {key: value for key, value in data.items() if key not in pickers}
        place = error.field if error.field in step.form_keys(version, found.element) else ""
        return _page(_lines(), found, data=kept_data,
                     errors={place or "": sentence(error)}), status_of(error)
    flash(gettext("%(step)s is done.", step=step.element_name(version, done.element)), "success")
    return _to_next(done)


def _to_next(done: WorkItem) -> ResponseReturnValue:
    """Open the case's next item, its own before others, else the most urgent one."""
    lines = sorted(_lines(), key=lambda one: (one.item.case_id != done.case_id,
                                              one.item.case_id == done.case_id and not one.mine))
    return redirect(url_for(".item", item_id=lines[0].item.id, **_filters()) if lines
                    else url_for(".index", **_filters()))


def _too_late(error: Conflict) -> ResponseReturnValue:
    """Someone was faster: say so over a fresh list."""
    abandon()
    flash(sentence(error), "warning")
    return redirect(url_for(".index", **_filters()))


def _visible(item_id: UUID) -> WorkItem:
    found: WorkItem = services().work.item(item_id)
    if not actor().may("work.do", journey=found.journey, department=found.department):
        raise NotFound("There is no such work item.")
    return found


def _filters() -> dict[str, str]:
    return {key: value for key in ("department", "mine")
            if (value := request.args.get(key, ""))}


def _lines() -> list[Line]:
    return inbox(actor(), request.args.get("department") or None, bool(request.args.get("mine")))


def _page(lines: list[Line], chosen: WorkItem | None, *, listed: bool = False,
          data: dict[str, Any] | None = None, errors: dict[str, str] | None = None) -> str:
    departments = {d.key: localized(d.name) for d in services().people.departments.all()}
    own = actor().departments_with("work.do") or frozenset()
    return render_template(
        "work/index.html", lines=lines, incidents=incidents.own(actor()), departments=departments,
        listed=listed,
        own={key: departments.get(key, key) for key in sorted(own)}, filters=_filters(),
        chosen=_chosen(chosen, data, errors or {}) if chosen is not None else None)


def _why_asked(found: WorkItem) -> str:
    """Why a person is asked where the drawing's conditions should have decided; "" elsewhere."""
    return next((wait.reason for wait in services().cases.waits(found.case_id)
                 if wait.token == found.token and wait.reason), "")


def _chosen(found: WorkItem, data: dict[str, Any] | None,
            errors: dict[str, str]) -> dict[str, Any]:
    version = services().intake.version(found.version_id)
    promises = services().promises.of_case(found.case_id)
    open_promises = sorted((p for p in promises if p.clock.is_open
                            and p.clock.item in (None, str(found.id))), key=lambda p: p.left)
    names = customer_names({found.customer} if found.customer else set())
    settings = version.settings.steps.get(found.element)
    document = services().cases.document(found.case_id)
    chapters = told(services().cases.case(found.case_id))
    people = {one.who for one in chapters if one.who} | {found.assignee}
    return {
        "line": line(found, None, names, actor()), "version": version,
        "instructions": localized(settings.instructions) if settings else "",
        "schema": step.schema(version, found.element),
        "values": data if data is not None else step.values(version, found.element, document),
        "errors": {key: text for key, text in errors.items() if key},
        "trouble": errors.get(""), "why_asked": _why_asked(found),
        "answers": step.answers(version, found.element),
        "several": step.several(version, found.element), "promises": open_promises,
        "case": services().cases.case(found.case_id),
        "story": [one for one in chapters if not one.unfinished][-_STORY:],
        "people": services().people.persons.names(people - {None}),
        "files": services().files.of_case(found.case_id),
        "known": known_data(version, document)}
