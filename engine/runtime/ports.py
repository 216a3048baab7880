"""What the runtime needs from outside: runnable versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from engine.infra.errors import Invalid
from engine.intake.dmn.read import Decision
from engine.intake.settings import StepSettings
from engine.runtime.fields import FieldRule
from engine.runtime.forms import Form
from engine.runtime.model import Element
from engine.runtime.spiff.compile import CompiledModel


@dataclass(frozen=True)
class RunnableVersion:
    """A journey version, compiled: it never changes, so it is cached by `id`."""

    id: UUID
    journey: str
    number: int
    prefix: str
    model: CompiledModel
    fields: Mapping[str, FieldRule]
    decisions: Mapping[str, Decision]
    #: Forms by element id; the start form under "".
    forms: Mapping[str, Form] = field(default_factory=dict)
    #: Lanes to departments, and the department of steps that no lane places.
    lanes: Mapping[str, str] = field(default_factory=dict)
    owner: str = ""
    timezone: str = "UTC"
    #: What the journey says about its steps, by element id: who does them, by when.
    steps: Mapping[str, StepSettings] = field(default_factory=dict)
    #: All processes of the drawing that run as cases, by id; `model` is that of `main`.
    processes: Mapping[str, CompiledModel] = field(default_factory=dict)
    main: str = ""
    #: The departments that publishing makes where they are missing, as in journey.toml.
    planned: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.processes:
            object.__setattr__(self, "processes", {self.main: self.model})

    @cached_property
    def fed(self) -> frozenset[tuple[str, str]]:
        """(process, element) where a message from another process of the drawing arrives."""
        return frozenset(target for element in self.model.elements.values()
                         for target in element.sends)

    @cached_property
    def entries(self) -> tuple[str, ...]:
        """The processes that people start: the main one, and those that no message from another
        process of the drawing sets going."""
        called = {process for element in self.model.elements.values()
                  for process, _ in element.begins}
        return (self.main, *(p for p in self.processes if p not in called and p != self.main))

    def entry(self, process: str | None) -> str:
        """The process to start: `process`, else the main one. Raises Invalid for another."""
        if process is None:
            return self.main
        if process not in self.entries:
            raise Invalid("{process} can't be started; choose one of {entries}.", field="process",
                          process=process, entries=", ".join(self.entries))
        return process

    def company(self, entry: str) -> tuple[str, ...]:
        """`entry`, and the other processes that begin with it: people start them too, and they
        exchange messages with it. Where one begins the other by a message, they don't."""
        found = [entry]
        for process in found:
            begun = self._begun_by.get(process, set())
            found += [other for other in self.entries if other not in found
                      and other in self._exchanges.get(process, ()) and other not in begun
                      and entry not in self._begun_by.get(other, ())]
        return tuple(found)

    @cached_property
    def _exchanges(self) -> Mapping[str, set[str]]:
        """With which processes each one exchanges messages, whoever sends them."""
        found: dict[str, set[str]] = {}
        for process, element in self._senders():
            for other, _ in element.sends:
                found.setdefault(process, set()).add(other)
                found.setdefault(other, set()).add(process)
        return found

    @cached_property
    def _begun_by(self) -> Mapping[str, set[str]]:
        """Which processes the messages of each one begin, directly or through others."""
        found: dict[str, set[str]] = {}
        for process, element in self._senders():
            found.setdefault(process, set()).update(other for other, _ in element.begins)
        for _ in found:
            for process, others in found.items():
                found[process] = others.union(*(found.get(other, set()) for other in others))
        return found

    def _senders(self) -> Iterator[tuple[str, Element]]:
        """The elements that send messages to other processes, each with its own process."""
        for drawn in self.model.outline.elements:
            element = self.model.by_drawn_id(drawn.id)
            if element is not None and (element.sends or element.begins):
                yield drawn.process, element

    @cached_property
    def inserted(self) -> frozenset[str]:
        """Ids, as seen from outside, of what is not on the drawing."""
        return frozenset(self.model.elements[inside].id for inside in self.model.inserted
                         if inside in self.model.elements)

    def lanes_of(self, element: str) -> tuple[str, ...]:
        """Lane ids of a drawn element, innermost first."""
        found = self.model.by_drawn_id(element)
        return found.lanes if found is not None else ()


#: Finds a version by id, ready to run.
Versions = Callable[[UUID], RunnableVersion]
