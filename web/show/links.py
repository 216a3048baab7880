"""Addresses of pages that not every installation has."""

from __future__ import annotations

from typing import Any

from flask import current_app, url_for
from werkzeug.routing import BuildError


def link(endpoint: str, **values: Any) -> str | None:
    """The address of a page that this installation has, else None: no link leads nowhere."""
    if endpoint not in current_app.view_functions:
        return None
    try:
        return url_for(endpoint, **values)
    except BuildError:
        return None
