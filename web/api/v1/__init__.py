"""Version 1 of the API: resources over the same services that the pages use."""

from __future__ import annotations

from apiflask import APIFlask
from flask_wtf.csrf import CSRFProtect

from web.api.v1 import (
    case_actions,
    cases,
    document,
    files,
    incidents,
    jobs,
    journeys,
    messages,
    migrations,
    operate,
    runs,
    tokens,
    work_items,
)


def install(app: APIFlask, csrf: CSRFProtect) -> None:
    """Register every resource; tokens stand in for CSRF, as no browser sends them by itself."""
    document.install(app)
    for area in (tokens, cases, case_actions, operate, files, work_items, journeys, incidents,
                 jobs, migrations, runs, messages):
        csrf.exempt(area.blueprint)
        app.register_blueprint(area.blueprint)
