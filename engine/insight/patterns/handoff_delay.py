"""Hand-off delay: work that waits because it passed from one department to another.

Rule: for each pair of departments, waits after a hand-off beyond the median wait of steps
that stay where they are; pairs with at least three cases and 3 % of all such delay count.
Hours lost: those hours beyond.

Valid: what the desk passes to finance waits 20 h, what stays at the desk 10 min.
Invalid: hand-offs that are taken as fast as work that stays.
"""

from __future__ import annotations

import polars as pl

from engine.insight.breakpoint import FEWEST_CASES, Breakpoint, evidence, hours, spell
from engine.insight.handoffs import handed
from engine.insight.log import EventLog
from engine.insight.measures import waiting

_SHARE = 0.03


def detect(log: EventLog) -> list[Breakpoint]:
    """The slow hand-offs of a log."""
    stays = waiting(log).filter(
        pl.col("from_department").is_null() | (pl.col("from_department") == pl.col("department")))
    median = stays["waited"].median()
    usual = float(median) if isinstance(median, int | float) else 0.0
    passed = handed(log).filter(
        pl.col("waited").is_not_null() & (pl.col("waits_for").fill_null(0) == 0))
    slow = passed.with_columns(seconds=(pl.col("waited") - usual).clip(lower_bound=0))
    slow = slow.filter(pl.col("seconds") > 0)
    total = float(slow["seconds"].sum() or 0)
    found = []
    for (source, target), steps in slow.group_by(["from_department", "department"],
                                                 maintain_order=True):
        lost = float(steps["seconds"].sum())
        if lost < _SHARE * total or steps["case"].n_unique() < FEWEST_CASES:
            continue
        found.append(_breakpoint(log, int(str(source)), int(str(target)), steps, lost, usual))
    return found


def _breakpoint(log: EventLog, source: int, target: int, steps: pl.DataFrame, lost: float,
                usual: float) -> Breakpoint:
    giver, taker = log.departments[source], log.departments[target]
    median = steps["waited"].median()
    typical = spell(hours(float(median) if isinstance(median, int | float) else 0.0))
    usually = spell(hours(usual))
    arrow = {lang: f"{giver.in_language(lang)} → {taker.in_language(lang)}"
             for lang in ("en", "zh")}
    return Breakpoint(
        "handoff_delay", {"from": giver.id, "to": taker.id}, arrow,
        {"en": f"What {giver.in_language('en')} hands to {taker.in_language('en')} waits "
               f"{typical['en']} (median of {steps.height:,} slow hand-offs); work that stays "
               f"waits {usually['en']}.",
         "zh": f"{giver.in_language('zh')} 移交给 {taker.in_language('zh')} 的工作等待 "
               f"{typical['zh']}（{steps.height:,} 次缓慢移交的中位数）；未移交的工作等待 "
               f"{usually['zh']}。"},
        hours(lost), evidence(log, steps), {"handoffs": steps.height, "usual_hours": hours(usual)})
