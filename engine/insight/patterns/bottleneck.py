"""Bottleneck: a step at which work waits far longer than work usually waits in this journey.

Rule: of all waits for people in the log the median is usual; a step whose waits beyond the
usual make at least 5 % of all such waiting, in at least three cases, is a bottleneck.
Hours lost: the time waited at the step beyond the usual.

Valid: approvals wait 30 h each where other steps wait 1 h.
Invalid: a step that waits as long as every other step; one case that waited a year.
"""

from __future__ import annotations

import polars as pl

from engine.insight.breakpoint import FEWEST_CASES, Breakpoint, evidence, hours, spell
from engine.insight.log import EventLog
from engine.insight.measures import waiting

_SHARE = 0.05


def detect(log: EventLog) -> list[Breakpoint]:
    """The bottlenecks of a log."""
    waits = waiting(log)
    usual = waits["waited"].median()
    if not isinstance(usual, int | float):
        return []
    slow = waits.with_columns(seconds=(pl.col("waited") - usual).clip(lower_bound=0))
    slow = slow.filter(pl.col("seconds") > 0)
    total = float(slow["seconds"].sum() or 0)
    found = []
    for (code,), steps in slow.group_by(["activity"], maintain_order=True):
        lost = float(steps["seconds"].sum())
        if lost < _SHARE * total or steps["case"].n_unique() < FEWEST_CASES:
            continue
        here = waits.filter(pl.col("activity") == code)["waited"]
        found.append(_breakpoint(log, int(str(code)), steps, here, lost, float(usual)))
    return found


def _breakpoint(log: EventLog, code: int, steps: pl.DataFrame, here: pl.Series, lost: float,
                usual: float) -> Breakpoint:
    name = log.activities[code]
    median, p90 = hours(_float(here.median())), hours(_float(here.quantile(0.9)))
    typical, slowest = spell(median), spell(p90)
    usually = spell(hours(usual))
    return Breakpoint(
        "bottleneck", {"element": name.id}, name.label,
        {"en": f"Work waits {typical['en']} here (median; 90 % within {slowest['en']}), "
               f"elsewhere usually {usually['en']}.",
         "zh": f"工作在此等待 {typical['zh']}（中位数；90% 在 {slowest['zh']} 内），"
               f"其他环节通常为 {usually['zh']}。"},
        hours(lost), evidence(log, steps), {
            "waits": len(here), "median_hours": median, "p90_hours": p90,
            "usual_hours": hours(usual)})


def _float(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
