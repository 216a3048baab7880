"""Which fields a form asks for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_DEEPEST = 20


def keys_of(form: Any) -> Iterator[str]:
    """Keys of a form's components, at any depth; what is no form has none."""
    ahead: list[tuple[Any, int]] = [(form, 0)]
    while ahead:
        each, depth = ahead.pop()
        if not isinstance(each, dict):
            continue
        if depth and isinstance(each.get("key"), str):
            yield each["key"]
        parts = each.get("components")
        if isinstance(parts, list) and depth < _DEEPEST:
            ahead.extend((part, depth + 1) for part in parts)
