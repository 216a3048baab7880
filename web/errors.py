"""From an error to an answer: status by class, a page for people, problem+json for programs."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from engine.infra.db import AWAY
from engine.infra.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    TooLarge,
    Unavailable,
)
from engine.people.access import RIGHTS
from engine.people.errors import NotAuthenticated
from web.i18n import language, localized
from web.unit import abandon

log = logging.getLogger("baton.request")


class Stale(Conflict):
    """What the client would change isn't any more what it read (If-Match)."""

    code = "stale"


class ConditionMissing(Invalid):
    """A change that must say which revision it is of (If-Match) doesn't."""

    code = "condition_missing"


#: The nearest class in an error's ancestry gives its status.
STATUS: dict[type[DomainError], int] = {
    Stale: 412,
    ConditionMissing: 428,
    Invalid: 422,
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    TooLarge: 413,
    NotAuthenticated: 401,
    Unavailable: 503,
    DomainError: 422,
}
_RIGHTS_BY_WORDS = {words["en"]: words for words in RIGHTS.values()}


def status_of(error: DomainError) -> int:
    """The HTTP status of a domain error."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def sentence(error: DomainError) -> str:
    """The error in the reader's language, its {placeholders} filled."""
    text = gettext(error.message) if error.message else str(error)
    values = {name: _shown(value) for name, value in error.values.items()}
    try:
        return text.format(**values) if values else text
    except (KeyError, IndexError, ValueError):
        return str(error)  # a translation that names another placeholder must not hide the error


def _shown(value: object) -> object:
    """Values that exist in several languages are shown in the reader's."""
    if isinstance(value, str) and value in _RIGHTS_BY_WORDS:
        return localized(_RIGHTS_BY_WORDS[value])
    if isinstance(value, Mapping) and ("en" in value or "zh" in value):
        return localized(value)
    return value


def install(app: Flask) -> None:
    """Answer every error the same way on every page."""

    @app.errorhandler(DomainError)
    def domain(error: DomainError) -> Response:
        return _answer(status_of(error), sentence(error), code=error.code, field=error.field)

    @app.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> Response:
        return _answer(400, gettext(
            "This page was open for too long, so it can't be sent any more. "
            "Go back, reload the page and try again."), code="page_expired")

    def away(error: Exception) -> Response:
        log.error("the database did not answer", exc_info=error)
        g.nobody = True  # who asks is in the database, too
        response = _answer(503, gettext("The database doesn't answer just now. "
                                        "Try again in a moment."), code=Unavailable.code)
        response.headers["Retry-After"] = "5"
        return response

    for kind in AWAY:
        app.register_error_handler(kind, away)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        if error.response is not None:
            return make_response(error.response)
        response = _answer(error.code or 500, _http_sentence(error),
                           code=(error.name or "error").lower().replace(" ", "_"))
        for name, value in error.get_headers():
            if name in ("Allow", "Retry-After"):
                response.headers[name] = value
        return response


def _http_sentence(error: HTTPException) -> str:
    if isinstance(error, RequestEntityTooLarge):
        return gettext("This is more than Baton takes in one piece. Send a smaller file.")
    texts = {
        404: gettext("There is nothing at this address, or nothing that you may see."),
        403: gettext("Your role does not allow this."),
        405: gettext("This address can't be used that way."),
        415: gettext("Send this as application/json, or as the type that the API's document "
                     "asks for."),
        429: gettext("Too many attempts. Wait a few minutes and try again."),
        500: gettext("Something went wrong in Baton. Nothing was changed. It has been logged."),
    }
    return texts.get(error.code or 500, gettext("The request could not be understood."))


def _answer(status: int, text: str, *, code: str, field: str | None = None) -> Response:
    abandon()
    if request.path.startswith("/api/"):
        return problem(status, text, code=code, field=field)
    if request.headers.get("HX-Request"):
        response = make_response(render_template("parts/message.html", kind="error", text=text))
        response.headers["HX-Retarget"] = "#messages"
        response.headers["HX-Reswap"] = "innerHTML show:top"
    elif request.accept_mimetypes.best == "application/json":
        return problem(status, text, code=code, field=field)
    else:
        response = make_response(render_template("errors/page.html", status=status, text=text))
    response.status_code = status
    return response


def problem(status: int, text: str, *, code: str, field: str | None = None) -> Response:
    """An application/problem+json answer (RFC 9457)."""
    body: dict[str, Any] = {"type": "about:blank", "title": code.replace("_", " "),
                            "status": status, "detail": text, "code": code}
    if field:
        body["field"] = field
    response = jsonify(body)
    response.status_code = status
    response.content_type = "application/problem+json"
    response.headers["Content-Language"] = language()
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="baton"'
    return response
