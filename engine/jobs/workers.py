"""Which worker a database needs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from engine.infra.db import Database
from engine.infra.now import Now
from engine.jobs.table_worker import TableWorker
from engine.jobs.worker import GaveUp, Handler, Worker


def worker_for(database: Database, kinds: Mapping[str, Handler], now: Now, *,
               gave_up: Mapping[str, GaveUp] | None = None,
               stale: timedelta = timedelta(minutes=1)) -> Worker:
    """A worker for jobs of these kinds, by the table on SQLite, by tickets on PostgreSQL."""
    if database.is_sqlite:
        return TableWorker(database, kinds, now, gave_up=gave_up, stale=stale)
    from engine.jobs.ticket_worker import TicketWorker  # SQLite needs no Procrastinate

    return TicketWorker(database, kinds, now, gave_up=gave_up, stale=stale)
