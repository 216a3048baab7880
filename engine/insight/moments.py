"""Reading points in time as logs write them, a whole column at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

import polars as pl

from engine.infra.errors import Invalid
from engine.insight.log import MOMENT

_ZONED = ("%Y-%m-%dT%H:%M:%S%.f%:z", "%Y-%m-%d %H:%M:%S%.f%:z", "%Y-%m-%dT%H:%M:%S%.f%#z",
          "%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f %#z", "%Y-%m-%dT%H:%M%#z",
          "%Y/%m/%d %H:%M:%S%.f%#z")
_NAIVE = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M",
          "%Y/%m/%d %H:%M:%S%.f", "%Y/%m/%d %H:%M", "%Y%m%d %H:%M:%S", "%Y%m%dT%H%M%S",
          "%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日 %H:%M", "%Y年%m月%d日 %H时%M分%S秒",
          "%Y年%m月%d日 %H时%M分", "%Y.%m.%d %H:%M:%S%.f", "%Y.%m.%d %H:%M",
          "%d-%b-%Y %H:%M:%S%.f", "%d-%b-%Y %H:%M", "%d %b %Y %H:%M:%S", "%d %b %Y %H:%M",
          "%d-%b-%y %H:%M:%S", "%b %d, %Y %I:%M:%S %p", "%b %d, %Y %I:%M %p")
_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d", "%d-%b-%Y", "%d %b %Y")
_TIMES = (" %H:%M:%S%.f", " %H:%M", " %I:%M:%S %p", " %I:%M %p", "T%H:%M:%S%.f", "")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_PARTS = re.compile(r"^\s*(\d{1,2})([./-])(\d{1,2})[./-](?:\d{4}|\d{2})\b")


@dataclass(frozen=True)
class Moments:
    """A column read: `values` in UTC (null where empty or unreadable), and what was assumed."""

    values: pl.Series
    #: Positions of texts that aren't empty and could not be read.
    unreadable: pl.Series
    zone_assumed: bool
    day_first_assumed: bool


def read_moments(texts: pl.Series, timezone: str = "UTC", *,
                 month_first: bool | None = None) -> Moments:
    """Moments in UTC from `texts`; those without a zone are in `timezone` (an IANA name).

    ISO 8601, common local forms (also Chinese ones), dates alone (midnight) and Unix seconds or
    milliseconds are known. Whether 03/04/2024 is in March or in April is seen from the whole
    column, or given by `month_first`. Raises Invalid for an unknown time zone.
    """
    _zone(timezone)
    texts = texts.cast(pl.String).str.strip_chars()
    texts = pl.select(pl.when(texts != "").then(texts)).to_series()  # noqa: PLC1901
    values = pl.Series([None], dtype=MOMENT).new_from_index(0, len(texts))
    for form in _ZONED:
        values = _fill(values, texts, form)
    naive = pl.Series([None], dtype=pl.Datetime("us")).new_from_index(0, len(texts))
    left = pl.select(pl.when(values.is_null()).then(texts)).to_series()
    day_first, guessed = _day_first(left, month_first)
    for form in (*_NAIVE, *_DATES, *_numeric(day_first)):
        naive = _fill(naive, left, form)
    values = values.fill_null(_localised(naive, timezone))
    values = values.fill_null(_unix(left))
    bad = (values.is_null() & texts.is_not_null()).arg_true()
    return Moments(values, bad, zone_assumed=naive.is_not_null().any(),
                   day_first_assumed=guessed and naive.is_not_null().any())


@cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Invalid("{zone} is no time zone; give a name such as Asia/Shanghai.",
                      field="timezone", zone=name) from None


def _fill(values: pl.Series, texts: pl.Series, form: str) -> pl.Series:
    """`values` with its gaps filled from `texts` read by `form`; cheap when nothing is left."""
    left = pl.select(pl.when(values.is_null()).then(texts)).to_series()
    if left.null_count() == len(left):
        return values
    if "%d" in form and "%H" not in form and "%I" not in form:
        read = left.str.to_date(form, strict=False).cast(values.dtype)
    else:
        zone = "UTC" if values.dtype == MOMENT else None
        read = left.str.to_datetime(form, time_unit="us", time_zone=zone, strict=False,
                                    ambiguous="earliest")
    # %Y takes "13/01/24" for a day in the year 13; no log is that old.
    sane = read.dt.year().is_between(_FIRST_YEAR, _LAST_YEAR)
    return values.fill_null(pl.select(pl.when(sane).then(read)).to_series())


def _day_first(texts: pl.Series, month_first: bool | None) -> tuple[bool, bool]:
    """Whether dates such as 03/04/2024 start with the day, and whether that's only assumed."""
    if month_first is not None:
        return not month_first, False
    parts = [found for text in texts.drop_nulls().unique().to_list()
             if (found := _PARTS.match(text))]
    if any(int(found[1]) > 12 for found in parts):
        return True, False
    if any(int(found[3]) > 12 for found in parts):
        return False, False
    # 03.04.2024 is written with dots only where the day comes first.
    return True, any(found[2] != "." for found in parts)


def _numeric(day_first: bool) -> list[str]:
    order = "%d{0}%m{0}" if day_first else "%m{0}%d{0}"
    return [order.format(mark) + year + time for mark in "/.-"
            for year in ("%y", "%Y") for time in _TIMES]


def _localised(naive: pl.Series, timezone: str) -> pl.Series:
    """`naive` as wall-clock time of `timezone`; an hour that the clocks skip is the one after."""
    local = naive.dt.replace_time_zone(timezone, ambiguous="earliest", non_existent="null")
    later = naive.dt.offset_by("1h").dt.replace_time_zone(
        timezone, ambiguous="earliest", non_existent="null")
    return local.fill_null(later).dt.convert_time_zone("UTC").cast(MOMENT)


def _unix(texts: pl.Series) -> pl.Series:
    """Unix seconds (10 digits) or milliseconds (13), with or without a fraction."""
    number = pl.select(pl.when(texts.str.contains(r"^\d{10}(\d{3})?(\.\d+)?$"))
                       .then(texts)).to_series().cast(pl.Float64, strict=False)
    micros = pl.select(pl.when(number < 1e11).then(number * 1e6).otherwise(number * 1e3))
    return micros.to_series().round().cast(pl.Int64).cast(pl.Datetime("us")).dt.replace_time_zone(
        "UTC")
