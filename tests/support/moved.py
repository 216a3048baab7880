"""A case of `Play` that can be moved to another drawing, as the migration moves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from lxml import etree

from engine.intake.diff.drawn import read
from engine.intake.model import Understanding
from engine.intake.understand import understand
from engine.runtime.mapping.judge import Verdict, judge, refusals
from engine.runtime.mapping.plan import Plan, Ways, propose, with_choices
from engine.runtime.mapping.shape import Shape
from engine.runtime.migration.ending import against, look_onward, standing
from engine.runtime.spiff.compile import CompiledModel, compile_model
from engine.runtime.spiff.migrate import rebuilt, shape_of, tokens_of
from tests.support.play import Play


@lru_cache(maxsize=32)
def understood(drawing: bytes) -> Understanding:
    """What intake makes of a drawing, made once."""
    return understand(drawing)


@lru_cache(maxsize=32)
def compiled(adapted: bytes, process: str) -> CompiledModel:
    """A model, compiled once."""
    return compile_model(adapted, process)


@lru_cache(maxsize=32)
def proposed(before: bytes, after: bytes) -> tuple[Plan, Shape, Shape]:
    """What is proposed between two drawings."""
    one, other = understood(before), understood(after)
    old = shape_of(compiled(one.adapted_xml, one.process))
    new = shape_of(compiled(other.adapted_xml, other.process))
    return propose(read(before), read(after), [old], [new]), old, new


class Refused(Exception):
    """The case can't be moved; the reasons as sentences."""


class Movable(Play):
    """A case of a drawing, on its own, without a database."""

    def __init__(self, drawing: bytes, **values: Any) -> None:
        self.drawing = drawing
        super().__init__(understood(drawing), **values)

    @property
    def moves(self) -> list[str]:
        """All that can be done now, as `act` takes it."""
        found = []
        for wait in self._waits:
            if wait.kind == "question":
                found += [f"{wait.element}:{answer}" for answer in self.answers(wait.element)]
            elif wait.message is not None:
                found.append(f"{wait.element}!")
            elif wait.kind == "timer":
                found.append(f"{wait.element}?")
            elif wait.kind in ("user", "manual"):
                found.append(wait.element)
        return sorted(found)

    def act(self, move: str) -> Play:
        """As `Play.act`, and `timer?` for one that is due."""
        return self.fire(move[:-1]) if move.endswith("?") else super().act(move)

    @property
    def model(self) -> CompiledModel:
        """The model that the case runs on."""
        return compiled(self._adapted, self._found.process)

    @property
    def resting(self) -> list[str]:
        """Where its tokens are."""
        return [f"{token.role} {token.at}" for token in tokens_of(self.state, self.model)]

    def move(self, to: bytes, *choices: Mapping[str, Any]) -> Sequence[Verdict]:
        """Move the case to another drawing. Raises Refused."""
        found = understood(to)
        before = compiled(self._adapted, self._found.process)
        after = compiled(found.adapted_xml, found.process)
        plan, old, new = proposed(self.drawing, to)
        ways = Ways(with_choices(plan, choices, [old], [new]), old, new)
        tokens = tokens_of(self.state, before)
        verdicts = judge(ways, tokens)
        refused = refusals(verdicts)
        if not refused:
            state = rebuilt(self.state, before, after, new, verdicts, ways.insides)
            refused = against(
                look_onward(found.adapted_xml, found.process,
                            standing(new, tokens_of(state, after))),
                look_onward(self._adapted, self._found.process, standing(old, tokens)))
        if refused:
            raise Refused([note.text for note in refused])
        self._state = state
        self.drawing, self._found, self._adapted = to, found, found.adapted_xml
        self._move(lambda execution: execution.enter())
        return verdicts


def renamed(drawing: bytes) -> tuple[bytes, dict[str, str]]:
    """The drawing as another tool might write it, all ids being new; and the new ids."""
    root = etree.fromstring(drawing)
    ids = {node.get("id"): f"other_{number}" for number, node in enumerate(root.iter())
           if isinstance(node.tag, str) and node.get("id") and not node.tag.endswith("process")}
    for node in root.iter():
        for name in ("id", "sourceRef", "targetRef", "attachedToRef", "default"):
            if isinstance(node.tag, str) and node.get(name) in ids:
                node.set(name, ids[node.get(name)])
    return etree.tostring(root), ids
