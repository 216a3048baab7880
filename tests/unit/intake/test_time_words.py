"""Durations in words, and durations read from the names of events."""

from __future__ import annotations

import pytest

from engine.intake.time_words import in_words, named_duration


@pytest.mark.parametrize(("duration", "en", "zh"), [
    ("PT1H", "1 hour", "1 小时"), ("P7D", "7 days", "7 天"),
    ("PT90M", "1 hour 30 minutes", "1 小时 30 分钟"), ("P1M", "1 month", "1 个月"),
    ("P1DT2H", "1 day 2 hours", "1 天 2 小时"), ("PT0S", "PT0S", "PT0S"),
    ("P1.5D", "P1.5D", "P1.5D")])
def test_a_duration_is_said_in_words(duration, en, zh):
    assert in_words(duration) == {"en": en, "zh": zh}


@pytest.mark.parametrize(("name", "duration"), [
    ("7 days", "P7D"), ("Wait 2 weeks for the answer", "P2W"), ("24h", "PT24H"),
    ("after 30 min", "PT30M"), ("等待3天", "P3D"), ("24 小时后", "PT24H"), ("14-day limit", "P14D"),
    ("3 business days", ""), ("3个工作日", ""), ("2 to 3 days, or 5 days", ""), ("Deadline", ""),
    ("Form 7 daily", ""), ("1.5 days", ""), ("2 drinks", "")])
def test_the_name_of_an_event_says_how_long(name, duration):
    assert named_duration(name) == duration
