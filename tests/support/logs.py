"""Event logs written in a test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from engine.insight.formats import ReadOptions, read_log
from engine.insight.log import EventLog

_BEGIN = datetime(2026, 3, 2, 8, tzinfo=UTC)


def csv(*rows: str, header: str = "case,activity,timestamp") -> bytes:
    return "\n".join([header, *rows, ""]).encode()


def log(*rows: str, header: str = "case,activity,timestamp", **options) -> EventLog:
    """The log in these CSV rows."""
    return read_log("test.csv", csv(*rows, header=header), ReadOptions(**options))


def told(*cases: str, times: int = 1) -> EventLog:
    """Cases of steps, each `activity department wait work` (hours), one after another.

    "Ask desk 0 1, Check quality 20 2" is asked and, 20 hours later, checked for two hours.
    """
    rows = []
    for number in range(times):
        for kind, steps in enumerate(cases):
            now = _BEGIN
            for step in steps.split(","):
                activity, department, wait, work = step.split()
                start = now + timedelta(hours=float(wait))
                now = start + timedelta(hours=float(work))
                rows.append(f"{kind}-{number},{activity},{department},{start:%Y-%m-%dT%H:%M:%SZ},"
                            f"{now:%Y-%m-%dT%H:%M:%SZ}")
    return log(*rows, header="case,activity,department,start time,end time")
