"""Points in time as logs write them."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from engine.infra.errors import Invalid
from engine.insight.moments import read_moments


def read(*texts: str | None, zone: str = "UTC", month_first: bool | None = None):
    return read_moments(pl.Series(list(texts), dtype=pl.String), zone, month_first=month_first)


@pytest.mark.parametrize("text", [
    "2026-03-05T14:30:00Z", "2026-03-05T15:30:00+01:00", "2026-03-05T15:30:00.000+0100",
    "2026-03-05 14:30:00", "2026-03-05 14:30", "2026/3/5 14:30", "05.03.2026 14:30",
    "2026年3月5日 14:30", "2026年03月05日 14时30分", "05-Mar-2026 14:30", "20260305 14:30:00",
    "1772721000", "1772721000000", "13/03/2026 14:30",
])
def test_common_forms_are_read(text):
    day = 13 if text.startswith("13") else 5
    assert read(text).values.to_list() == [datetime(2026, 3, day, 14, 30, tzinfo=UTC)]


def test_times_without_a_zone_are_in_the_zone_given():
    found = read("2026-03-05 14:30", zone="Asia/Shanghai")
    assert found.values.to_list() == [datetime(2026, 3, 5, 6, 30, tzinfo=UTC)]
    assert found.zone_assumed


def test_an_hour_that_the_clocks_skip_is_the_one_after():
    found = read("2026-03-29 02:30", zone="Europe/Berlin")
    assert found.values.to_list() == [datetime(2026, 3, 29, 1, 30, tzinfo=UTC)]


def test_one_day_above_twelve_decides_the_order_of_a_column():
    found = read("03/04/2026", "03/25/2026")
    assert [v.month for v in found.values] == [3, 3]
    assert not found.day_first_assumed


def test_an_order_that_nothing_decides_is_day_first_and_said():
    found = read("03/04/2026")
    assert [v.month for v in found.values] == [4]
    assert found.day_first_assumed
    assert [v.month for v in read("03/04/2026", month_first=True).values] == [3]


def test_empty_texts_are_no_mistakes_and_nonsense_is():
    found = read("2026-03-05", "", None, "soon", "2026-13-45")
    assert found.values.is_null().to_list() == [False, True, True, True, True]
    assert found.unreadable.to_list() == [3, 4]


def test_two_digit_years_are_of_this_century():
    assert read("13/01/24 10:00").values.to_list() == [datetime(2024, 1, 13, 10, tzinfo=UTC)]


def test_an_unknown_zone_is_refused():
    with pytest.raises(Invalid, match="no time zone"):
        read("2026-03-05", zone="Mars/Olympus")
