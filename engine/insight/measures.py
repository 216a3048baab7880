"""What a log measures to: its activities, its flows, its cases. Seconds unless said otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from engine.insight.log import MOMENT, WAITS_FOR, Basis, EventLog, Name


@dataclass(frozen=True)
class ActivityMeasure:
    """One activity over all its steps. Shares are of the cases that passed through it."""

    name: Name
    steps: int
    cases: int
    waited_median: float | None
    waited_p90: float | None
    waited_total: float
    worked_median: float | None
    repeat_share: float
    breach_share: float | None
    automatic: bool
    #: Steps that are still waiting or at work when the log ends; in no median.
    open: int
    #: Whom it waits for: "people" of the house, "customer", "partner" or "timer".
    waits_for: str


@dataclass(frozen=True)
class FlowMeasure:
    """How often one activity directly follows another, and the time between, from end to end."""

    source: Name
    target: Name
    count: int
    median: float | None


@dataclass(frozen=True)
class Summary:
    """The log in figures. `with_deadline` counts the cases to which something was promised.

    `ended_late`: ended, and a promise (the deadline) was broken; `open_late`: open, and broken.
    """

    cases: int
    events: int
    open: int
    ended_late: int
    open_late: int
    with_deadline: int
    start: datetime | None
    end: datetime | None
    duration_median: float | None
    duration_p90: float | None


def human(log: EventLog) -> pl.DataFrame:
    """Steps that people do or wait for: what is measured."""
    return log.steps.filter(~pl.col("automatic").fill_null(False))


def waiting(log: EventLog) -> pl.DataFrame:
    """Steps with a known wait for people of the house, not for customers, partners or timers.

    Among statuses only those in which nobody works can wait at all.
    """
    found = human(log).filter(
        pl.col("waited").is_not_null() & (pl.col("waits_for").fill_null(0) == 0))
    return found.filter(pl.col("idle")) if log.basis is Basis.STATUS else found


def usual_wait(waits: pl.DataFrame) -> float:
    """The median of known waits in seconds: what a step of this journey usually waits."""
    return _number(waits["waited"].median()) or 0.0


def still_waiting(log: EventLog) -> pl.DataFrame:
    """Steps that nobody has begun when the log ends; `waited` is how long that is by then.

    Without them a step would look the better the more cases are stuck at it.
    """
    return log.steps.filter(
        pl.col("started").is_null() & pl.col("completed").is_null() & pl.col("ready").is_not_null()
    ).with_columns(waited=(pl.lit(log.as_of).cast(MOMENT) - pl.col("ready")
                           ).dt.total_microseconds() / 1e6)


def broken_cases(log: EventLog) -> pl.Series:
    """Cases in which a promise was broken."""
    return log.promises.filter(pl.col("breached"))["case"].unique()


def summary(log: EventLog) -> Summary:
    """The log in figures."""
    ended = log.cases.filter(pl.col("end").is_not_null())
    lasted = ended.select((pl.col("end") - pl.col("start")).dt.total_microseconds() / 1e6
                          ).to_series().drop_nulls()
    lasted = lasted.filter(lasted >= 0)
    late = (log.promises.filter(pl.col("breached")).select("case").unique()
            .join(log.cases.select("case", "end"), on="case"))
    ended_late = late.filter(pl.col("end").is_not_null()).height
    return Summary(
        cases=log.cases.height, events=log.events,
        open=log.cases.height - ended.height, ended_late=ended_late,
        open_late=late.height - ended_late,
        with_deadline=log.promises["case"].n_unique() if log.promises.height else 0,
        start=_moment(log.cases["start"].min()), end=_moment(log.as_of),
        duration_median=_number(lasted.median()), duration_p90=_number(lasted.quantile(0.9)))


def activities(log: EventLog) -> list[ActivityMeasure]:
    """Every activity, the most frequent first."""
    broken = broken_cases(log)
    measured = log.promises.height > 0
    found = (
        log.steps.with_columns(broken=pl.col("case").is_in(broken.implode()))
        .group_by("activity").agg(
            pl.len().alias("steps"), pl.col("case").n_unique().alias("cases"),
            pl.col("waited").median().alias("median"),
            pl.col("waited").quantile(0.9).alias("p90"),
            pl.col("waited").sum().alias("total"),
            pl.col("worked").median().alias("worked"),
            pl.col("case").filter(pl.col("repeat")).n_unique().alias("again"),
            pl.col("case").filter(pl.col("broken")).n_unique().alias("broken"),
            pl.col("automatic").fill_null(False).all().alias("automatic"),
            pl.col("completed").is_null().sum().alias("open"),
            pl.col("waits_for").fill_null(0).max().alias("waits_for"))
        .sort(["steps", "activity"], descending=[True, False]))
    return [ActivityMeasure(
        log.activities[row["activity"]], row["steps"], row["cases"], row["median"], row["p90"],
        row["total"] or 0.0, row["worked"], row["again"] / row["cases"],
        row["broken"] / row["cases"] if measured else None, row["automatic"],
        row["open"], WAITS_FOR[row["waits_for"]])
        for row in found.iter_rows(named=True)]


def flows(log: EventLog) -> list[FlowMeasure]:
    """What directly follows what, the most frequent first."""
    pairs = log.steps.with_columns(
        following=pl.col("activity").shift(-1).over("case"),
        gap=(pl.col("at").shift(-1).over("case") - pl.col("at")).dt.total_microseconds() / 1e6)
    found = (pairs.filter(pl.col("following").is_not_null())
             .group_by("activity", "following")
             .agg(pl.len().alias("count"), pl.col("gap").median().alias("median"))
             .sort(["count", "activity", "following"], descending=[True, False, False]))
    return [FlowMeasure(log.activities[row["activity"]], log.activities[row["following"]],
                        row["count"], row["median"]) for row in found.iter_rows(named=True)]


def _moment(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
