"""Every request has a number, is counted and timed, and is logged without what it carried."""

from __future__ import annotations

import logging
import re
import secrets
from contextlib import AbstractContextManager
from time import perf_counter
from typing import Any

from flask import Flask, Response, g, request

from engine.infra import logs
from web.unit import baton

log = logging.getLogger("baton.request")

#: What a proxy may have called the request, and nothing that could fake a line of a log.
_NUMBER = re.compile(r"[A-Za-z0-9._-]{1,64}")
#: Arguments of addresses that name things, and never what somebody wrote.
_NAMING = ("reference", "case", "item_id", "draft_id", "version_id", "job_id", "incident_id")
_HEADER = "X-Request-Id"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def install(app: Flask) -> None:
    """Begin before everything else, end after it."""
    app.before_request(_begin)
    app.after_request(_name)
    app.teardown_request(_end)


def _begin() -> None:
    given = request.headers.get(_HEADER, "")
    g.number = given if _NUMBER.fullmatch(given) else secrets.token_hex(8)
    g.request_began = perf_counter()
    g.status = 500
    bound: AbstractContextManager[None] = logs.bound(
        request=g.number, command=request.endpoint or "none")
    bound.__enter__()
    g.log_bound = bound


def _name(response: Response) -> Response:
    response.headers[_HEADER] = g.number
    g.status = response.status_code
    return response


def _end(_error: BaseException | None) -> None:
    bound = g.pop("log_bound", None)
    if bound is None:
        return
    seconds = perf_counter() - g.request_began
    # The address as it is declared, without what stands in it: who asks must not make series.
    route = request.url_rule.rule if request.url_rule is not None else "none"
    method = request.method if request.method in _METHODS else "other"
    baton().meters.requests.labels(method, route, g.status).observe(seconds)
    named: dict[str, Any] = {name: str(value) for name, value in (request.view_args or {}).items()
                             if name in _NAMING}
    logs.event(log, "request", method=method, route=route, status=g.status,
               milliseconds=round(seconds * 1000, 1), **named)
    bound.__exit__(None, None, None)

