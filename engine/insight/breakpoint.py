"""A breakpoint: a place where service breaks, what it costs, and the cases that prove it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from engine.insight.log import EventLog, Text

#: A breakpoint rests on at least so many cases: one bad day is no pattern.
FEWEST_CASES = 3
HOUR = 3600.0


@dataclass(frozen=True)
class Evidence:
    """One case behind a breakpoint, and the hours lost in it."""

    case: str
    label: str
    hours: float


@dataclass(frozen=True)
class Breakpoint:
    """`hours` is the common currency of all kinds: time lost, summed over the cases.

    `place` names where it is: {"element": id} or {"from": department, "to": department}.
    """

    kind: str
    place: Mapping[str, str]
    label: Text
    sentence: Text
    hours: float
    cases: tuple[Evidence, ...]
    figures: Mapping[str, Any] = field(default_factory=dict)


def evidence(log: EventLog, lost: pl.DataFrame) -> tuple[Evidence, ...]:
    """From rows of `case` and `seconds` (several a case) to cases, the worst first."""
    summed = (lost.group_by("case").agg(pl.col("seconds").sum())
              .join(log.cases.select("case", "id", "label"), on="case")
              .sort(["seconds", "id"], descending=[True, False]))
    return tuple(Evidence(row["id"], row["label"], round(row["seconds"] / HOUR, 2))
                 for row in summed.iter_rows(named=True))


def hours(seconds: float | None) -> float:
    """Seconds as hours, to two places; none as 0."""
    return round((seconds or 0.0) / HOUR, 2)


def spell(value: float) -> Text:
    """Hours in words: minutes below one hour, days above 48."""
    if value < 1:
        return {"en": f"{value * 60:.0f} min", "zh": f"{value * 60:.0f} 分钟"}
    if value < 48:
        return {"en": f"{value:.1f} h", "zh": f"{value:.1f} 小时"}
    return {"en": f"{value / 24:,.1f} days", "zh": f"{value / 24:,.1f} 天"}
