"""What two versions of a journey's settings and files say differently, in short."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.intake.settings import LANGUAGES, JourneySettings, to_dict

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
    said = _words(value)
    return said if len(said) <= _LONGEST else said[:_LONGEST - 1] + "…"


def _words(value: Any) -> str:
    """A setting on one line, as people would write it."""
    if isinstance(value, Mapping):
        if value and set(value) <= set(LANGUAGES):
            return " / ".join(map(str, value.values()))
        return "; ".join(f"{key}: {_words(each)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_words, value))
    return "" if value is None else str(value)


def _size(content: bytes | None) -> str:
    return "" if content is None else f"{len(content):,} B"
