"""The Flask application: `create_app(baton)` puts the web before one composition root."""

from __future__ import annotations

from datetime import timedelta

from apiflask import APIFlask
from flask import Flask, Response, g, request
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect

from web import access, errors, i18n, layout, measured, sent, static_files, unit
from web.api import v1
from web.pages import (
    cases,
    compare,
    decisions,
    departments,
    draft_forms,
    draft_steps,
    drafts,
    incidents,
    insight,
    jobs,
    journeys,
    many,
    model_tests,
    modeler,
    moving,
    operate,
    operations,
    people,
    profile,
    promises,
    rehearse,
    runs,
    search,
    work,
)
from web.pages import session as session_pages

_POLICY = "; ".join((
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",  # bpmn-js and form-js set styles on what they draw
    "img-src 'self' data: blob:",
    "object-src 'none'",
    "frame-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
))
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Web(APIFlask):
    """Flask whose views' work is committed before their answer is sent."""

    def dispatch_request(self) -> ResponseReturnValue:  # type: ignore[override]
        """Run the view, then commit; an answer of 400 and above rolls back instead."""
        response = self.make_response(super().dispatch_request())
        if response.status_code < 400:
            unit.finish()
        else:
            unit.abandon()
        return response


class _Sessions(SecureCookieSessionInterface):
    """Session cookies that are Secure wherever the page came over https."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def create_app(baton: unit.Baton, *, testing: bool = False) -> Flask:
    """The web application on one composition root; it holds no other state."""
    app = Web("web", title="Baton", version="1", spec_path="/api/v1/openapi.json",
              docs_path=None, json_errors=False, static_folder=None)
    app.extensions["baton"] = baton
    app.session_interface = _Sessions()
    app.config.update(
        TESTING=testing,
        SECRET_KEY=baton.session_secret(),
        SESSION_COOKIE_NAME="baton",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=14),
        MAX_CONTENT_LENGTH=baton.settings.upload_mb * 1_000_000 + 100_000,
        MAX_FORM_MEMORY_SIZE=2_000_000,
        MAX_FORM_PARTS=500,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a form may be filled in slowly
    )
    measured.install(app)
    app.before_request(unit.begin)
    app.before_request(sent.check)
    static_files.install(app)
    csrf = CSRFProtect(app)
    access.install(app)
    i18n.install(app)
    errors.install(app)
    layout.install(app)
    _register(app, csrf)
    app.after_request(_secure)
    app.teardown_request(lambda _error: unit.abandon() if "unit_opened" in g else None)
    return app


def _register(app: Web, csrf: CSRFProtect) -> None:
    """Every area of pages; the API has tokens instead of CSRF."""
    for area in (session_pages, work, incidents, cases, many, operate, journeys, drafts, decisions,
                 draft_steps, draft_forms, modeler, rehearse, model_tests, compare, moving, runs,
                 promises, insight, people, departments, profile, search, operations, jobs):
        app.register_blueprint(area.blueprint)
    v1.install(app, csrf)
    access.public(app.view_functions["openapi.spec"])


def _secure(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private, no-cache"
    return response

