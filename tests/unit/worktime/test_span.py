"""Reading promised lengths of time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.worktime.calendar import WorkCalendar
from engine.worktime.errors import BadSpan
from engine.worktime.span import Span, due, seconds

FRIDAY = datetime(2026, 3, 6, 16, tzinfo=UTC)
OFFICE = WorkCalendar.build(["Mon-Fri 09:00-17:00"], "UTC")


@pytest.mark.parametrize(("text", "span", "length"), [
    ("2 business hours", Span(2, "hour", True), 7200),
    ("90 business minutes", Span(90, "minute", True), 5400),
    ("1 business day", Span(1, "day", True), None),
    ("48 hours", Span(48, "hour"), 172_800),
    ("1.5 Hours", Span(1.5, "hour"), 5400),
    ("2 days", Span(2, "day"), 172_800),
    (" 30  minutes ", Span(30, "minute"), 1800),
    ("PT2H", Span(2, "hour"), 7200),
    ("PT1H30M", Span(90, "minute"), 5400),
    ("P1D", Span(1, "day"), 86_400),
    ("P2W", Span(14, "day"), 14 * 86_400),
    ("P1DT12H", Span(36, "hour"), 36 * 3600),
])
def test_spans_are_read(text: str, span: Span, length: float | None) -> None:
    assert Span.parse(text) == span
    assert seconds(span) == length
    assert Span.parse(str(span)) == span


@pytest.mark.parametrize("text", [
    "", "soon", "2", "hours", "0 hours", "-1 hours", "2 business weeks", "P", "PT", "P1Y", "P1M",
    "0.5 business days", "400 days", "5000 business hours", "9" * 400 + " hours", "nan hours",
])
def test_other_words_are_refused(text: str) -> None:
    with pytest.raises(BadSpan):
        Span.parse(text)


def test_each_kind_of_time_has_its_own_end() -> None:
    def ends(text: str) -> datetime:
        return due(FRIDAY, Span.parse(text), OFFICE)

    assert ends("2 hours") == datetime(2026, 3, 6, 18, tzinfo=UTC)
    assert ends("2 business hours") == datetime(2026, 3, 9, 10, tzinfo=UTC)
    assert ends("1 day") == datetime(2026, 3, 7, 16, tzinfo=UTC)
    assert ends("1 business day") == datetime(2026, 3, 9, 16, tzinfo=UTC)
    assert str(Span.parse("1 business days")) == "1 business day"
