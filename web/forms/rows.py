"""Rows of two inputs, `<name>_key` and `<name>_value`, as a table of texts."""

from __future__ import annotations

from flask import request

from engine.infra.errors import Invalid
from web.i18n import noted

_MOST = 100


def sent_rows(name: str) -> dict[str, str]:
    """The rows that have a key. Raises Invalid for a key that stands twice."""
    keys = [each.strip() for each in request.form.getlist(f"{name}_key")[:_MOST]]
    values = [each.strip() for each in request.form.getlist(f"{name}_value")[:_MOST]]
    found: dict[str, str] = {}
    for key, value in zip(keys, values, strict=False):
        if key and key in found:
            raise Invalid(noted("{key} stands twice."), field=f"{name}_key", key=key)
        if key:
            found[key] = value
    return found
