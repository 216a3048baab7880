"""When a timer is due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.runtime.errors import ModelFault
from engine.runtime.timers import Due, due, is_literal, next_cycle

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(("text", "expected"), [
    ("PT1H", NOW + timedelta(hours=1)),
    ("P1DT2H30M", NOW + timedelta(days=1, hours=2, minutes=30)),
    ("P2W", NOW + timedelta(weeks=2)),
    ("PT0.5S", NOW + timedelta(seconds=0.5)),
    ("P1M", datetime(2026, 2, 28, 12, tzinfo=UTC)),
    ("P1Y", datetime(2027, 1, 31, 12, tzinfo=UTC)),
])
def test_durations_are_counted_from_now(text, expected):
    assert due("duration", text, NOW, "UTC") == Due(expected)


def test_a_date_without_a_zone_is_in_the_zone_of_the_journey():
    expected = datetime(2026, 4, 30, 16, tzinfo=UTC)
    assert due("date", "2026-05-01T00:00", NOW, "Asia/Shanghai").at == expected
    assert due("date", "2026-05-01", NOW, "Asia/Shanghai").at == expected
    assert due("date", date(2026, 5, 1), NOW, "Asia/Shanghai").at == expected
    assert due("date", "2026-05-01T00:00+02:00", NOW, "Asia/Shanghai").at == datetime(
        2026, 4, 30, 22, tzinfo=UTC)


def test_a_cycle_says_how_often_it_comes_again():
    assert due("cycle", "R3/PT10H", NOW, "UTC") == Due(NOW + timedelta(hours=10), 2)
    assert due("cycle", "R/P1D", NOW, "UTC").cycles_left > 1000
    assert due("cycle", "R2/2026-02-01T00:00Z/P1D", NOW, "UTC") == Due(
        datetime(2026, 2, 1, tzinfo=UTC), 1)


def test_moments_missed_during_an_outage_are_not_made_up_for():
    last = NOW
    later = NOW + timedelta(hours=25)
    assert next_cycle("R9/PT10H", last, later, 9) == Due(NOW + timedelta(hours=30), 6)


@pytest.mark.parametrize("value", ["tomorrow", "P", "PT", "R0/PT1H", "P99999Y", 5, None])
def test_what_is_no_time_is_a_fault(value):
    with pytest.raises(ModelFault):
        due("duration", value, NOW, "UTC")


@given(st.integers(0, 400), st.integers(0, 100), st.integers(0, 100))
def test_days_hours_and_minutes_add_up(days, hours, minutes):
    text = f"P{days}DT{hours}H{minutes}M"
    assert is_literal(text)
    assert due("duration", text, NOW, "UTC").at == NOW + timedelta(
        days=days, hours=hours, minutes=minutes)


@pytest.mark.parametrize("text", ["visit_day", "'PT1H'", "now + wait"])
def test_an_expression_is_no_literal(text):
    assert not is_literal(text)
