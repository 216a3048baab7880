"""Writing TOML: just what packs need (strings, numbers, booleans, moments, lists, tables)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def dump(content: Mapping[str, Any]) -> str:
    """`content` as TOML that `tomllib` reads back to the same."""
    return "\n".join(_table(content, ())).strip() + "\n"


def inline(value: Any) -> str:
    """`value` as TOML on one line; nothing (None) is written as an empty text."""
    return _value(value)


def _table(content: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    plain = {k: v for k, v in content.items() if not _is_section(v, path)}
    sections = {k: v for k, v in content.items() if _is_section(v, path)}
    lines = [f"{_key(key)} = {_value(value)}" for key, value in plain.items()]
    for key, value in sections.items():
        inner = (*path, key)
        title = ".".join(_key(part) for part in inner)
        if isinstance(value, list | tuple):
            for each in value:
                lines += ["", f"[[{title}]]", *_table(each, inner)]
        else:
            lines += ["", f"[{title}]", *_table(value, inner)]
    return lines


def _is_section(value: Any, path: tuple[str, ...]) -> bool:
    """Texts by language stand on one line; other tables get a heading."""
    if isinstance(value, list | tuple):
        return bool(value) and all(isinstance(each, Mapping) for each in value)
    return isinstance(value, Mapping) and not (set(value) <= {"en", "zh"} and path != ()
                                               or _is_text(value))


def _is_text(value: Mapping[str, Any]) -> bool:
    return bool(value) and set(value) <= {"en", "zh"} and all(
        isinstance(each, str) for each in value.values())


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Decimal):
        return str(value) if value.is_finite() and "E" not in str(value) else _value(str(value))
    if isinstance(value, date):
        return value.isoformat()
    if value is None:
        return '""'
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    raise TypeError(f"{type(value).__name__} has no place in journey.toml")


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _value(key)
