"""Jobs in numbers; those that are done aren't looked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.jobs.tables import JobRow

_STATES = ("queued", "running", "failed")


def figures(session: Session, now: datetime) -> Iterator[Metric]:
    """How many jobs wait, run, or have failed for good, and for how long they have waited."""
    jobs = GaugeMetricFamily("baton_jobs", "Background jobs that are not done, by state.",
                             labels=["state"])
    rows = session.execute(select(JobRow.state, func.count()).where(JobRow.state.in_(_STATES))
                           .group_by(JobRow.state))
    counts: dict[str, int] = {row[0]: row[1] for row in rows}
    for state in _STATES:
        jobs.add_metric([state], counts.get(state, 0))
    yield jobs
    oldest = session.execute(select(func.min(JobRow.run_at)).where(
        JobRow.state == "queued", JobRow.run_at <= now)).scalar_one()
    yield GaugeMetricFamily(
        "baton_job_lag_seconds", "For how long the earliest job that could run has waited.",
        value=(now - oldest).total_seconds() if oldest is not None else 0.0)
