"""Steps from logs in which each event says that a step was scheduled, started or completed.

Starts and completions of one activity in one case are paired first come, first served (or by
the instance that the log names). A completion without a start stands for itself.
"""

from __future__ import annotations

import polars as pl

from engine.insight.log import Basis
from engine.insight.raw import RawLog

_KINDS = {
    "start": "start", "started": "start",
    "schedule": "offer", "scheduled": "offer", "offer": "offer", "allocate": "offer",
    "complete": "done", "completed": "done", "end": "done", "unknown": "done",
    "autoskip": "done", "manualskip": "done", "skip": "done",
    "withdraw": "abort", "withdrawn": "abort", "pi_abort": "abort", "ate_abort": "abort",
    "abort": "abort", "aborted": "abort",
}
_KEY = ["case", "activity", "_instance"]


def paired_steps(raw: RawLog) -> tuple[pl.DataFrame, Basis]:
    """Steps of `raw` (case, activity, department, person, at, ready, started, completed, seq)."""
    events = _with_kinds(raw)
    begun = _pair(events)
    offers = events.filter(pl.col("_kind") == "offer")
    if len(offers):
        begun = _with_offers(begun, offers)
    steps = begun.filter(~pl.col("_aborted")).with_columns(
        at=pl.coalesce("completed", "started"),
        waited=_seconds(pl.coalesce("started", "completed") - pl.col("ready")),
        worked=_seconds(pl.col("completed") - pl.col("started")),
    )
    has_starts = steps["started"].is_not_null().any()
    return steps, Basis.STARTED if has_starts else Basis.COMPLETED


def _with_kinds(raw: RawLog) -> pl.DataFrame:
    """Events in time order with their kind, and when the case last completed something."""
    kinds = [_KINDS.get(text.strip().lower(), "other") for text in raw.transitions]
    kind = (pl.col("transition").replace_strict(
        list(range(len(kinds))), kinds, default="done", return_dtype=pl.String)
        if kinds else pl.lit("done"))
    events = raw.events.with_row_index("seq").with_columns(
        _kind=kind.fill_null("done"),
        _instance=pl.col("instance").fill_null(2**32 - 1),
    ).sort("case", "at", "seq")
    done_at = pl.when(pl.col("_kind") == "done").then(pl.col("at"))
    return events.with_columns(
        ready=done_at.forward_fill().shift(1).over("case")).filter(pl.col("_kind") != "other")


def _pair(events: pl.DataFrame) -> pl.DataFrame:
    """One row a step. A completion with no start before it is one on its own.

    With +1 for a start and -1 for a completion, the running sum of a key reaches a new minimum
    below zero exactly at a completion that has no start left; the others pair up in order.
    """
    events = events.filter(pl.col("_kind") != "offer")
    is_start = pl.col("_kind") == "start"
    events = events.with_columns(
        _sum=pl.when(is_start).then(1).otherwise(-1).cum_sum().over(_KEY))
    lowest = pl.col("_sum").cum_min().shift(1).over(_KEY).fill_null(0)
    events = events.with_columns(_alone=~is_start & (pl.col("_sum") < pl.min_horizontal(lowest, 0)))
    ends = events.filter(~is_start & ~pl.col("_alone")).with_columns(
        _nth=pl.int_range(pl.len()).over(_KEY))
    starts = events.filter(is_start).with_columns(_nth=pl.int_range(pl.len()).over(_KEY)).join(
        ends.select(*_KEY, "_nth", completed="at", _end="_kind", _end_seq="seq",
                    _end_department="department", _end_person="person"),
        on=[*_KEY, "_nth"], how="left", maintain_order="left")
    columns = ["case", "activity", "_instance", "department", "person", "seq", "ready",
               "started", "completed", "_aborted"]
    whole = starts.with_columns(
        started=pl.col("at"),
        # Who completed a step did it; who started it only where nobody else completed it.
        department=pl.coalesce("_end_department", "department"),
        person=pl.coalesce("_end_person", "person"),
        seq=pl.coalesce("_end_seq", "seq"),
        _aborted=(pl.col("_end") == "abort").fill_null(False),
    ).select(columns)
    alone = events.filter(pl.col("_alone")).with_columns(
        started=pl.lit(None, dtype=events.schema["at"]),
        completed=pl.col("at"),
        _aborted=pl.col("_kind") == "abort",
    ).select(columns)
    return pl.concat([whole, alone])


def _with_offers(steps: pl.DataFrame, offers: pl.DataFrame) -> pl.DataFrame:
    """`ready` taken from the scheduling event, where a step has one before it began."""
    steps = steps.with_columns(_begun=pl.coalesce("started", "completed")).sort(
        "case", "_begun", "seq").with_columns(_nth=pl.int_range(pl.len()).over(_KEY))
    nth = offers.with_columns(_nth=pl.int_range(pl.len()).over(_KEY)).select(
        *_KEY, "_nth", _offered="at")
    return steps.join(nth, on=[*_KEY, "_nth"], how="left", maintain_order="left").with_columns(
        ready=pl.when(pl.col("_offered") <= pl.col("_begun")).then(pl.col("_offered"))
        .otherwise(pl.col("ready"))).drop("_nth", "_offered", "_begun")


def _seconds(span: pl.Expr) -> pl.Expr:
    return span.dt.total_microseconds() / 1_000_000
