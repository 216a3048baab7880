"""JSON that keeps decimals, dates, moments and ids apart from text.

Used for case data and token state at rest; the sandbox gets and gives real values.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

_TAGS: dict[str, Callable[[str], Any]] = {"$decimal": Decimal, "$date": date.fromisoformat,
         "$datetime": datetime.fromisoformat, "$uuid": UUID}


def dumps(value: Any) -> str:
    """`value` as compact JSON. Raises TypeError for what is neither JSON nor tagged."""
    return json.dumps(value, default=_tag, separators=(",", ":"), ensure_ascii=False)


def loads(text: str) -> Any:
    """What `dumps` wrote."""
    return json.loads(text, object_hook=_untag)


def plain(value: Any) -> Any:
    """`value` as JSON for people and other programs: decimals and moments become text."""
    return json.loads(json.dumps(value, default=_spell))


def _tag(value: Any) -> Any:
    # datetime first: it is a date too.
    for tag, kind in (("$datetime", datetime), ("$date", date), ("$decimal", Decimal),
                      ("$uuid", UUID)):
        if isinstance(value, kind):
            return {tag: _spell(value)}
    raise TypeError(f"{type(value).__name__} can't be kept in a case")


def _untag(value: dict[str, Any]) -> Any:
    if len(value) == 1:
        [(tag, content)] = value.items()
        if tag in _TAGS and isinstance(content, str):
            # People may send what only looks like a tag: it stays as it came.
            with suppress(ValueError, ArithmeticError):
                return _TAGS[tag](content)
    return value


def _spell(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
