"""What can go wrong with outside work."""

from __future__ import annotations

from engine.infra.errors import Forbidden


class NotAllowed(Forbidden):
    """The host, or the address that it has, is not one that Baton may call."""
