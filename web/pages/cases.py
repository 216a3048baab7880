"""Cases: find them, start them, and everything about one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from engine.infra.errors import Conflict, DomainError, Invalid, NotFound
from engine.intake.records import Version
from engine.people.records import Customer
from engine.runtime.views import Case
from web.access import actor, right
from web.errors import sentence, status_of
from web.forms.blame import blame
from web.forms.cases import CHANNELS, PRIORITIES, CommentForm, StartForm, Trouble
from web.forms.found import case_filter
from web.forms.many import Many
from web.forms.step import sent_data, store_files
from web.i18n import language, localized
from web.show import step
from web.show.case import case_view, drawing_marks
from web.show.inbox import customer_names
from web.unit import abandon, services

blueprint = Blueprint("cases", __name__, url_prefix="/cases")

TABS = ("story", "drawing", "data", "clocks", "files")


@blueprint.get("")
@right("case.read", "case.read_all")
def index() -> ResponseReturnValue:
    """The cases that one may see, newest first."""
    return case_list(request.args, Many())


def case_list(args: Mapping[str, Any], many: Many) -> str:
    """The page of the list that `args` ask for; `many` is what was to be done to many."""
    where = case_filter(args, args.get("after"))
    page = services().cases.page(where, 50)
    counted = services().cases.counts(replace(where, state=None))
    return render_template(
        "cases/index.html", page=page, counts=counted, journeys=_journeys(),
        customers=customer_names({c.customer for c in page.cases if c.customer}),
        priorities=PRIORITIES, channels=CHANNELS, args=args, many=many)


@blueprint.get("/start")
@right("case.start")
def choose() -> ResponseReturnValue:
    """Choose the journey of a new case."""
    found = [j for j in services().intake.journeys()
             if j.number and actor().may("case.start", journey=j.key)]
    return render_template("cases/choose.html", journeys=found)


@blueprint.get("/start/<journey>")
@right("case.start")
def new(journey: str) -> ResponseReturnValue:
    """The start form."""
    actor().require("case.start", journey=journey)
    return _new(services().intake.latest(journey), StartForm(), {})


@blueprint.get("/start/customers")
@right("customer.read")
def customers() -> ResponseReturnValue:
    """The customers that are like what was typed, to choose from (a part of the start form)."""
    text = request.args.get("customer", "").strip()
    found = services().people.customers.search(text, limit=6) if len(text) > 1 else []
    return render_template("cases/customers.html", found=found, text=text)


@blueprint.post("/start/<journey>")
@right("case.start")
def start(journey: str) -> ResponseReturnValue:
    """Start a case."""
    actor().require("case.start", journey=journey)
    version = services().intake.latest(journey)
    form = _with_choices(StartForm(), version)
    data: dict[str, Any] = {}
    try:
        data = sent_data()
        if not form.validate():
            return _new(version, form, data), 422
        kept = store_files(data, None, step.form_keys(version, "", "filepicker"))
        customer = _customer(form)
        case = services().cases.start(
            version.id, data=data, by=actor().person, channel=form.channel.data or None,
            priority=form.priority.data, customer=customer.id if customer else None,
            tier=customer.tier if customer else None, process=form.begins_in.data or None)
        for file in kept:
            services().files.attach(file, case.id)
            services().cases.note_file(case.id, file, by=actor().person)
        services().journal.deliver()
    except DomainError as error:
        if error.field in step.form_keys(version, ""):
            abandon()
            return _new(version, form, data, {error.field: sentence(error)}), status_of(error)
        blame(form, error, {"name": "customer", "contact": "phone"})
        return _new(version, form, data), status_of(error)
    flash(gettext("Case %(number)s is started.", number=case.number), "success")
    return redirect(url_for(".case", reference=case.number))


@blueprint.get("/<reference>")
@right("case.read", "case.read_all")
def case(reference: str) -> ResponseReturnValue:
    """One case."""
    return case_page(seen_case(reference))


@blueprint.get("/<reference>/marks.json")
@right("case.read", "case.read_all")
def marks(reference: str) -> ResponseReturnValue:
    """Where the case's tokens are now and which way they came, for the drawing."""
    return drawing_marks(seen_case(reference))


@blueprint.post("/<reference>/comments")
@right("case.contribute")
def comment(reference: str) -> ResponseReturnValue:
    """Write on the case."""
    found, form = _contributing(reference), CommentForm()
    if not form.validate():
        return case_page(found, form, tab="files"), 422
    services().cases.comment(found.id, form.text.data, by=actor().person)
    return redirect(url_for(".case", reference=found.number, tab="files"))


