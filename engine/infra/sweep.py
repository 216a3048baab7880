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

from sqlalchemy.exc import DBAPIError

from engine.infra.errors import Conflict
from engine.infra.logs import bound

log = logging.getLogger("baton.sweep")


class Declined(Exception):
    """A row that can't have what is asked for: its room writes why, and nobody is alarmed."""


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


def sweep(query: Unit, command: Unit, sources: Iterable[DueSource], limit: int = 200, *,
          stopping: Callable[[], bool] = lambda: False) -> int:
    """Run everything that is due now, at most `limit` rows a source. Returns how many ran.

    Ends after the row at hand when it is `stopping`. Where the database doesn't answer its
    error passes, and all rows stay as they are.
    """
    ran = 0
    for source in sources:
        with query() as services:
            keys = list(source.due(services, limit))
        for key in keys:
            if stopping():
                return ran
            with bound(command=source.name):
                ran += _run(command, source, key)
    return ran


def _run(command: Unit, source: DueSource, key: Any) -> bool:
    try:
        with command() as services:
            return source.run(services, key)
    except Conflict:
        return False  # the case ended or the row went meanwhile
    except Declined as error:
        _put_off(command, source, key, error)
        return True
    except DBAPIError as error:
        if not _passes(error):
            _fail(command, source, key, error)
        elif error.connection_invalidated or error.statement is None:
            raise  # the database is gone: so is it for the rows that follow
        return False
    except Exception as error:  # noqa: BLE001 - one bad row must not stop the others
        _fail(command, source, key, error)
        return False


def _fail(command: Unit, source: DueSource, key: Any, error: Exception) -> None:
    log.error("%s %s failed", source.name, key, exc_info=error)
    _put_off(command, source, key, error)


def _put_off(command: Unit, source: DueSource, key: Any, error: Exception) -> None:
    try:
        with command() as services:
            source.fail(services, key, error)
    except Exception as worse:  # noqa: BLE001 - a row that can't even be put off is the log's
        if isinstance(worse, DBAPIError) and _passes(worse):
            raise
        log.error("%s %s could not be put off", source.name, key, exc_info=worse)


def _passes(error: DBAPIError) -> bool:
    """Whether the row had no part in it: the database restarts, or two commands waited for each
    other. It stays due, and the next round tries it again."""
    state = getattr(error.orig, "sqlstate", None) or ""
    return (error.connection_invalidated or error.statement is None
            or state.startswith(("08", "40", "55", "57")) or "is locked" in str(error.orig))
