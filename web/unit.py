"""One unit of work a request: GET and HEAD read, all else is one command (law 2).

The unit opens at the first `services()`, so that a slow upload is read before the write
lock is taken; it is committed when the view has returned and before the response is sent.
An error, or a response of 400 and above, rolls it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar, cast

from flask import current_app, g, request

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_View = TypeVar("_View", bound=Callable[..., Any])


class Baton(Protocol):
    """The composition root, as far as the web needs it (engine/wiring.py)."""

    settings: Any
    now: Any
    meters: Any

    def command(self) -> AbstractContextManager[Any]:
        """One transaction that writes."""

    def query(self) -> AbstractContextManager[Any]:
        """One transaction that only reads."""

    def session_secret(self) -> str:
        """The key that signs sessions."""

    def check_ready(self) -> None:
        """Raises a DomainError that says what is missing before requests can be answered."""

    def about(self) -> Any:
        """What this installation is: versions, database, size."""

    def try_call(self, call: Any, data: Any, rules: Any) -> Any:
        """Make a service call once, outside any unit of work."""

    def figures(self) -> Iterator[Any]:
        """The installation in numbers."""

    def workers(self) -> list[Any]:
        """Who works in the background."""


def baton() -> Baton:
    """The composition root of this app."""
    return cast(Baton, current_app.extensions["baton"])


def services() -> Any:
    """The services of this request's unit of work, which opens now if it hasn't yet."""
    if "services" not in g:
        source = baton()
        opened = source.query() if g.get("unit_reads", True) else source.command()
        g.services = opened.__enter__()
        g.unit_opened = opened
    return g.services


def reads_only(view: _View) -> _View:
    """Marks a POST view that changes nothing in the database, such as a preview or a login."""
    view.unit_reads_only = True  # type: ignore[attr-defined]
    return view


def begin() -> None:
    """Decide, before the view, whether this request's unit will write."""
    view = current_app.view_functions.get(request.endpoint or "")
    g.unit_reads = request.method in _READING or getattr(view, "unit_reads_only", False)


def finish() -> None:
    """Commit what the view did. Whatever the commit raises is an error like any other."""
    opened = _forget()
    if opened is not None:
        opened.__exit__(None, None, None)


def abandon() -> None:
    """Roll back what the view did; later `services()` of the same request only read."""
    g.unit_reads = True
    opened = _forget()
    if opened is None:
        return
    error = Abandoned()
    try:
        opened.__exit__(Abandoned, error, None)
    except Abandoned:
        return


class Abandoned(Exception):
    """Thrown into an open unit so that it rolls back; never leaves this module."""


def _forget() -> AbstractContextManager[Any] | None:
    g.pop("services", None)
    return cast("AbstractContextManager[Any] | None", g.pop("unit_opened", None))
