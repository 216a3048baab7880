"""Who may call a view: one marker on each, checked before it runs; none means refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, Response, current_app, g, redirect, request, url_for
from flask_login import LoginManager, UserMixin, current_user
from werkzeug.exceptions import Forbidden as NoMarker

from engine.infra.errors import NotFound
from engine.people.access import Actor
from engine.people.errors import NotAuthenticated
from web.unit import services

_View = TypeVar("_View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Marker:
    """What a view asks of its caller; `rights`: one of them, held anywhere, is enough."""

    kind: str
    rights: tuple[str, ...] = ()


def public(view: _View) -> _View:
    """Anyone, logged in or not."""
    return _mark(view, Marker("public"))


def signed_in(view: _View) -> _View:
    """Anyone who is logged in."""
    return _mark(view, Marker("signed_in"))


def right(*rights: str) -> Callable[[_View], _View]:
    """People who hold one of the rights for any journey or department; services check the rest."""
    return lambda view: _mark(view, Marker("right", rights))


def token(*rights: str) -> Callable[[_View], _View]:
    """API calls with a bearer token whose person, and whose scopes, hold one of the rights."""
    return lambda view: _mark(view, Marker("token", rights))


def marker_of(view: Callable[..., Any]) -> Marker | None:
    """The view's marker, if it has one."""
    return cast("Marker | None", getattr(view, "access_marker", None))


def _mark(view: _View, marker: Marker) -> _View:
    if marker_of(view) is not None:
        raise ValueError(f"{view} has two access markers")
    view.access_marker = marker  # type: ignore[attr-defined]
    return view


class Identity(UserMixin):
    """A logged-in person, as flask-login knows one."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def get_id(self) -> str:
        """What the session keeps."""
        return str(self.actor.person)


def actor() -> Actor:
    """Who asks. Raises NotAuthenticated where nobody is logged in."""
    if "actor" in g:
        return cast(Actor, g.actor)
    if current_user and current_user.is_authenticated:
        return cast(Actor, current_user.actor)
    raise NotAuthenticated("Log in first.")


def actor_or_none() -> Actor | None:
    """Who asks, or None for someone who isn't logged in, or while nobody can be looked up."""
    if g.get("nobody"):
        return None
    try:
        return actor()
    except NotAuthenticated:
        return None


def install(app: Flask) -> None:
    """Check every request's marker, with logins kept by flask-login."""
    login = LoginManager(app, add_context_processor=False)  # templates have `actor`

    @login.user_loader
    def load(person: str) -> Identity | None:
        try:
            return Identity(services().people.accounts.actor(UUID(person)))
        except (NotFound, NotAuthenticated, ValueError):
            return None

    app.before_request(check)


def check() -> Response | None:
    """Let the request pass, send it to the login page, or refuse it."""
    if request.endpoint is None:
        return None  # no such address: the 404 tells nothing that needs a login
    view = current_app.view_functions[request.endpoint]
    marker = marker_of(view)
    if marker is None:
        current_app.logger.error("view %s has no access marker", request.endpoint)
        raise NoMarker()
    if marker.kind == "public":
        return None
    if marker.kind == "token":
        g.actor = _by_token()
    elif not current_user.is_authenticated:
        return _to_login()
    _require(actor(), marker.rights)
    return None


def _require(who: Actor, rights: tuple[str, ...]) -> None:
    if rights and not any(who.may_anywhere(one) for one in rights):
        who.require_anywhere(rights[0])


def _by_token() -> Actor:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise NotAuthenticated("Send a token: Authorization: Bearer <token>.")
    return cast(Actor, services().people.accounts.actor_by_token(secret.strip()))


def _to_login() -> Response:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    address = url_for("session.login", next=wanted)
    if request.headers.get("HX-Request"):
        return Response(status=204, headers={"HX-Redirect": url_for("session.login")})
    return cast(Response, redirect(address))


def own_address(address: str | None) -> str | None:
    """`address` when it leads to a page of this site, else None (no open redirects)."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return None
    parts = urlsplit(address)
    return None if parts.scheme or parts.netloc else address
