"""For who runs Baton: is it alive, may it have work, and its numbers, for machines and people."""

from __future__ import annotations

import hmac
from ipaddress import ip_address

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from engine.infra.errors import DomainError, NotFound
from web.access import public, right
from web.i18n import noted
from web.show.operations import Numbers, concerns
from web.unit import baton, services

blueprint = Blueprint("operations", __name__)
#: Headers by which a proxy says that it only passes a request on.
_PASSED_ON = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip",
              "Forwarded", "Via")


@blueprint.get("/healthz")
@public
def alive() -> Response:
    """200 while this process answers at all."""
    return jsonify(status="alive")


@blueprint.get("/readyz")
@public
def ready() -> Response:
    """200 when the database answers and has this version's tables, else what is missing."""
    try:
        baton().check_ready()
    except DomainError as error:
        response = jsonify(status="not ready", missing=str(error))
        response.status_code = 503
        return response
    return jsonify(status="ready")


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """Numbers for Prometheus: with the token of the settings, else for this machine only."""
    if not _may_read():
        raise NotFound(noted("There is nothing at this address, or nothing that you may see."))
    return Response(generate_latest(baton().meters.registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


@blueprint.get("/administration/operations")
@right("people.admin")
def index() -> ResponseReturnValue:
    """What is wrong now, who works, and what this installation is."""
    numbers, about = Numbers(baton().figures()), baton().about()
    return render_template(
        "operations/index.html", numbers=numbers, concerns=concerns(
            numbers, services().starts.failing()), about=about,
        workers=baton().workers(),
        size=gettext("%(number)s MB", number=f"{about.size_bytes / 1e6:,.1f}"))


def _may_read() -> bool:
    token: str | None = baton().settings.metrics_token
    if token is not None:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    if any(name in request.headers for name in _PASSED_ON):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
