"""The data that a move of a rehearsal brings, as plain inputs send it: field:<key>."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request

from engine.runtime.calls.reply import Reply, read_reply
from engine.runtime.fields import FieldRule

_PREFIX = "field:"
_MOST = 200


def sent_fields(fields: Mapping[str, FieldRule]) -> dict[str, Any]:
    """Values by field; what was empty and stays empty is left out.

    A field that the journey doesn't declare takes its type from what was written.
    """
    found: dict[str, Any] = {}
    kept = set(request.form.getlist("had"))
    for name, text in list(request.form.items())[:_MOST]:
        if not name.startswith(_PREFIX):
            continue
        key, written = name[len(_PREFIX):], text.strip()
        if not written:
            if key in kept:
                found[key] = None
            continue
        rule = fields.get(key)
        if rule is None:
            found[key] = _guessed(written)
        elif rule.type == "list":
            found[key] = [part.strip() for part in written.split(",") if part.strip()]
        else:
            found[key] = written
    return found


def sent_reply() -> Reply | None:
    """What the service replies that the step calls: a status with a body, or no answer at all."""
    if "reply_status" not in request.form:
        return None
    status = request.form["reply_status"].strip()
    if status and not status.isdigit():
        return read_reply({"failure": status})
    return read_reply({"status": int(status[:4] or 200),
                       "body": request.form.get("reply_body", "")})


def _guessed(text: str) -> Any:
    """A number, yes or no, or the text itself."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
