"""Tokens: logging in without a browser, and who one is then."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request
from werkzeug.exceptions import TooManyRequests

from engine.people.access import RIGHTS
from engine.people.errors import NotAuthenticated
from web.access import actor, public, token
from web.api.v1.conditions import answer
from web.api.v1.frame import area
from web.api.v1.schemas import DepartmentOut, Me, TokenIn, TokenOut, listing
from web.throttle import login_throttle
from web.unit import baton, services

blueprint = area("tokens", "Access")


@blueprint.post("/tokens")
@public
@blueprint.input(TokenIn, arg_name="sent")
@blueprint.output(TokenOut, status_code=201)
def issue(sent: dict[str, Any]) -> Response:
    """Get a token for login and password.

    Send it as `Authorization: Bearer <token>`. Too many failures have to wait (429).
    """
    throttle, key = login_throttle(), (sent["login"].casefold(), request.remote_addr or "")
    wait = throttle.wait(*key)
    if wait is not None:
        raise TooManyRequests(retry_after=max(1, int(wait.total_seconds())))
    try:
        with baton().query() as asked:  # hashing takes long: not under the write lock
            who = asked.people.accounts.authenticate(sent["login"], sent["password"])
    except NotAuthenticated:
        throttle.failed(*key)
        raise
    throttle.succeeded(*key)
    made = services().people.accounts.issue_token(
        who.person, sent["name"], by=who, days=sent["days"], scopes=sent["scopes"])
    return answer(TokenOut().dump({
        "id": made.token.id, "token": made.secret, "name": made.token.name,
        "scopes": None if made.token.scopes is None else sorted(made.token.scopes),
        "expires_at": made.token.expires_at}), status=201)


@blueprint.delete("/tokens/<uuid:token_id>")
@token()
@blueprint.output({}, status_code=204)
def revoke(token_id: UUID) -> tuple[str, int]:
    """End a token at once."""
    services().people.accounts.revoke_token(token_id, by=actor())
    return "", 204


@blueprint.get("/me")
@token()
@blueprint.output(Me)
def me() -> dict[str, Any]:
    """Who the token stands for, and what it may do."""
    who = actor()
    return {"person": who.person, "login": who.login, "name": who.name,
            "departments": sorted(who.departments), "roles": sorted(who.roles),
            "rights": [right for right in RIGHTS if who.may_anywhere(right)],
            "language": who.language, "timezone": who.timezone}


@blueprint.get("/departments")
@token("people.read")
@blueprint.output(listing(DepartmentOut))
def departments() -> dict[str, Any]:
    """All departments at work."""
    return {"items": services().people.departments.all(), "next": None}
