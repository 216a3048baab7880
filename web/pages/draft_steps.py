"""What a draft's steps do with the outside: whose time counts, which message is waited for."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from web.access import right
from web.forms.rows import sent_rows
from web.pages.drafts import asked, changed, own_draft

blueprint = Blueprint("draft_steps", __name__, url_prefix="/journeys/drafts")


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
