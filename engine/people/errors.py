"""What can go wrong here beyond the errors of infra."""

from __future__ import annotations

from engine.infra.errors import DomainError


class NotAuthenticated(DomainError):
    """Nobody is logged in, or the login, password or token isn't right (HTTP 401)."""

    code = "not_authenticated"
