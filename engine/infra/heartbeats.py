"""Heartbeats: which worker processes live, so that others can tell whether anybody works."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.infra.tables import WorkerRow

#: How often a worker says that it lives, and how long it counts as alive after it did.
BEAT = timedelta(seconds=10)
ALIVE = timedelta(seconds=60)
_FORGOTTEN = timedelta(days=1)


@dataclass(frozen=True)
class WorkerLife:
    """One worker as it was last heard of; moments in UTC."""

    machine: str
    process: int
    started_at: datetime
    beat_at: datetime
    alive: bool


def worker_name() -> str:
    """A name that no other worker has: machine, process and a random part."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"


def beat(session: Session, now: datetime, worker: str) -> None:
    """Say that `worker` lives."""
    row = session.get(WorkerRow, worker)
    if row is None:
        session.add(WorkerRow(name=worker, started_at=now, beat_at=now))
    else:
        row.beat_at = now


def leave(session: Session, worker: str) -> None:
    """Say that `worker` ends as it should."""
    session.execute(delete(WorkerRow).where(WorkerRow.name == worker))


def workers(session: Session, now: datetime) -> list[WorkerLife]:
    """Those who live, then those who ended without a word within a day."""
    found = []
    for row in session.scalars(select(WorkerRow).order_by(WorkerRow.beat_at.desc())):
        machine, process, _ = row.name.rsplit(":", 2)
        found.append(WorkerLife(machine, int(process), row.started_at, row.beat_at,
                                row.beat_at > now - ALIVE))
    return found


def figures(session: Session, now: datetime) -> Iterator[Metric]:
    """How many workers live."""
    found = workers(session, now)
    yield GaugeMetricFamily("baton_workers", "Workers that live: they fire timers, watch promises "
                            "and run jobs.", value=sum(one.alive for one in found))


def purge(session: Session, now: datetime) -> None:
    """Forget workers that died a day ago."""
    session.execute(delete(WorkerRow).where(WorkerRow.beat_at < now - _FORGOTTEN))
