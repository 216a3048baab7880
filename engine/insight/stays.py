"""Steps from logs of ticket systems, in which each event says which status a case entered.

A stay lasts from its event until the next one of the case. Time in a waiting status is waiting,
time in any other but a final one is work; a final status takes no time. What the log repeats
without a change (same status, department and person) is one stay.
"""

from __future__ import annotations

import polars as pl

from engine.insight.raw import RawLog
from engine.insight.statuses import Status, read_status, waits_for

_SAME = ["case", "activity", "transition", "department", "person"]


def stays(raw: RawLog) -> tuple[pl.DataFrame, list[str]]:
    """Steps of `raw`, one for each stay in a status, and the names of their activities.

    `activity` is coded anew: "Accepted: Wait - User" for a name and a status.
    """
    merged = _merged(raw.events)
    pairs = merged.select("activity", "transition").unique(maintain_order=True).with_row_index(
        "_code")
    read = [(raw.activities[a], "" if t is None else raw.transitions[t])
            for a, t in pairs.select("activity", "transition").iter_rows()]
    meaning = [read_status(name, status) for name, status in read]
    pairs = pairs.with_columns(
        _status=pl.Series([str(status) for status in meaning], dtype=pl.String),
        waits=pl.Series([waits_for(*pair) for pair in read], dtype=pl.String),
    )
    steps = merged.join(pairs, on=["activity", "transition"], how="left", nulls_equal=True,
                        maintain_order="left").with_columns(activity=pl.col("_code"))
    return _timed(steps), [_label(*pair) for pair in read]


def _merged(events: pl.DataFrame) -> pl.DataFrame:
    """Events in time order without those that only repeat the one before."""
    events = events.with_row_index("seq").sort("case", "at", "seq")
    again = pl.all_horizontal(pl.col(c).eq_missing(pl.col(c).shift(1)) for c in _SAME)
    # The first row of the frame has nothing before it, whatever a shifted null compares to.
    return events.filter(~again | (pl.int_range(pl.len()) == 0))


def _timed(steps: pl.DataFrame) -> pl.DataFrame:
    """Each stay with its times. The last stay of a case that isn't final is still going on."""
    is_last = pl.col("case").ne_missing(pl.col("case").shift(-1))
    until = pl.when(~is_last).then(pl.col("at").shift(-1))
    lasted = (pl.col("_until") - pl.col("at")).dt.total_microseconds() / 1_000_000
    waiting = pl.col("_status") == Status.WAITING
    done = pl.col("_status") == Status.DONE
    return steps.with_columns(_until=until).with_columns(
        ready=pl.col("at"),
        started=pl.when(waiting).then(pl.col("_until")).otherwise(pl.col("at")),
        completed=pl.when(done).then(pl.col("at")).otherwise(pl.col("_until")),
        waited=pl.when(waiting).then(lasted).otherwise(0.0),
        worked=pl.when(done | waiting).then(0.0).otherwise(lasted),
        idle=waiting,
        done=done,
    )


def _label(name: str, status: str) -> str:
    if not status or status == name:
        return name
    return f"{name}: {status}"
