"""Facts to rows and back. What a kind of fact holds beside the common fields is JSON."""

from __future__ import annotations

import typing
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from engine.journal.facts import KINDS, Fact

_COMMON = frozenset(field.name for field in fields(Fact))


def content_of(fact: Fact) -> dict[str, Any]:
    """What `fact` holds beside the fields that all facts carry, as plain JSON."""
    return {name: _plain(getattr(fact, name)) for name in _own_fields(type(fact))}


def fact_of(kind: str, version: int, common: dict[str, Any], content: dict[str, Any]) -> Fact:
    """The fact that a row holds. Raises LookupError for a kind or version from the future."""
    cls = KINDS.get(kind)
    if cls is None or version > cls.VERSION:
        raise LookupError(f"the journal holds {kind} version {version}, made by a newer Baton")
    readers = _own_fields(cls)
    own = {name: readers[name](value) for name, value in content.items() if name in readers}
    return cls(**common, **own)


_OWN: dict[str, dict[str, Callable[[Any], Any]]] = {}


def _own_fields(cls: type[Fact]) -> dict[str, Callable[[Any], Any]]:
    """The kind's own fields, each with the function that reads its JSON."""
    if cls.__name__ not in _OWN:
        _OWN[cls.__name__] = _readers(cls)
    return _OWN[cls.__name__]


def _readers(cls: type[Fact]) -> dict[str, Callable[[Any], Any]]:
    hints = typing.get_type_hints(cls)
    return {field.name: _reader(hints[field.name])
            for field in fields(cls) if field.name not in _COMMON}


def _reader(hint: Any) -> Callable[[Any], Any]:
    options = typing.get_args(hint) or (hint,)
    if UUID in options:
        return lambda value: None if value is None else UUID(value)
    if datetime in options:
        return lambda value: None if value is None else datetime.fromisoformat(value)
    return lambda value: value


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value
