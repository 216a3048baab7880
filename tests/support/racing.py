"""Commands that meet: each in a thread, with connections of its own, all let go at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from engine.infra.db import Database
from engine.wiring import Baton


def neighbour(baton: Baton) -> Baton:
    """Another process's Baton on the same database: it shares no lock and no connection."""
    database = Database(baton.database.url.render_as_string(hide_password=False))
    return Baton(baton.settings, baton.now, database=database)


def race(*acts: Callable[[], Any]) -> list[Any]:
    """What each act returned, or the exception that it raised, in the order of the acts."""
    barrier = threading.Barrier(len(acts))
    found: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            found[place] = act()
        except Exception as error:  # noqa: BLE001 - the test says which ones may be
            found[place] = error

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
