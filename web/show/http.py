"""A request as people read it, in HTTP's own shape."""

from __future__ import annotations

from engine.runtime.calls.request import Request

#: Characters of what was sent or came that are shown.
EXCERPT = 2_000


def written(request: Request) -> str:
    """Method and address, headers, body."""
    lines = [f"{request.method} {request.url}",
             *(f"{name}: {value}" for name, value in request.headers.items())]
    return "\n".join([*lines, *(["", request.body] if request.body else [])])[:EXCERPT]
