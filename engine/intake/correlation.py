"""The keys by which a message finds the case that waits for it, as journey.toml says them.

Valid: `order_id` (a field), `= order.id` (FEEL), `${order.getId()}` where it can be read.
Invalid: `the order`, an expression that can't be read.
"""

from __future__ import annotations

import re

from engine.intake.expressions import field_expression, is_expression

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,59}")
MOST_KEYS = 6


def is_key(name: str) -> bool:
    """Whether `name` can be the name of a correlation key."""
    return bool(_NAME.fullmatch(name))


def expression_of(text: str) -> str | None:
    """The field, or the expression for the sandbox, that gives a key's value; None when `text`
    is neither."""
    text = text.strip()
    if text.isidentifier():
        return text
    return field_expression(text) if is_expression(text) else None
