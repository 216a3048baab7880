"""What a designer says about the service that a step calls."""

from __future__ import annotations

from typing import Any

from flask import request

from engine.infra.errors import Invalid
from engine.intake.service_call import ServiceCall, read_call
from web.forms.rows import sent_rows
from web.i18n import noted

_NUMBERS = ("timeout", "retries", "rest")


def sent_call() -> ServiceCall:
    """The call as it stands in the panel. Raises Invalid naming what is missing or wrong."""
    content: dict[str, Any] = {
        "method": request.form.get("method", "GET"), "url": request.form.get("url", "").strip(),
        "headers": sent_rows("headers"), "result": sent_rows("result"),
        "errors": sent_rows("errors"),
        "idempotency": request.form.get("idempotency", "").strip()}
    if request.form.get("body", "").strip():
        content["body"] = request.form["body"].strip()
    if not content["url"]:
        raise Invalid(noted("Give the address of the service."), field="url")
    for name in _NUMBERS:
        written = request.form.get(name, "").strip()
        if written:
            content[name] = _number(name, written)
    return read_call(content, "call")


def sample_sent() -> dict[str, str]:
    """The data that the call is tried with, as it was typed: it is kept in the page alone."""
    return {name.partition(":")[2]: text for name, text in request.form.items()
            if name.startswith("field:")}


def _number(name: str, written: str) -> int:
    if not written.isdigit() or len(written) > 9:
        raise Invalid(noted("{value} is no whole number."), field=name, value=written)
    return int(written)
