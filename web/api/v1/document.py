"""The OpenAPI document: what APIFlask collects, and what holds for every operation."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from apiflask import APIFlask
from apiflask.exceptions import HTTPError
from flask import Response
from flask_babel import gettext

from web.api.v1.frame import PREFIX
from web.errors import problem
from web.unit import abandon

_DESCRIPTION = """Everything that people do in Baton, for programs.

Log in with `POST /api/v1/tokens` and send the token as `Authorization: Bearer <token>`.
Lists are paged: send `next` of one page as `cursor` of the following one. Times are ISO 8601
in UTC. Every error is an `application/problem+json` document whose `detail` says what to do,
in English or Chinese by `Accept-Language`, and whose `field` names what it is about.
"""
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"}, "title": {"type": "string"},
        "status": {"type": "integer"}, "detail": {"type": "string"},
        "code": {"type": "string"}, "field": {"type": "string"}},
}
_DRAWING = {"schema": {"type": "string", "format": "binary"}}
#: Bodies that are no JSON, by path.
_BODIES = {f"{PREFIX}/journeys": {
    "required": True, "content": {
        "multipart/form-data": {"schema": {
            "type": "object", "required": ["file"],
            "properties": {"file": {"type": "string", "format": "binary"}}}},
        "application/xml": _DRAWING, "application/zip": _DRAWING,
        "application/octet-stream": _DRAWING}}}


def install(app: APIFlask) -> None:
    """Configure the document and the answer to input that doesn't fit its schema."""
    app.description = _DESCRIPTION
    app.config.update(
        AUTO_OPERATION_ID=True, AUTO_VALIDATION_ERROR_RESPONSE=False, AUTO_404_RESPONSE=False,
        AUTO_AUTH_ERROR_RESPONSE=False, AUTO_SERVERS=False,
        SECURITY_SCHEMES={"token": {"type": "http", "scheme": "bearer"}})
    app.spec_processor(_completed)
    # Not by error_processor(), which would answer for the errors of pages, too.
    app.error_callback = _refused


def _refused(error: HTTPError) -> Response:
    """Input that doesn't fit its schema: a problem that names the first such field."""
    abandon()
    field, reason = _first(error.detail)
    return problem(error.status_code, gettext("%(field)s doesn't fit: %(reason)s",
                                              field=field or gettext("The request"),
                                              reason=reason), code="invalid", field=field)


def _first(detail: Any) -> tuple[str | None, str]:
    path: list[str] = []
    while isinstance(detail, dict) and detail:
        key, detail = next(iter(detail.items()))
        path.append(str(key))
    while isinstance(detail, list) and detail:
        detail = detail[0]
    # The first key is where it was sent: json, query, headers, files.
    named = [key for key in path[1:] if key not in ("_schema", "value", "key")]
    return ".".join(named)[:200] or None, str(detail)[:300]


def _completed(spec: dict[str, Any]) -> dict[str, Any]:
    """The API's paths only, each with its problems, its token and its body."""
    spec["paths"] = {path: found for path, found in spec["paths"].items()
                     if path.startswith(f"{PREFIX}/")}
    spec["components"].setdefault("schemas", {})["Problem"] = _PROBLEM
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            if path in _BODIES and method == "post":
                operation["requestBody"] = _BODIES[path]
            elif "requestBody" in operation:
                operation["requestBody"]["required"] = True
            for parameter in operation["parameters"]:
                if parameter["in"] == "path" and parameter["name"].endswith("_id"):
                    parameter["schema"]["format"] = "uuid"
            public = path == f"{PREFIX}/tokens" and method == "post"
            if not public:
                operation["security"] = [{"token": []}]
            for status in _problems(path, method, operation):
                operation["responses"][str(status)] = {
                    "description": HTTPStatus(status).phrase,
                    "content": {"application/problem+json": {
                        "schema": {"$ref": "#/components/schemas/Problem"}}}}
    return spec


def _problems(path: str, method: str, operation: dict[str, Any]) -> list[int]:
    """The statuses of the problems that an operation may answer with."""
    found = [401, 403, 404, 422]
    if method != "get":
        found += [400, 409, 412]
    if "requestBody" in operation:
        found += [413, 415]
    if method == "patch":
        found.append(428)
    return [*found, 429] if path.endswith("/tokens") else found
