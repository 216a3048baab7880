"""A case of `Play` that can be moved to another drawing, as the migration moves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.intake.diff.drawn import read
from engine.intake.understand import understand
from engine.runtime.mapping.judge import Verdict, judge, refusals
from engine.runtime.mapping.plan import Ways, propose, with_choices
from engine.runtime.spiff.compile import compile_model
from engine.runtime.spiff.migrate import rebuilt, shape_of, tokens_of
from tests.support.play import Play


class Refused(Exception):
    """The case can't be moved; the reasons as sentences."""


class Movable(Play):
    """A case of a drawing, on its own, without a database."""

    def __init__(self, drawing: bytes, **values: Any) -> None:
        self.drawing = drawing
        super().__init__(understand(drawing), **values)

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

    def move(self, to: bytes, *choices: Mapping[str, Any]) -> Sequence[Verdict]:
        """Move the case to another drawing. Raises Refused."""
        found = understand(to)
        before = compile_model(self._adapted, self._found.process)
        after = compile_model(found.adapted_xml, found.process)
        old, new = shape_of(before), shape_of(after)
        plan = propose(read(self.drawing), read(to), [old], [new])
        ways = Ways(with_choices(plan, choices, [old], [new]), old, new)
        verdicts = judge(ways, tokens_of(self.state, before))
        if refusals(verdicts):
            raise Refused([note.text for note in refusals(verdicts)])
        self._state = rebuilt(self.state, before, after, new, verdicts, ways.insides)
        self.drawing, self._found, self._adapted = to, found, found.adapted_xml
        self._move(lambda execution: execution.enter())
        return verdicts
