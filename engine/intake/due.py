"""When a step is due and how urgent it is, as the settings of a step say it.

Valid due: `2 business hours`, `PT4H`, `2026-03-31`, `= now() + duration("P1D")`, `${visit_at}`.
Invalid due: `soon`, `2 moons`.
Valid priority: `low`, `normal`, `high`, `urgent`, `75` (0 to 100), `= urgency`.
Invalid priority: `very`, `1000`.
"""

from __future__ import annotations

from engine.intake.expressions import field_expression, is_expression
from engine.intake.timing import readable_time
from engine.worktime.errors import BadSpan
from engine.worktime.span import Span

PRIORITIES = ("low", "normal", "high", "urgent")


def is_due(text: str) -> bool:
    """Whether `text` says when a step is due."""
    text = text.strip()
    if is_expression(text):
        return field_expression(text) is not None
    if readable_time("timeDuration", text) == text or readable_time("timeDate", text) == text:
        return bool(text)
    try:
        Span.parse(text)
    except BadSpan:
        return False
    return True


def is_priority(text: str) -> bool:
    """Whether `text` says how urgent a step is."""
    text = text.strip()
    if is_expression(text):
        return field_expression(text) is not None
    return text in PRIORITIES or priority_of(text) is not None


def priority_of(value: object) -> str | None:
    """The word for a priority from 0 to 100 (50 is usual), as other engines count."""
    try:
        number = float(str(value))
    except ValueError:
        return str(value) if value in PRIORITIES else None
    if isinstance(value, bool) or not 0 <= number <= 100:
        return None
    return PRIORITIES[0 if number < 25 else 1 if number <= 50 else 2 if number <= 75 else 3]
