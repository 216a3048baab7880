"""Tickets: on PostgreSQL, Procrastinate's entries that say which job is to be done, and when.

The row in `jobs` is the truth; a ticket only brings a worker to it. Only the ticket that the row
names counts, and only while the job is queued: any other is dropped by whoever it comes to. A job
that has no ticket any more, or one in the hands of a dead worker, is given a new one. On SQLite
there are none: its workers look at the table.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from engine.jobs.tables import JobRow

#: The task that a ticket stands for; its queue is named after the job's kind.
TASK = "baton.job"

_ISSUE = text("""
    SELECT (procrastinate_defer_jobs_v1(ARRAY[ROW(
        :kind, :task, 0, NULL, NULL, jsonb_build_object('job', CAST(:job AS text)),
        CAST(:at AS timestamptz))::procrastinate_job_to_defer_v1]))[1]""")
#: Deletes it while it waits; one that a worker has is dropped when it ends.
_WITHDRAW = text("SELECT procrastinate_cancel_job_v1(:ticket, false, true)")
_ALIVE = """(ticket.status = 'todo' OR ticket.status = 'doing' AND EXISTS (
        SELECT FROM procrastinate_workers AS worker WHERE worker.id = ticket.worker_id
        AND worker.last_heartbeat >= now() - make_interval(secs => :stale)))"""
_WITHOUT = text(f"""
    SELECT job.* FROM jobs AS job
    LEFT JOIN procrastinate_jobs AS ticket ON ticket.id = job.ticket
    WHERE job.state IN ('queued', 'running') AND {_ALIVE} IS NOT TRUE
    ORDER BY job.run_at FOR UPDATE OF job SKIP LOCKED""")  # noqa: S608 - only text of ours
_SWEEP = text(f"""
    DELETE FROM procrastinate_jobs AS ticket
    WHERE ticket.task_name = :task AND {_ALIVE} IS NOT TRUE""")  # noqa: S608 - only text of ours


def issue(session: Session, job: UUID, kind: str, at: datetime) -> int | None:
    """A ticket for that moment, once this transaction is committed; None on SQLite."""
    if not _by_ticket(session):
        return None
    ticket: int = session.connection().execute(
        _ISSUE, {"kind": kind, "task": TASK, "job": str(job), "at": at}).scalar_one()
    return ticket


def withdraw(session: Session, ticket: int | None) -> None:
    """Take a ticket back, unless a worker has it."""
    if ticket is not None and _by_ticket(session):
        session.connection().execute(_WITHDRAW, {"ticket": ticket})


def renew(session: Session, stale: timedelta) -> int:
    """Give a new ticket to each job whose ticket is gone, or with a worker that was silent for
    `stale`; returns how many. Jobs in such hands are queued again."""
    silent = {"stale": stale.total_seconds()}
    without = session.scalars(select(JobRow).from_statement(_WITHOUT), silent).all()
    for row in without:
        row.state, row.claimed_by = "queued", None
        row.ticket = issue(session, row.id, row.kind, row.run_at)
    session.flush()
    session.execute(_SWEEP, {**silent, "task": TASK})
    return len(without)


def _by_ticket(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
