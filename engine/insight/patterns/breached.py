"""Breached: a promise (a standard, a deadline) that is broken.

Rule: every promise broken in at least one case; broken is done after its due moment, or not
done though the moment has passed. Hours lost: the time past due, in the cases that broke it.

Valid: 377 of 1,434 permits ended after their deadline.
Invalid: a promise that every case kept; cases without a deadline.
"""

from __future__ import annotations

import polars as pl

from engine.insight.breakpoint import Breakpoint, evidence, hours, spell
from engine.insight.log import EventLog, Text


def detect(log: EventLog) -> list[Breakpoint]:
    """The broken promises of a log, one breakpoint a standard."""
    found = []
    for (code,), promises in log.promises.group_by(["standard"], maintain_order=True):
        broken = promises.filter(pl.col("breached"))
        if broken.height:
            found.append(_breakpoint(log, int(str(code)), promises, broken))
    return found


def _breakpoint(log: EventLog, code: int, promises: pl.DataFrame,
                broken: pl.DataFrame) -> Breakpoint:
    name = log.standards[code]
    done_late = broken.filter(pl.col("kept").is_not_null())["case"].n_unique()
    not_done = broken["case"].n_unique() - done_late
    asked = promises["case"].n_unique()
    places = broken["activity"].drop_nulls().unique()
    place = {"standard": name.id}
    if len(places) == 1:
        place["element"] = log.activities[places[0]].id
    lost = hours(float(broken["late"].sum() or 0))
    late = broken["late"].median()
    typical = spell(hours(float(late) if isinstance(late, int | float) else 0.0))
    return Breakpoint(
        "breached", place, name.label, _sentence(done_late, not_done, asked, typical), lost,
        evidence(log, broken.rename({"late": "seconds"})), {
            "asked": asked, "ended_late": done_late, "open_late": not_done,
            "share": round((done_late + not_done) / asked, 4)})


def _sentence(done_late: int, not_done: int, asked: int, typical: Text) -> Text:
    more = {"en": f" {not_done:,} more are open and past it." if not_done else "",
            "zh": f"另有 {not_done:,} 个未结且已超期。" if not_done else ""}
    return {"en": f"{done_late:,} of {asked:,} were done after the promised moment "
                  f"(median {typical['en']} late).{more['en']}",
            "zh": f"{asked:,} 个中有 {done_late:,} 个在承诺时间之后完成"
                  f"（超期中位数 {typical['zh']}）。{more['zh']}"}
