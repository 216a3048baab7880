"""Rework: a step that is done again in the same case.

Rule: steps whose case has been through the same activity before; activities repeated in at
least three cases and in at least 5 % of the cases that reach them count. Among statuses, where
coming back to "In progress" is nothing special, what counts is any stay after the case had
been resolved or closed, in at least three cases and 1 % of those that reach the status.
Hours lost: the time that the repeated steps waited and were worked on.

Valid: "Check the documents" done three times before the permit; a closed ticket reopened.
Invalid: an activity done once a case; a gateway or script passed in a loop.
"""

from __future__ import annotations

import polars as pl

from engine.insight.breakpoint import FEWEST_CASES, Breakpoint, evidence, hours
from engine.insight.log import Basis, EventLog, Text
from engine.insight.measures import human

_SHARE = 0.05
_SHARE_REOPENED = 0.01


def detect(log: EventLog) -> list[Breakpoint]:
    """The steps that are done again and again."""
    reopened = log.basis is Basis.STATUS
    least = _SHARE_REOPENED if reopened else _SHARE
    steps = human(log)
    reached = {row[0]: row[1] for row in
               steps.group_by("activity").agg(pl.col("case").n_unique()).iter_rows()}
    again = steps.filter(pl.col("repeat")).with_columns(
        seconds=pl.col("waited").fill_null(0) + pl.col("worked").fill_null(0))
    found = []
    for (code,), rows in again.group_by(["activity"], maintain_order=True):
        cases = rows["case"].n_unique()
        if cases < FEWEST_CASES or cases < least * reached[code]:
            continue
        name = log.activities[int(str(code))]
        share = cases / reached[code]
        sentence = _reopened if reopened else _again
        found.append(Breakpoint(
            "rework", {"element": name.id}, name.label,
            sentence(cases, reached[code], rows.height),
            hours(float(rows["seconds"].sum())), evidence(log, rows),
            {"repetitions": rows.height, "share": round(share, 4)}))
    return found


def _again(cases: int, reached: int, times: int) -> Text:
    return {"en": f"Done again in {cases:,} of {reached:,} cases ({cases / reached:.0%}): "
                  f"{times:,} repetitions.",
            "zh": f"{reached:,} 个案件中有 {cases:,} 个（{cases / reached:.0%}）重复执行："
                  f"共 {times:,} 次。"}


def _reopened(cases: int, reached: int, times: int) -> Text:
    return {"en": f"{cases:,} of {reached:,} cases ({cases / reached:.0%}) come here after they "
                  f"had been done: {times:,} times.",
            "zh": f"{reached:,} 个案件中有 {cases:,} 个（{cases / reached:.0%}）办结后又回到此处："
                  f"共 {times:,} 次。"}
