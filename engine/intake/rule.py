"""What every adaptation has: a name, its reason, and how a designer makes it unnecessary."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from engine.intake.bpmn import Element, drawn_id, name_of
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation
from engine.intake.words import Text, cut


@dataclass(frozen=True)
class Known:
    """What the journey brings beside its drawing: ids of decisions, names of fields."""

    decisions: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rule:
    """One rule's name and explanation. `asks`: a person decides or does what is left open."""

    name: str
    why: Text
    remedy: Text
    asks: bool = False

    def at(self, element: Element, what: Text) -> Adaptation:
        """The report that this rule did `what` on `element`."""
        return Adaptation(rule=self.name, element=drawn_id(element), name=cut(name_of(element)),
                          what=what, why=self.why, remedy=self.remedy, asks=self.asks)


#: Changes the drawing in place and reports what it did.
Adapt: TypeAlias = Callable[[Drawing, Known], Iterator[Adaptation]]