@blueprint.post("/<reference>/files")
@right("case.contribute")
def attach(reference: str) -> ResponseReturnValue:
    """Add files to the case."""
    found = _contributing(reference)
    sent = [one for one in request.files.getlist("file") if one.filename]
    try:
        if not sent:
            raise Invalid("Choose a file.", field="file")
        for one in sent:
            made = services().files.add(one.filename or "file", one.stream, by=actor().person,
                                        case=found.id)
            services().cases.note_file(found.id, made.id, by=actor().person)
    except DomainError as error:
        abandon()
        return case_page(found, tab="files",
                     file_error=sentence(error)), status_of(error)
    return redirect(url_for(".case", reference=found.number, tab="files"))


@blueprint.post("/<reference>/messages")
@right("case.contribute")
def deliver(reference: str) -> ResponseReturnValue:
    """Report that something a case waits for has happened."""
    found = _contributing(reference)
    note = request.form.get("note", "").strip()
    try:
        services().cases.deliver(found.id, request.form.get("message", ""), by=actor().person)
        if note:
            services().cases.comment(found.id, note, by=actor().person)
        flash(gettext("The case goes on."), "success")
    except Conflict as error:
        too_late(error)
    return redirect(url_for(".case", reference=found.number))


@blueprint.get("/files/<uuid:file_id>")
@right("case.read", "case.read_all")
def file(file_id: UUID) -> ResponseReturnValue:
    """A file of a case that one may see; only pictures and PDF are shown, others downloaded."""
    found = services().files.get(file_id)
    if found.case is None or found.removed_at is not None:
        raise NotFound("There is no such file.")
    services().cases.visible_case(found.case, actor())
    response = Response(services().files.read(file_id), mimetype=found.media_type)
    response.headers.set("Content-Disposition", "inline" if found.inline else "attachment",
                         filename=found.name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def seen_case(reference: str) -> Case:
    """A case that one may see."""
    found: Case = services().cases.visible_case(reference, actor())
    return found


def _contributing(reference: str) -> Case:
    found = seen_case(reference)
    actor().require("case.contribute", journey=found.journey)
    return found


def too_late(error: Conflict) -> None:
    """Someone was faster: say so over the case as it is now."""
    abandon()
    flash(sentence(error), "warning")


def case_page(found: Case, comment_form: CommentForm | None = None, *, tab: str | None = None,
              file_error: str = "", trouble: Trouble | None = None) -> str:
    """The page of a case; `trouble` is what was wrong with what was just sent."""
    tab = tab or request.args.get("tab", "story")
    return render_template(
        "cases/case.html", tab=tab if tab in TABS else "story",
        comment_form=comment_form or CommentForm(), trouble=trouble or Trouble(),
        file_error=file_error, priorities=PRIORITIES, channels=CHANNELS,
        **case_view(found, actor(), trouble or Trouble()))


def _new(version: Version, form: StartForm, data: dict[str, Any],
         errors: dict[str, str] | None = None) -> str:
    pickers = step.form_keys(version, "", "filepicker")
    known = _chosen_customer(form)
    return render_template(
        "cases/start.html", version=version, form=_with_choices(form, version), errors=errors or {},
        data={key: value for key, value in data.items() if key not in pickers},
        title=version.settings.title(language()), schema=step.schema(version, ""),
        chosen=known, found=[known] if known else [])


def _with_choices(form: StartForm, version: Version) -> StartForm:
    made = step.runnable(version)
    names = made.model.processes
    form.begins_in.choices = [(key, version.settings.label(key, language(), names[key]))
                              for key in made.entries]
    form.begins_in.data = form.begins_in.data or made.main
    form.channel.choices = list(CHANNELS.items())
    form.priority.choices = list(PRIORITIES.items())
    return form


def _chosen_customer(form: StartForm) -> Customer | None:
    """The known customer that was chosen, if one was."""
    if not form.known.data or not actor().may_anywhere("customer.read"):
        return None
    try:
        found: Customer = services().people.customers.get(UUID(form.known.data))
    except (NotFound, ValueError):
        return None
    return found if found.ended_at is None else None


def _customer(form: StartForm) -> Customer | None:
    known = _chosen_customer(form)
    if known is not None:
        return known
    if not (form.customer.data or "").strip():
        return None
    contacts = {kind: text.strip() for kind, text in (
        ("phone", form.phone.data or ""), ("email", form.email.data or "")) if text.strip()}
    made: Customer = services().people.customers.find_or_create(form.customer.data,
                                                                contacts=contacts)
    return made


def _journeys() -> dict[str, str]:
    return {j.key: localized(j.settings.name) for j in services().intake.journeys() if j.number}


