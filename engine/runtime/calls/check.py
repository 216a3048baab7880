"""Whether the administrator allows a service call."""

from __future__ import annotations

from urllib.parse import urlsplit

from engine.jobs.hosts import AllowedHosts

_PORTS = {"http": 80, "https": 443}


def may_call(url: str, allowed: AllowedHosts) -> bool:
    """Whether the list covers the host of a call's address."""
    parts = urlsplit(url)
    return allowed.allows(parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0))
