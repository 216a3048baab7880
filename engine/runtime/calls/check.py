"""What publishing asks of the service calls of a version."""

from __future__ import annotations

from urllib.parse import urlsplit

from engine.infra.errors import Invalid
from engine.jobs.hosts import AllowedHosts
from engine.runtime.ports import RunnableVersion

_PORTS = {"http": 80, "https": 443}


def check_calls(version: RunnableVersion, allowed: AllowedHosts) -> None:
    """Raises Invalid for a step that calls a host which nobody has allowed, or that can't call."""
    for element, step in version.steps.items():
        if step.call is None or not step.call.on:
            continue
        drawn = version.model.by_drawn_id(element)
        if drawn is None or not drawn.outside:
            raise Invalid("{step} can't call a service: only a task, a service task or a send task "
                          "can.", field=f"steps.{element}.call", step=drawn.name if drawn else
                          element)
        if not may_call(step.call.url, allowed):
            raise Invalid("{step} calls {host}, which Baton may not call. Ask an administrator to "
                          "add it to BATON_ALLOWED_HOSTS, or switch the call off.",
                          field=f"steps.{element}.call", step=drawn.name, host=step.call.host)


def may_call(url: str, allowed: AllowedHosts) -> bool:
    """Whether the list covers the host of a call's address."""
    parts = urlsplit(url)
    return allowed.allows(parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0))
