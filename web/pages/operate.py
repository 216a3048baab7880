"""Looking after a case: suspend, resume, cancel, correct, and deal with its incidents."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from engine.infra.errors import Conflict, DomainError, NotFound
from engine.runtime.views import Case
from web.access import actor, right
from web.errors import sentence, status_of
from web.forms.cases import Trouble, changed_fields
from web.pages.cases import case_page, seen_case, too_late
from web.show import steering
from web.show.step import element_name
from web.unit import abandon, services

blueprint = Blueprint("operate", __name__, url_prefix="/cases")

#: Who deals with an incident holds the right, or is its owner: the service asks.
_MENDING = ("incident.resolve", "work.do")


@blueprint.post("/<reference>/suspend")
@right("case.operate")
def suspend(reference: str) -> ResponseReturnValue:
    """Let nothing happen to the case until it is resumed."""
    return _done(reference, "suspend", lambda case: services().operations.suspend(
        case.id, reason=_reason(), by=actor(), seen=_seen()), gettext("The case is suspended."))


@blueprint.post("/<reference>/resume")
@right("case.operate")
def resume(reference: str) -> ResponseReturnValue:
    """Let a suspended case go on."""
    return _done(reference, "resume", lambda case: services().operations.resume(
        case.id, reason=_reason(), by=actor(), seen=_seen()), gettext("The case goes on."))


@blueprint.post("/<reference>/cancel")
@right("case.cancel")
def cancel(reference: str) -> ResponseReturnValue:
    """End the case before its end."""
    return _done(reference, "cancel", lambda case: services().operations.cancel(
        case.id, reason=_reason(), by=actor(), seen=_seen()), gettext("The case is cancelled."))


@blueprint.post("/<reference>/correct")
@right("case.operate")
def correct(reference: str) -> ResponseReturnValue:
    """Correct fields of the case's data."""
    return _done(reference, "correct", lambda case: services().operations.correct(
        case.id, changed_fields(), by=actor(), reason=_reason(), seen=_seen()),
        gettext("The data is corrected."), tab="data")


@blueprint.get("/<reference>/steer")
@right("case.operate", *_MENDING)
def steer(reference: str) -> ResponseReturnValue:
    """Skip a step, or choose an earlier one to send the case back to."""
    return _steer(seen_case(reference), Trouble())


@blueprint.get("/<reference>/ways.json")
@right("case.operate", *_MENDING)
def ways(reference: str) -> ResponseReturnValue:
    """The earlier steps that can be chosen on the drawing."""
    return steering.marks(seen_case(reference), steering.asked_token())


@blueprint.post("/<reference>/skip")
@right("case.operate", *_MENDING)
def skip(reference: str) -> ResponseReturnValue:
    """Let a token go on past its step."""
    return _steered(reference, "skip", lambda case, token: services().operations.skip(
        case.id, token, reason=_reason(), by=actor(), seen=_seen()),
        gettext("The step is skipped."))


@blueprint.post("/<reference>/send-back")
@right("case.operate", *_MENDING)
def send_back(reference: str) -> ResponseReturnValue:
    """Send the case back to an earlier step."""
    return _steered(reference, "back", lambda case, token: services().operations.send_back(
        case.id, token, request.form.get("to", ""), reason=_reason(), by=actor(), seen=_seen()),
        gettext("The case is sent back."))


@blueprint.post("/<reference>/incidents/<uuid:incident>/retry")
@right(*_MENDING)
def retry(reference: str, incident: UUID) -> ResponseReturnValue:
    """Try a failed step again, with corrected data where it was sent."""
    def act(case: Case) -> None:
        _of(case, incident)
        services().operations.retry(incident, by=actor(), data=changed_fields(),
                                    reason=_reason(), seen=_seen())
        services().journal.deliver()
        if any(one.id == incident for one in services().cases.incidents(case.id)):
            flash(gettext("The step was tried again, and failed again."), "warning")
        else:
            flash(gettext("The step was tried again."), "success")

    return _done(reference, f"retry {incident}", act)


@blueprint.post("/<reference>/incidents/<uuid:incident>/give")
@right(*_MENDING)
def give(reference: str, incident: UUID) -> ResponseReturnValue:
    """Make an incident someone else's: a person's or a department's."""
    def act(case: Case) -> None:
        _of(case, incident)
        kind, _, whom = request.form.get("to", "").partition(":")
        if kind == "department":
            services().people.departments.get(whom)
            services().operations.give(incident, by=actor(), department=whom)
        else:
            person = services().people.persons.get(UUID(whom))
            services().operations.give(incident, by=actor(), person=person.id,
                                       departments=person.departments)

    return _done(reference, f"give {incident}", act, gettext("The incident has another owner."))


def _done(reference: str, where: str, act: Callable[[Case], object], text: str = "",
          tab: str | None = None) -> ResponseReturnValue:
    """Do it and show the case; what was wrong stands by the deed, with what was sent."""
    case = seen_case(reference)
    try:
        act(case)
        if text:
            flash(text, "success")
    except Conflict as error:
        too_late(error)
    except DomainError as error:
        abandon()
        sent = {name.removeprefix("data."): value for name, value in request.form.items()}
        trouble = Trouble(where, sentence(error), error.field or "", sent)
        return case_page(case, tab=tab, trouble=trouble), status_of(error)
    except ValueError:
        raise NotFound("There is no such person.") from None
    return redirect(url_for("cases.case", reference=case.number, tab=tab))


def _steered(reference: str, where: str, act: Callable[[Case, UUID], object],
             text: str) -> ResponseReturnValue:
    """Move a token and show the case; what was wrong stands where it was chosen."""
    case, token = seen_case(reference), steering.asked_token()
    if token is None:
        raise NotFound("There is no such step.")
    try:
        known = {one.id for one in services().cases.incidents(case.id)}
        act(case, token)
        services().journal.deliver()
        failed = [one for one in services().cases.incidents(case.id) if one.id not in known]
        if failed:
            flash(gettext("%(done)s But then %(step)s failed.", done=text, step=element_name(
                services().intake.version(case.version_id), failed[0].element or "")), "warning")
        else:
            flash(text, "success")
    except Conflict as error:
        too_late(error)
        return redirect(url_for(".steer", reference=case.number, token=token))
    except DomainError as error:
        abandon()
        return _steer(case, Trouble(where, sentence(error), error.field or "",
                                    dict(request.form.items()))), status_of(error)
    return redirect(url_for("cases.case", reference=case.number))


def _steer(case: Case, trouble: Trouble) -> str:
    return render_template("cases/steer.html", case=case, trouble=trouble,
                           **steering.view(case, steering.asked_token()))


def _of(case: Case, incident: UUID) -> None:
    if services().operations.incident(incident, actor()).case_id != case.id:
        raise NotFound("There is no such incident.")


def _reason() -> str:
    return request.form.get("reason", "")


def _seen() -> int | None:
    text = request.form.get("seen", "")
    return int(text) if text.isdigit() else None
