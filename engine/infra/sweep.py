"""The sweep: finds what is due now and runs it, each in a transaction of its own.

Due moments are rows of their rooms with an indexed due moment. A row is claimed inside
the command that handles it, so two workers can't both do it; one that fails is pushed
forward and made visible by its room, so that it can't stop the sweep.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any, Protocol

from engine.infra.errors import Conflict

log = logging.getLogger("baton.sweep")


class DueSource(Protocol):
    """A room's due rows."""

    name: str

    def due(self, services: Any, limit: int) -> Iterable[Any]:
        """Keys of the rows that are due now."""
        ...

    def run(self, services: Any, key: Any) -> bool:
        """Claim and handle one; False when another was faster."""
        ...

    def fail(self, services: Any, key: Any, error: Exception) -> None:
        """Push a row that failed forward and make it visible."""
        ...


Unit = Callable[[], AbstractContextManager[Any]]


def sweep(query: Unit, command: Unit, sources: Iterable[DueSource], limit: int = 200) -> int:
    """Run everything that is due now, at most `limit` rows a source. Returns how many ran."""
    ran = 0
    for source in sources:
        with query() as services:
            keys = list(source.due(services, limit))
        for key in keys:
            ran += _run(command, source, key)
    return ran


def _run(command: Unit, source: DueSource, key: Any) -> bool:
    try:
        with command() as services:
            return source.run(services, key)
    except Conflict:
        return False  # the case ended or the row went meanwhile
    except Exception as error:  # noqa: BLE001 - one bad row must not stop the others
        log.exception("%s %s failed", source.name, key)
        with command() as services:
            source.fail(services, key, error)
        return False
