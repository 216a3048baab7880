"""The built front end: addresses with a content hash, kept by browsers for ever, sent gzipped."""

from __future__ import annotations

import json
import re
from pathlib import Path

from flask import Flask, Response, request, send_from_directory, url_for

from web.access import public

_YEAR = 365 * 24 * 3600


class NotBuilt(RuntimeError):
    """web/static/dist is missing: run `make assets`."""


def install(app: Flask) -> None:
    """Serve web/static/dist under /static and give templates `asset("app.css")`."""
    folder = Path(app.root_path) / "static" / "dist"
    manifest = folder / "manifest.json"
    if not manifest.exists():
        raise NotBuilt("The front end isn't built. Run: make assets")
    versions: dict[str, str] = json.loads(manifest.read_text("utf-8"))

    @public
    def static(filename: str) -> Response:
        gzipped = f"{filename}.gz"
        if (folder / gzipped).is_file() and "gzip" in request.accept_encodings:
            response = send_from_directory(folder, gzipped, max_age=_YEAR,
                                           mimetype=_kind(filename))
            response.headers["Content-Encoding"] = "gzip"
        else:
            response = send_from_directory(folder, filename, max_age=_YEAR)
        response.headers["Vary"] = "Accept-Encoding"
        if request.args.get("v") == versions.get(filename):
            response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
        else:
            response.headers["Cache-Control"] = "public, max-age=300"
        return response

    app.extensions["baton-icons"] = frozenset(
        re.findall(r'<symbol id="([^"]+)"', (folder / "icons.svg").read_text("utf-8")))
    app.add_url_rule("/static/<path:filename>", "static", static)
    app.jinja_env.globals["asset"] = lambda name: url_for(
        "static", filename=name, v=versions.get(name))


def _kind(name: str) -> str:
    return {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}.get(
        name.rpartition(".")[2], "application/octet-stream")
