"""What every lint rule gives: findings on elements, without changing anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from engine.intake.bpmn import Element, drawn_id, name_of
from engine.intake.choose import Choice
from engine.intake.drawing import Drawing
from engine.intake.model import Finding, Severity
from engine.intake.rule import Known
from engine.intake.words import Text, cut


@dataclass(frozen=True)
class Subject:
    """What a rule looks at: the drawing before it is adapted."""

    root: Element
    choice: Choice
    drawing: Drawing
    known: Known


#: Looks at the subject and says what it found.
Lint: TypeAlias = Callable[[Subject], Iterator[Finding]]


def finding(severity: Severity, code: str, element: Element | None, message: Text) -> Finding:
    """A finding on `element`; None stands for the whole file."""
    if element is None:
        return Finding(severity, "", "", code, message)
    return Finding(severity, drawn_id(element), cut(name_of(element)), code, message)
