"""Bottleneck: a step at which cases wait far longer than a step usually waits in this journey.

Rule: of all waits for people in the log the median is usual; a step whose waits beyond the
usual make at least 5 % of all such waiting, in at least three cases, is a bottleneck. Waits
for the customer or a partner count too, and are told apart; planned waits (timers) don't. What
still waits when the log ends counts with the time until then.
Hours lost: the time waited at the step beyond the usual.

Valid: approvals wait 30 h each where other steps wait 1 h.
Invalid: a step that waits as long as every other step; one case that waited a year.
"""

from __future__ import annotations

import polars as pl

from engine.insight.breakpoint import FEWEST_CASES, Breakpoint, evidence, hours, spell
from engine.insight.log import WAITS_FOR, EventLog, Text
from engine.insight.measures import still_waiting, usual_wait, waiting

_SHARE = 0.05
_PEOPLE, _CUSTOMER, _PARTNER, _TIMER = range(len(WAITS_FOR))
_FOR: dict[int, Text] = {
    _PEOPLE: {"en": "", "zh": ""},
    _CUSTOMER: {"en": " for the customer", "zh": "客户"},
    _PARTNER: {"en": " for somebody outside", "zh": "外部单位"},
}


def detect(log: EventLog) -> list[Breakpoint]:
    """The bottlenecks of a log."""
    usual = usual_wait(waiting(log))
    known = pl.concat([waiting(log), _outside(log)])
    stuck = still_waiting(log).filter(pl.col("waits_for") != _TIMER)
    waits = pl.concat([known, stuck]).with_columns(
        seconds=(pl.col("waited") - usual).clip(lower_bound=0))
    slow = waits.filter(pl.col("seconds") > 0)
    total = float(slow["seconds"].sum() or 0)
    found = []
    for (code,), steps in slow.group_by(["activity"], maintain_order=True):
        lost = float(steps["seconds"].sum())
        if lost < _SHARE * total or steps["case"].n_unique() < FEWEST_CASES:
            continue
        here = known.filter(pl.col("activity") == code)["waited"]
        unfinished = int((stuck["activity"] == code).sum())
        found.append(_breakpoint(log, int(str(code)), steps, here, unfinished, usual))
    return found


def _outside(log: EventLog) -> pl.DataFrame:
    """Known waits for the customer or a partner."""
    return log.steps.filter(pl.col("waited").is_not_null()
                            & pl.col("waits_for").is_in([_CUSTOMER, _PARTNER]))


def _breakpoint(log: EventLog, code: int, steps: pl.DataFrame, here: pl.Series, unfinished: int,
                usual: float) -> Breakpoint:
    name = log.activities[code]
    median, p90 = hours(_float(here.median())), hours(_float(here.quantile(0.9)))
    waits_for = int(steps["waits_for"][0] or 0)
    return Breakpoint(
        "bottleneck", {"element": name.id}, name.label,
        _sentence(waits_for, median, p90, unfinished, hours(usual)),
        hours(float(steps["seconds"].sum())), evidence(log, steps), {
            "waits": len(here), "median_hours": median, "p90_hours": p90,
            "still_waiting": unfinished, "usual_hours": hours(usual),
            "waits_for": WAITS_FOR[waits_for]})


def _sentence(waits_for: int, median: float, p90: float, unfinished: int, usual: float) -> Text:
    half, tenth, usually, whom = spell(median), spell(p90), spell(usual), _FOR[waits_for]
    stuck = {"en": f" {unfinished:,} still wait." if unfinished else "",
             "zh": f"另有 {unfinished:,} 个仍在等待。" if unfinished else ""}
    return {
        "en": f"Half of the waits{whom['en']} here are longer than {half['en']}, one in ten is "
              f"longer than {tenth['en']}; a step usually waits {usually['en']}.{stuck['en']}",
        "zh": f"此处等待{whom['zh']}的时间一半超过 {half['zh']}，十分之一超过 {tenth['zh']}；"
              f"一般步骤等待 {usually['zh']}。{stuck['zh']}"}


def _float(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
