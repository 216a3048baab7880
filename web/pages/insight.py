"""Insight: where journeys break, with the cases that prove it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from engine.infra.errors import DomainError, NotFound
from engine.insight.formats import ReadOptions
from engine.insight.service import prepare_log
from engine.intake.records import Version
from engine.jobs.service import Job
from engine.wiring import IMPORT_LOG
from web.access import actor, right
from web.errors import sentence, status_of
from web.forms.insight import LogForm
from web.i18n import language, zone
from web.show.journey_map import journey_map
from web.show.map import KINDS, heat, hours, listed, share
from web.unit import abandon, finish, services

#: A larger file is read by a background job.
_AT_ONCE = 1_000_000

blueprint = Blueprint("insight", __name__, url_prefix="/insight")


@blueprint.get("")
@right("insight.read")
def index() -> ResponseReturnValue:
    """Maps of journeys and of imported logs."""
    return _index(LogForm())


@blueprint.get("/journeys/<key>")
@right("insight.read")
def journey(key: str) -> ResponseReturnValue:
    """The map of a journey: the drawing in colours, hand-offs, ranked breakpoints."""
    version = services().intake.latest(key)
    found = _journey_map(version)
    return render_template(
        "insight/journey.html", version=version, marks=heat(found),
        **_shown(found, lambda rank: url_for(".journey_breakpoint", key=key, rank=rank)))


@blueprint.get("/journeys/<key>/breakpoints/<int:rank>")
@right("insight.read")
def journey_breakpoint(key: str, rank: int) -> ResponseReturnValue:
    """The evidence for one breakpoint of a journey: its cases."""
    version = services().intake.latest(key)
    one = _one(_journey_map(version), rank)
    return _evidence(one, version.settings.title(language()), url_for(".journey", key=key),
                     lambda case: url_for("cases.case", reference=case["label"]))


@blueprint.post("/logs")
@right("log.import")
def import_log() -> ResponseReturnValue:
    """Take in an event log."""
    form = LogForm()
    if not form.validate():
        return _index(form), 422
    sent = form.file.data
    options = ReadOptions(skip_broken_rows=form.skip.data, timezone=zone())
    try:
        # Reading takes seconds: between two units, so that the write lock isn't held meanwhile.
        finish()
        name, data = sent.filename or "log", sent.read()
        if len(data) > _AT_ONCE:
            return _put_aside(name, data, options)
        prepared = prepare_log(name, data, options)
        made = services().insight.keep_log(prepared, by=actor().person)
    except DomainError as error:
        abandon()
        form.file.errors = [sentence(error)]
        return _index(form), status_of(error)
    return redirect(url_for(".log", log_id=made))


@blueprint.get("/logs/<uuid:log_id>")
@right("insight.read")
def log(log_id: UUID) -> ResponseReturnValue:
    """The map of an imported log."""
    found = services().insight.log_map(log_id)
    return render_template(
        "insight/log.html", log_id=log_id,
        **_shown(found, lambda rank: url_for(".log_breakpoint", log_id=log_id, rank=rank)))


@blueprint.get("/logs/<uuid:log_id>/breakpoints/<int:rank>")
@right("insight.read")
def log_breakpoint(log_id: UUID, rank: int) -> ResponseReturnValue:
    """The evidence for one breakpoint of an imported log: its cases."""
    found = services().insight.log_map(log_id)
    return _evidence(_one(found, rank), found["name"], url_for(".log", log_id=log_id),
                     lambda case: url_for(".log_case", log_id=log_id, case=case["case"]))


@blueprint.get("/logs/<uuid:log_id>/case")
@right("insight.read")
def log_case(log_id: UUID) -> ResponseReturnValue:
    """What happened in one case of an imported log."""
    case = request.args.get("case", "")
    steps = services().insight.log_case(log_id, case)
    return render_template("insight/log_case.html", case=case, steps=steps, hours=hours,
                           name=services().insight.log_map(log_id)["name"], log_id=log_id)


@blueprint.post("/logs/<uuid:log_id>/drop")
@right("log.import")
def drop_log(log_id: UUID) -> ResponseReturnValue:
    """Remove an imported log."""
    services().insight.drop_log(log_id)
    flash(gettext("The log is gone."), "success")
    return redirect(url_for(".index"))


def _jobs() -> list[Job]:
    """Logs that are being read, and those of the last ones that could not be."""
    return [job for job in services().jobs.all(kind=IMPORT_LOG, limit=10)
            if job.state != "done"]


def _put_aside(name: str, data: bytes, options: ReadOptions) -> ResponseReturnValue:
    """A large log is read by a job: nobody waits on a page for minutes."""
    file = services().files.add(name, data, by=actor().person)
    services().jobs.defer(IMPORT_LOG, {"file": str(file.id), "name": name,
                                       "options": asdict(options)}, by=actor().person)
    flash(gettext("%(name)s is being read; its map appears here.", name=name), "info")
    return redirect(url_for(".index"))


def _index(form: LogForm) -> str:
    journeys = [j for j in services().intake.journeys() if j.number]
    return render_template("insight/index.html", form=form, journeys=journeys,
                           logs=services().insight.logs(), jobs=_jobs(),
                           may_import=actor().may_anywhere("log.import"))


def _journey_map(version: Version) -> dict[str, Any]:
    actor().require("insight.read", journey=version.journey)
    return journey_map(version)


def _shown(found: dict[str, Any], link: Any) -> dict[str, Any]:
    kind = request.args.get("kind") or None
    rows = [{**one, "link": link(one["rank"])} for one in listed(found, kind)]
    pictures = found["pictures"][language()]
    return {
        "found": found, "rows": rows, "kinds": KINDS, "kind": kind, "hours": hours,
        "share": share, "pictures": {name: {**each, "svg": Markup(each["svg"])}  # noqa: S704
                                     for name, each in pictures.items()}}


def _one(found: dict[str, Any], rank: int) -> dict[str, Any]:
    one = next((each for each in listed(found, None) if each["rank"] == rank), None)
    if one is None:
        raise NotFound("This breakpoint is gone: the figures have changed meanwhile.")
    return one


def _evidence(one: dict[str, Any], name: str, back: str, link: Any) -> str:
    cases = [{**case, "link": link(case), "lost": hours(case["hours"])}
             for case in one["evidence"]]
    return render_template("insight/evidence.html", one=one, cases=cases, name=name, back=back)
