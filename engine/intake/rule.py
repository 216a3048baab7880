"""What every adaptation has: a name, its reason, and how a designer makes it unnecessary."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from engine.intake.bpmn import Element, drawn_id, name_of
from engine.intake.dmn.read import Decision
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation, Option
from engine.intake.service_call import ServiceCall
from engine.intake.words import Text, cut


@dataclass(frozen=True)
class Published:
    """A published journey, as others may call it: its name, and the id of its process."""

    name: Text
    process: str


@dataclass(frozen=True)
class Known:
    """What the journey brings beside its drawing: ids of decisions, names of fields.

    `choices` are keys of options by rule name and drawn id (`[choices.<rule>]` in journey.toml).
    """

    decisions: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: Published journeys by key, which call activities may call; None where nobody can tell.
    journeys: Mapping[str, Published] | None = None
    #: Names of the outputs of each decision.
    outputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Drawn ids of steps that have a form; "" for the start form.
    formed: frozenset[str] = frozenset()
    #: The decisions of the DMN files by id, and why others can't be made.
    tables: Mapping[str, Decision] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    #: Calls of outside services that the journey's steps make, by drawn id.
    service_calls: Mapping[str, ServiceCall] = field(default_factory=dict)
    #: Names of the messages that elements wait for, where the journey gives them, by drawn id.
    messages: Mapping[str, str] = field(default_factory=dict)
    #: Correlation keys of what waits for a message, by drawn id.
    correlations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: The fields that the journey declares itself, so that an answer may fill no others.
    declared: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rule:
    """One rule's name and explanation. `asks`: a person decides or does what is left open."""

    name: str
    why: Text
    remedy: Text
    asks: bool = False

    def at(self, element: Element, what: Text, options: tuple[Option, ...] = (),
           chosen: str = "", name: str = "") -> Adaptation:
        """The report that this rule did `what` on `element`, where it could do `options`.

        `name` is what people call an element that has no name of its own.
        """
        first = options[0].key if options else ""
        return Adaptation(rule=self.name, element=drawn_id(element),
                          name=cut(name_of(element) or name), what=what, why=self.why,
                          remedy=self.remedy, asks=self.asks and chosen in ("", first),
                          options=options, chosen=chosen or first)

    def chosen(self, element: Element, known: Known, options: tuple[Option, ...]) -> str:
        """The key of the option that the journey chose for `element`, else of the first."""
        wanted = known.choices.get(self.name, {}).get(drawn_id(element), "")
        return wanted if any(option.key == wanted for option in options) else options[0].key


#: Changes the drawing in place and reports what it did.
Adapt: TypeAlias = Callable[[Drawing, Known], Iterator[Adaptation]]
