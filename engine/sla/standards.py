"""Standards as a pack writes them: the [[standards]] of journey.toml."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.infra.errors import Invalid
from engine.worktime.errors import BadSpan
from engine.worktime.span import Span

#: What a standard names when it starts or stops with the case itself.
CASE = "case"
#: What a standard pauses on when it stands while the case is suspended.
SUSPENDED = "suspended"
LANGUAGES = ("en", "zh")

_KEYS = ("key", "name", "target", "start", "stop", "pause", "department", "warn", "when")
_KEY = re.compile(r"[a-z][a-z0-9_-]{0,59}", re.IGNORECASE)
_FILTERS = ("channel", "priority", "tier")


@dataclass(frozen=True)
class Standard:
    """A promise: `target` time from `start` to `stop`, each CASE or a drawn element id."""

    key: str
    name: Mapping[str, str]
    target: Span
    start: str
    stop: str
    #: Elements, or SUSPENDED: while a token waits at one of them, or the case is suspended, the
    #: clock stands.
    pause: tuple[str, ...]
    #: Whose calendar counts.
    department: str
    #: Percent of the target at which to warn, ascending, each below 100.
    warn: tuple[int, ...]
    #: Only cases whose channel, priority, tier or attribute is one of the values.
    when: Mapping[str, tuple[Any, ...]]

    @property
    def of_one_step(self) -> bool:
        """Whether each visit of one element has a clock of its own that ends with it."""
        return self.start == self.stop != CASE

    def applies_to(self, values: Mapping[str, Any]) -> bool:
        """Whether a case with these values (channel, priority, tier, attributes) is meant."""
        return all(any(values.get(name) == option for option in options)
                   for name, options in self.when.items())

    def section(self) -> dict[str, Any]:
        """The standard as plain JSON, complete; `parse_standards` reads it back."""
        return {"key": self.key, "name": dict(self.name), "target": str(self.target),
                "start": self.start, "stop": self.stop, "pause": list(self.pause),
                "department": self.department, "warn": list(self.warn),
                "when": {name: list(options) for name, options in self.when.items()}}


@dataclass(frozen=True)
class Surroundings:
    """What a journey version says that its standards lean on; None leaves a check out."""

    #: The department that owns the journey.
    owner: str = ""
    #: Element id → key of the department that does it, where a lane places the element.
    departments_of: Mapping[str, str] = field(default_factory=dict)
    #: Element ids of the drawing.
    elements: Collection[str] | None = None
    #: Keys of the departments there are.
    departments: Collection[str] | None = None
    #: Keys of the fields that are declared as filters.
    filters: Collection[str] | None = None


def parse_standards(
    sections: Iterable[Mapping[str, Any]], around: Surroundings | None = None,
) -> tuple[Standard, ...]:
    """The standards of a version. Raises Invalid naming the standard and the key at fault."""
    around = around or Surroundings()
    standards: list[Standard] = []
    for number, section in enumerate(sections, start=1):
        standard = _Section(section, number, around).standard()
        if any(other.key == standard.key for other in standards):
            raise Invalid('Two standards have the key "{key}"; give each its own.',
                          field=f"standards.{standard.key}.key", key=standard.key)
        standards.append(standard)
    return tuple(standards)


class _Section:
    """One [[standards]] section being read."""

    def __init__(self, section: Mapping[str, Any], number: int, around: Surroundings) -> None:
        if not isinstance(section, Mapping):
            raise Invalid("Standard {number} is no table; begin it with [[standards]].",
                          field="standards", number=number)
        self._section = section
        self._around = around
        key = section.get("key")
        self._label = key if isinstance(key, str) and key else f"number {number}"

    def standard(self) -> Standard:
        for name in self._section:
            if name not in _KEYS:
                raise self._wrong(name, "it knows no such key; there are {keys}",
                                  keys=", ".join(_KEYS))
        start, stop = self._element("start"), self._element("stop")
        return Standard(
            key=self._key(), name=self._name(), target=self._target(), start=start, stop=stop,
            pause=self._pause(start, stop), department=self._department(stop), warn=self._warn(),
            when=self._when())

    def _key(self) -> str:
        key = self._section.get("key")
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            raise self._wrong("key", "give a key of letters, digits, _ and -, such as first_answer")
        return key

    def _name(self) -> dict[str, str]:
        name = self._section.get("name") or self._section.get("key")
        if isinstance(name, str):
            return dict.fromkeys(LANGUAGES, name)
        if not isinstance(name, Mapping) or not all(
                isinstance(text, str) and text.strip() for text in name.values()):
            raise self._wrong("name", "give a text, or one a language as in {example}",
                              example='{ en = "…", zh = "…" }')
        return {**dict.fromkeys(LANGUAGES, next(iter(name.values()))), **name}

    def _target(self) -> Span:
        text = self._section.get("target")
        if not isinstance(text, str):
            raise self._wrong("target", "give a length of time, such as 2 business hours")
        try:
            return Span.parse(text)
        except BadSpan as error:
            raise self._wrong("target", error.message.removesuffix("."),
                              **error.values) from None

    def _element(self, name: str) -> str:
        value = self._section.get(name, CASE)
        if not isinstance(value, str) or not value:
            raise self._wrong(name, "give the id of an element, or case")
        self._exists(name, value)
        return value

    def _pause(self, start: str, stop: str) -> tuple[str, ...]:
        pause = self._section.get("pause", [])
        if isinstance(pause, str) or not isinstance(pause, Iterable):
            raise self._wrong("pause", "give a list of element ids")
        given = list(pause)
        if not all(isinstance(element, str) and element != CASE for element in given):
            raise self._wrong("pause", "give a list of element ids")
        ids = tuple(dict.fromkeys(given))
        for element in ids:
            if start == stop == element:
                raise self._wrong("pause", "{element} can't both be measured and stop the clock",
                                  element=element)
            if element != SUSPENDED:
                self._exists("pause", element)
        return ids

    def _department(self, stop: str) -> str:
        value = self._section.get("department")
        if value is None:
            return self._around.departments_of.get(stop, self._around.owner)
        if not isinstance(value, str) or not value:
            raise self._wrong("department", "give the key of a department")
        known = self._around.departments
        if known is not None and value not in known:
            raise self._wrong("department", "there is no department {department}",
                              department=value)
        return value

    def _warn(self) -> tuple[int, ...]:
        warn = self._section.get("warn", [])
        if not isinstance(warn, list | tuple) or not all(
                isinstance(percent, int) and not isinstance(percent, bool) and 0 < percent < 100
                for percent in warn):
            raise self._wrong("warn", "give whole percents between 1 and 99, such as [50, 80]")
        return tuple(sorted(set(warn)))

    def _when(self) -> dict[str, tuple[Any, ...]]:
        when = self._section.get("when", {})
        if not isinstance(when, Mapping):
            raise self._wrong("when", "give names and values, such as priority = high")
        filters = self._around.filters
        for name in when:
            if filters is not None and name not in _FILTERS and name not in filters:
                raise self._wrong("when", "{filter} is neither channel, priority, tier nor a field "
                                  "with filter = true", filter=name)
        return {name: tuple(value) if isinstance(value, list | tuple) else (value,)
                for name, value in when.items()}

    def _exists(self, name: str, element: str) -> None:
        known = self._around.elements
        if element != CASE and known is not None and element not in known:
            raise self._wrong(name, "the drawing has no element {element}", element=element)

    def _wrong(self, name: str, what: str, /, **values: object) -> Invalid:
        return Invalid('Standard "{standard}", {name}: ' + what + ".", standard=self._label,
                       field=f"standards.{self._label}.{name}",
                       **{"name": name, **values})
