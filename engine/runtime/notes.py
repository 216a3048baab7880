"""What is told about a case: a sentence, and what fills it, in a form that can be stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.infra.errors import DomainError


@dataclass(frozen=True)
class Note:
    """Something to be told: an English sentence with {placeholders}, and what fills them.

    Values that are drawn ids of elements are named under `old` or `new`, by side of a move from
    one version to another.
    """

    text: str
    values: Mapping[str, str] = field(default_factory=dict)
    old: Mapping[str, str] = field(default_factory=dict)
    new: Mapping[str, str] = field(default_factory=dict)


def note_of(error: DomainError) -> Note:
    """The sentence of an error."""
    return Note(error.message, {key: str(value) for key, value in error.values.items()})


def as_json(note: Note) -> dict[str, Any]:
    """A note as it is stored; `from_json` reads it."""
    return {"text": note.text, "values": dict(note.values), "old": dict(note.old),
            "new": dict(note.new)}


def from_json(content: Mapping[str, Any]) -> Note:
    """The note that `as_json` wrote."""
    return Note(content["text"], content.get("values", {}), content.get("old", {}),
                content.get("new", {}))
