"""Ping-pong: two departments that pass a case to and fro.

Rule: within a case, the departments in turn read A, B, A, B; every turn from the third on is a
bounce. Pairs that do so in at least three cases count. A step of an unknown department stands
between two turns, since nobody can say whether work went to and fro there.
Hours lost: the time that the bounced work waited and was worked on.

Valid: desk, quality, desk, quality, desk.
Invalid: desk, quality, desk (asked once, answered once); desk, quality, finance, desk.
"""

from __future__ import annotations

import polars as pl

from engine.insight.breakpoint import FEWEST_CASES, Breakpoint, evidence, hours
from engine.insight.log import EventLog
from engine.insight.measures import human


def detect(log: EventLog) -> list[Breakpoint]:
    """The pairs that pass cases to and fro."""
    turns = _turns(log)
    next_, one, two, three = (pl.col("department").shift(n).over("case") for n in (-1, 1, 2, 3))
    bounced = turns.with_columns(one=one).filter(
        (pl.col("department") == two) & ((next_ == one) | (one == three))
    ).with_columns(
        low=pl.min_horizontal("department", "one"), high=pl.max_horizontal("department", "one"))
    found = []
    for (low, high), rows in bounced.group_by(["low", "high"], maintain_order=True):
        if rows["case"].n_unique() >= FEWEST_CASES:
            found.append(_breakpoint(log, int(str(low)), int(str(high)), rows))
    return found


def _turns(log: EventLog) -> pl.DataFrame:
    """One row for each unbroken stay of a case with a department, with its time."""
    steps = human(log).select(
        "case", "department",
        seconds=pl.col("waited").fill_null(0) + pl.col("worked").fill_null(0))
    before = pl.col("department").shift(1)
    changed = (pl.col("case") != pl.col("case").shift(1)) | pl.col("department").ne_missing(before)
    return (steps.with_columns(turn=changed.fill_null(True).cum_sum())
            .group_by("case", "turn", maintain_order=True)
            .agg(pl.col("department").first(), pl.col("seconds").sum()))


def _breakpoint(log: EventLog, low: int, high: int, rows: pl.DataFrame) -> Breakpoint:
    one, other = log.departments[low], log.departments[high]
    cases = rows["case"].n_unique()
    label = {lang: f"{one.in_language(lang)} ⇄ {other.in_language(lang)}"
             for lang in ("en", "zh")}
    return Breakpoint(
        "ping_pong", {"from": one.id, "to": other.id}, label,
        {"en": f"{one.in_language('en')} and {other.in_language('en')} pass cases to and fro: "
               f"{rows.height:,} bounces in {cases:,} cases.",
         "zh": f"{one.in_language('zh')} 与 {other.in_language('zh')} 之间来回推诿："
               f"{cases:,} 个案件中有 {rows.height:,} 次往返。"},
        hours(float(rows["seconds"].sum())), evidence(log, rows),
        {"bounces": rows.height})
