"""Rework: a step that is done again in the same case.

Rule: steps whose case has been through the same activity before; activities repeated in at
least three cases and in at least 5 % of the cases that reach them count.
Hours lost: the time that the repeated steps waited and were worked on.

Valid: "Check the documents" done three times before the permit.
Invalid: an activity done once a case; a gateway or script passed in a loop.
"""

from __future__ import annotations

import polars as pl

from engine.insight.breakpoint import FEWEST_CASES, Breakpoint, evidence, hours
from engine.insight.log import EventLog
from engine.insight.measures import human

_SHARE = 0.05


def detect(log: EventLog) -> list[Breakpoint]:
    """The steps that are done again and again."""
    steps = human(log).filter(~pl.col("idle").fill_null(False))
    reached = {row[0]: row[1] for row in
               steps.group_by("activity").agg(pl.col("case").n_unique()).iter_rows()}
    again = steps.filter(pl.col("repeat")).with_columns(
        seconds=pl.col("waited").fill_null(0) + pl.col("worked").fill_null(0))
    found = []
    for (code,), rows in again.group_by(["activity"], maintain_order=True):
        cases = rows["case"].n_unique()
        if cases < FEWEST_CASES or cases < _SHARE * reached[code]:
            continue
        name = log.activities[int(str(code))]
        share = cases / reached[code]
        found.append(Breakpoint(
            "rework", {"element": name.id}, name.label,
            {"en": f"Done again in {cases:,} of {reached[code]:,} cases ({share:.0%}): "
                   f"{rows.height:,} repetitions.",
             "zh": f"{reached[code]:,} 个案件中有 {cases:,} 个（{share:.0%}）重复执行："
                   f"共 {rows.height:,} 次。"},
            hours(float(rows["seconds"].sum())), evidence(log, rows),
            {"repetitions": rows.height, "share": round(share, 4)}))
    return found
