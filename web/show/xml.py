"""XML as an answer, shown or downloaded."""

from __future__ import annotations

from flask import Response


def xml(content: bytes, download: str | None = None) -> Response:
    """The bytes as application/xml; with `download` the browser saves them under that name."""
    response = Response(content, mimetype="application/xml")
    if download:
        response.headers["Content-Disposition"] = f'attachment; filename="{download}"'
    return response
