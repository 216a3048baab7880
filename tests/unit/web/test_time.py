"""Spans and moments in words."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from web.catalogue import TRANSLATIONS, read
from web.show.time import moment, span, time_left

HOUR, MINUTE, DAY = 3600, 60, 86400
SHANGHAI = ZoneInfo("Asia/Shanghai")


def english(text: str, **values: object) -> str:
    return text % values if values else text


def chinese(text: str, **values: object) -> str:
    message = read(TRANSLATIONS / "zh/LC_MESSAGES/messages.po").get(text)
    return str(message.string) % values if values else str(message.string)


@pytest.mark.parametrize(("seconds", "words"), [
    (0, "0 min"), (42, "42 s"), (60, "1 min"), (3 * HOUR + 20 * MINUTE + 30, "3 h 20 min"),
    (2 * HOUR, "2 h"), (14 * HOUR + 20 * MINUTE, "14 h"), (50 * HOUR, "50 h"), (-90, "1 min"),
])
def test_a_span_is_said_in_its_two_largest_units(seconds, words):
    assert span(seconds, english) == words


@pytest.mark.parametrize(("seconds", "words"), [
    (47 * HOUR, "47 h"), (2 * DAY, "2 d"), (2 * DAY + 5 * HOUR, "2 d 5 h"),
    (12 * DAY + 5 * HOUR, "12 d"),
])
def test_time_on_the_wall_may_be_said_in_days(seconds, words):
    assert span(seconds, english, days=True) == words


@pytest.mark.parametrize(("left", "words", "level"), [
    (7 * HOUR, "7 h left", "quiet"), (2 * HOUR, "2 h left", "amber"),
    (3 * HOUR + 20 * MINUTE, "3 h 20 min left", "quiet"), (0, "0 min left", "amber"),
    (-2 * HOUR, "2 h over", "red"),
])
def test_time_left_goes_from_quiet_to_amber_to_red_and_says_so(left, words, level):
    shown = time_left(left, 8 * HOUR, english)
    assert (shown.words, shown.level) == (words, level)


def test_a_paused_clock_is_quiet_and_says_that_it_is_paused():
    assert time_left(HOUR, 8 * HOUR, english, paused=True).words == "paused, 1 h left"
    assert time_left(HOUR, 8 * HOUR, english, paused=True).level == "quiet"


def test_time_left_in_chinese():
    assert time_left(3 * HOUR + 20 * MINUTE, 8 * HOUR, chinese).words == "还剩 3 小时 20 分钟"
    assert time_left(-2 * HOUR, 8 * HOUR, chinese).words == "超时 2 小时"


@given(st.floats(-1e7, 1e7), st.floats(1, 1e6))
def test_words_never_fail_and_red_means_over(left, target):
    shown = time_left(left, target, english)
    assert shown.words and (shown.level == "red") == (left < 0)


def test_moments_are_as_short_as_can_be_understood():
    now = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
    locale = Locale("en")
    said = [moment(at, now, SHANGHAI, locale, english) for at in (
        datetime(2026, 3, 2, 1, 5, tzinfo=ZoneInfo("UTC")),
        datetime(2026, 3, 1, 23, 59, tzinfo=SHANGHAI),
        datetime(2026, 3, 3, 0, 1, tzinfo=SHANGHAI), datetime(2026, 2, 3, 8, tzinfo=SHANGHAI),
        datetime(2025, 12, 31, 8, tzinfo=SHANGHAI))]
    assert said == ["09:05", "yesterday 23:59", "tomorrow 00:01", "Feb 3 08:00",
                    "Dec 31, 2025 08:00"]
    assert moment(datetime(2026, 2, 3, 8, tzinfo=SHANGHAI), now, SHANGHAI, Locale("zh"),
                  english) == "2月3日 08:00"
