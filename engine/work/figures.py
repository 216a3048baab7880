"""Work items in numbers; ended ones aren't looked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from engine.work import lifecycle
from engine.work.tables import WorkItemRow


def figures(session: Session, now: datetime) -> Iterator[Metric]:
    """Open work items by department and state, and how many of them are overdue."""
    items = GaugeMetricFamily("baton_work_items", "Open work items.",
                              labels=["department", "state"])
    overdue = GaugeMetricFamily("baton_work_items_overdue", "Open work items past their due time.",
                                labels=["department", "state"])
    late = func.sum(case((WorkItemRow.due_at < now, 1), else_=0))
    for department, state, count, past in session.execute(
            select(WorkItemRow.department, WorkItemRow.state, func.count(), late)
            .where(WorkItemRow.state.in_(lifecycle.OPEN))
            .group_by(WorkItemRow.department, WorkItemRow.state)
            .order_by(WorkItemRow.department, WorkItemRow.state)):
        items.add_metric([department, state], count)
        overdue.add_metric([department, state], past)
    yield items
    yield overdue
