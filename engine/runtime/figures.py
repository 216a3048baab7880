"""Cases in numbers. Nothing here looks at finished cases: the cost doesn't grow with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.runtime.tables import CaseCounterRow, CaseRow, IncidentRow, WaitRow

#: States of cases that haven't ended.
_LIVING = ("open", "suspended")


def figures(session: Session, now: datetime) -> Iterator[Metric]:
    """Living cases by journey, cases ever started, open incidents, timers due and their lag."""
    yield _living(session)
    started = CounterMetricFamily("baton_cases_started", "Cases that ever got a number, by the "
                                  "prefix of their numbers.", labels=["prefix"])
    for prefix, count in session.execute(
            select(CaseCounterRow.prefix, func.sum(CaseCounterRow.last))
            .group_by(CaseCounterRow.prefix).order_by(CaseCounterRow.prefix)):
        started.add_metric([prefix], count)
    yield started
    yield GaugeMetricFamily(
        "baton_incidents_open", "Incidents that nobody has dealt with yet.",
        value=session.execute(select(func.count()).select_from(IncidentRow)
                              .where(IncidentRow.resolved_at.is_(None))).scalar_one())
    due, oldest = session.execute(select(func.count(), func.min(WaitRow.due_at))
                                  .where(WaitRow.due_at <= now)).one()
    yield GaugeMetricFamily("baton_timers_due", "Timers whose moment has come and that haven't "
                            "fired yet.", value=due)
    yield GaugeMetricFamily(
        "baton_timer_lag_seconds", "For how long the earliest of them has been due.",
        value=(now - oldest).total_seconds() if oldest is not None else 0.0)


def _living(session: Session) -> Metric:
    cases = GaugeMetricFamily("baton_cases", "Cases that have not ended.",
                              labels=["journey", "state"])
    for journey, state, count in session.execute(
            select(CaseRow.journey, CaseRow.state, func.count())
            .where(CaseRow.state.in_(_LIVING)).group_by(CaseRow.journey, CaseRow.state)
            .order_by(CaseRow.journey, CaseRow.state)):
        cases.add_metric([journey, state], count)
    return cases
