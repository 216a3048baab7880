"""What a draft's steps do with the outside: whose time counts, which message is waited for, which
service is called; and trying that call."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import BoundedSemaphore
from uuid import UUID

from flask import Blueprint, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from engine.infra.errors import Conflict, DomainError, Invalid
from engine.intake.settings import StepSettings
from engine.runtime.fields import accept
from engine.runtime.versions import field_rules
from web.access import right
from web.errors import sentence, status_of
from web.forms.call import sent_call
from web.forms.rehearse import sent_fields
from web.forms.rows import sent_rows
from web.i18n import noted
from web.pages.drafts import asked, changed, own_draft
from web.show.call import trial_view
from web.unit import baton, finish, reads_only

log = logging.getLogger("baton.calls")
blueprint = Blueprint("draft_steps", __name__, url_prefix="/journeys/drafts")
#: Calls that are tried at the same time: each holds one thread of the web until it is answered.
_AT_ONCE = 2


@blueprint.post("/<uuid:draft_id>/timer")
@right("journey.edit")
def set_timer(draft_id: UUID) -> ResponseReturnValue:
    """Whose business time a timer counts."""
    found = own_draft(draft_id)
    return changed(found, found.settings.with_step(
        asked(), calendar=request.form.get("calendar") or None))


@blueprint.post("/<uuid:draft_id>/message")
@right("journey.edit")
def set_message(draft_id: UUID) -> ResponseReturnValue:
    """The message that an element waits for, and the keys by which it finds the case."""
    found = own_draft(draft_id)
    keys = {key: value or key for key, value in sent_rows("correlation").items()}
    return changed(found, found.settings.with_step(
        asked(), correlation=keys, message=request.form.get("message", "").strip()[:200] or None))


@blueprint.post("/<uuid:draft_id>/call")
@right("journey.edit")
def set_call(draft_id: UUID) -> ResponseReturnValue:
    """Have a service called at a step, or a person do it; what was said of the call is kept."""
    found, element = own_draft(draft_id), asked()
    before = found.settings.steps.get(element, StepSettings()).call
    if request.form.get("who") != "service":
        call = replace(before, on=False) if before is not None else None
        back = make_response(changed(found, found.settings.with_step(element, call=call),
                                     whole_panel=True))
        back.headers["HX-Reswap"] = "innerHTML"  # what people need for the step comes back
        return back
    try:
        call = sent_call()
    except Invalid as error:
        if not request.headers.get("HX-Request"):
            raise
        return render_template("journeys/call_refused.html", text=sentence(error))
    return changed(found, found.settings.with_step(element, call=call))


@blueprint.post("/<uuid:draft_id>/call/try")
@right("journey.edit")
@reads_only
def try_call(draft_id: UUID) -> ResponseReturnValue:
    """Really make the call as it stands in the panel, with made-up data."""
    found = own_draft(draft_id)
    rules = field_rules(found.settings)
    finish()  # nothing of the database is held while somebody else's machine is waited for
    try:
        call = sent_call()
        data = accept(sent_fields(rules), rules, baton().settings.timezone)
        with _turn():
            trial = baton().try_call(call, data, rules)
    except DomainError as error:
        return make_response(render_template("journeys/trial.html", trial=None,
                                             text=sentence(error)), status_of(error))
    log.info("a call was tried: %s %s at %s of %s, failure %r", call.method, call.host, asked(),
             found.journey, trial.failure)
    return render_template("journeys/trial.html", **trial_view(trial, call, found.settings))


@contextmanager
def _turn() -> Iterator[None]:
    """One of the calls that may be tried at the same time. Raises Conflict when all are taken."""
    turns: BoundedSemaphore = current_app.extensions.setdefault(
        "baton-trials", BoundedSemaphore(_AT_ONCE))
    if not turns.acquire(blocking=False):
        raise Conflict(noted("Others are trying calls just now. Try again in a moment."))
    try:
        yield
    finally:
        turns.release()
