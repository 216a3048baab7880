"""Moving cases to another version, as it is done to many of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from engine.people.access import Actor
from engine.runtime.bulk.deed import Done, Refusal, Run
from engine.runtime.migration.service import CannotMove, Moves
from engine.runtime.service import Cases

#: Its name among the deeds.
MIGRATION = "migration"


def versions_of(run: Run) -> tuple[UUID, UUID]:
    """The versions (ids) from and to which a run moves cases."""
    return UUID(run.what["before"]), UUID(run.what["after"])


@dataclass(frozen=True)
class Moving:
    """Its parameters: `before` and `after` (ids of versions), `choices`, `clear` (docs/api.md)."""

    cases: Cases
    moves: Moves
    right: str = "case.move"
    explained: bool = False

    def settle(self, what: Mapping[str, Any], by: Actor) -> tuple[str, dict[str, Any]]:
        """The journey, and the plan as it was chosen. Raises Invalid for one that can't be."""
        before, after = what["before"], what["after"]
        clear = bool(what.get("clear"))
        prepared = self.moves.prepare(before, after, what.get("choices", ()), clear=clear)
        by.require(self.right, journey=prepared.before.journey)
        return prepared.before.journey, {"before": str(before), "after": str(after),
                                         "clear": clear, "choices": prepared.plan.chosen()}

    def do(self, case: UUID, run: Run, by: Actor) -> Done:
        """Move one, unless one of its company took it along already."""
        self.cases.visible_case(case, by)
        by.require(self.right, journey=run.journey)
        before, after = versions_of(run)
        if self.moves.version_of(case) == after:
            return Done()
        prepared = self.moves.prepare(before, after, run.what["choices"], clear=run.what["clear"])
        try:
            return Done(self.moves.move(case, prepared, by=by.person, reason=run.reason).notes)
        except CannotMove as error:
            raise Refusal(error.outcome.refused) from error
