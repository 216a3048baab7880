"""Workers of jobs that die, and their hearts, on either database."""

from __future__ import annotations

import threading
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from engine.infra.db import Database
from engine.jobs.table_worker import TableWorker
from engine.jobs.ticket_worker import TicketWorker
from engine.jobs.worker import RunningJob, Worker


def claimed_and_never_heard_of_again(worker: Worker) -> RunningJob | None:
    """What a worker leaves that is killed while it does a job."""
    if isinstance(worker, TableWorker):
        return worker._next()
    assert isinstance(worker, TicketWorker)
    worker.renew()
    with worker.database.write() as session:
        number = session.execute(text("SELECT procrastinate_register_worker_v1()")).scalar_one()
        ticket = session.execute(
            text("SELECT id, args FROM procrastinate_fetch_job_v2(:queues, :worker)"),
            {"queues": worker.kinds, "worker": number}).one()
    return None if ticket.id is None else worker.take(UUID(ticket.args["job"]), ticket.id)


def wait_for_a_beat(database: Database, since: datetime) -> None:
    """Until a worker has said that it lives."""
    asked = ("SELECT max(heartbeat) FROM jobs WHERE heartbeat >= :since" if database.is_sqlite else
             "SELECT max(last_heartbeat) FROM procrastinate_workers WHERE last_heartbeat >= :since")
    moment = int(since.timestamp() * 1_000_000) if database.is_sqlite else since
    for _ in range(1000):
        with database.read() as session:
            if session.execute(text(asked), {"since": moment}).scalar_one() is not None:
                return
        threading.Event().wait(0.01)
    raise AssertionError("no heart beats")
