"""Repeated and competing requests: Idempotency-Key, ETag and If-Match."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, jsonify, request

from engine.infra.once import once
from web.access import actor
from web.errors import ConditionMissing, Stale
from web.i18n import noted
from web.unit import services


def answered_once(body: Any, run: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `run` returns; under an Idempotency-Key, what it returned the first time.

    `run` returns JSON values only. Raises Conflict when the key came with other content.
    """
    content = {"method": request.method, "path": request.path, "body": body,
               "query": request.query_string.decode("latin-1")}
    found: dict[str, Any] = once(services().session, services().now, actor().person,
                                 request.headers.get("Idempotency-Key"), content, run)
    return found


def check_unchanged(revision: int, *, required: bool = False) -> None:
    """Honour If-Match. Raises Stale when the client saw another revision."""
    if "If-Match" not in request.headers:
        if required:
            raise ConditionMissing(noted("Send If-Match with the ETag that you read, so that "
                                         "nobody's change is overwritten."))
        return
    if str(revision) not in request.if_match:
        raise Stale(noted("This has changed since you read it: read it again, then decide."))


def answer(body: Any, *, revision: int | None = None, status: int = 200,
           location: str | None = None) -> Response:
    """A JSON answer with its ETag and Location."""
    response = jsonify(body)
    response.status_code = status
    if revision is not None:
        response.set_etag(str(revision))
    if location is not None:
        response.headers["Location"] = location
    return response
