"""Promises in numbers: how far behind the sweep is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy.orm import Session

from engine.sla import store


def figures(session: Session, now: datetime) -> Iterator[Metric]:
    """The age of the longest due threshold of a promise that nobody has looked at yet."""
    oldest = store.next_threshold(session)
    lag = max(0.0, (now - oldest).total_seconds()) if oldest is not None else 0.0
    yield GaugeMetricFamily(
        "baton_promise_lag_seconds",
        "For how long the earliest threshold of a promise has waited to be noticed.", value=lag)
