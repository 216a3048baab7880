"""What a journey brings beside its drawing: decisions, and names that conditions may use."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from engine.infra.errors import DomainError
from engine.intake.decision_ids import decision_ids
from engine.intake.read import read_xml
from engine.intake.rule import Known
from engine.intake.settings import JourneySettings

_DEEPEST = 20


def known_of(settings: JourneySettings | None, files: Mapping[str, bytes]) -> Known:
    """Ids of decisions; fields that the journey declares, its forms ask and its tables give.

    Raises Invalid, naming the file, for a DMN file that can't be read.
    """
    fields = set(settings.fields) if settings is not None else set()
    decisions = decision_ids(files)
    for path, content in files.items():
        if path.lower().endswith(".dmn"):
            fields.update(_outputs(content))
        elif path.lower().endswith(".json"):
            fields.update(_asked(content))
    return Known(decisions, frozenset(name for name in fields if name.isidentifier()),
                 settings.choices if settings is not None else {})


def _outputs(content: bytes) -> Iterator[str]:
    try:
        root = read_xml(content)
    except DomainError:
        return
    for output in root.iter("{*}output"):
        yield output.get("name", "")


def _asked(content: bytes) -> Iterator[str]:
    """Keys of a form's components, at any depth; a file that is no form asks nothing."""
    try:
        form = json.loads(content)
    except (ValueError, RecursionError):
        return
    ahead: list[tuple[Any, int]] = [(form, 0)]
    while ahead:
        each, depth = ahead.pop()
        parts = each.get("components") if isinstance(each, dict) else None
        if isinstance(each, dict) and depth and isinstance(each.get("key"), str):
            yield each["key"]
        if isinstance(parts, list) and depth < _DEEPEST:
            ahead.extend((part, depth + 1) for part in parts)
