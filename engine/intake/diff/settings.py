"""What two versions of a journey's settings and files say differently, in short."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.intake.settings import JourneySettings, to_dict

_SECTIONS = ("lanes", "fields", "steps", "choices", "departments")
_SINGLE = ("name", "description", "department", "process", "start_form", "prefix")
_LONGEST = 160


@dataclass(frozen=True)
class SettingChange:
    """One setting: `section` and `key` say which; "" stands for not being there."""

    section: str
    key: str
    old: str
    new: str


def compare_settings(old: JourneySettings, new: JourneySettings) -> Iterator[SettingChange]:
    """Lanes, fields, forms of steps, standards and the rest, where they differ."""
    before, after = to_dict(old), to_dict(new)
    for name in _SINGLE:
        if before.get(name) != after.get(name):
            yield SettingChange("journey", name, _said(before.get(name)), _said(after.get(name)))
    for section in _SECTIONS:
        yield from _mapped(section, before.get(section) or {}, after.get(section) or {})
    yield from _mapped("standards", _by_key(before), _by_key(after))


def compare_files(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Iterator[SettingChange]:
    """Forms, decisions and other files of a pack that came, went or changed."""
    for path in sorted({*old, *new}):
        if old.get(path) != new.get(path):
            yield SettingChange("files", path, _size(old.get(path)), _size(new.get(path)))


def _mapped(section: str, before: Mapping[str, Any],
            after: Mapping[str, Any]) -> Iterator[SettingChange]:
    for key in sorted({*before, *after}):
        if before.get(key) != after.get(key):
            yield SettingChange(section, key, _said(before.get(key)), _said(after.get(key)))


def _by_key(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {str(each.get("key", number)): each
            for number, each in enumerate(settings.get("standards") or ())}


def _said(value: Any) -> str:
    if value is None or value in ("", {}, [], ()):
        return ""
    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False,
                                                           sort_keys=True, default=str)
    return said if len(said) <= _LONGEST else said[:_LONGEST - 1] + "…"


def _size(content: bytes | None) -> str:
    return "" if content is None else f"{len(content):,} B"
