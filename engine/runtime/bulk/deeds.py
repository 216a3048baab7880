"""Suspend, resume, cancel, try again: what is done to many cases as to one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from engine.infra.errors import Invalid, said
from engine.people.access import Actor
from engine.runtime.bulk.deed import REFUSED, Deed, Done, Run
from engine.runtime.notes import Note
from engine.runtime.operations import Operations
from engine.runtime.service import Cases

_AGAIN = said("Tried again, and failed again: {message}")


def deeds(cases: Cases, operations: Operations) -> dict[str, Deed]:
    """What those who look after cases can do to many of them, by name."""
    return {"suspend": _Simple("case.operate", True, operations.suspend),
            "resume": _Simple("case.operate", False, operations.resume),
            "cancel": _Simple("case.cancel", True, operations.cancel),
            "retry": _Retry(cases, operations)}


@dataclass(frozen=True)
class _Simple:
    """A command that takes a case and a reason."""

    right: str
    explained: bool
    act: Callable[..., object]

    def settle(self, what: Mapping[str, Any], by: Actor) -> tuple[str, dict[str, Any]]:
        """It has no parameters."""
        return "", {}

    def do(self, case: UUID, run: Run, by: Actor) -> Done:
        """Do it."""
        self.act(case, reason=run.reason, by=by)
        return Done()


@dataclass(frozen=True)
class _Retry:
    """Try failed steps again: all of a case, or those at `element` with `message`."""

    cases: Cases
    operations: Operations
    right: str = "incident.resolve"
    explained: bool = False

    def settle(self, what: Mapping[str, Any], by: Actor) -> tuple[str, dict[str, Any]]:
        """Which incidents are meant."""
        return "", {"element": what.get("element"), "message": what.get("message")}

    def do(self, case: UUID, run: Run, by: Actor) -> Done:
        """Try them again; a step that fails once more stays tried."""
        wanted = [one for one in self.cases.incidents(case)
                  if run.what["message"] in (None, one.message)
                  and run.what["element"] in (None, one.element)]
        if not wanted:
            raise Invalid("It has no such incident any more.")
        for one in wanted:
            # Another one's retry may have ended the case, or taken this step away.
            if any(one.id == still.id for still in self.cases.incidents(case)):
                self.operations.retry(one.id, by=by)
        left = {one.id: one for one in self.cases.incidents(case)}
        again = next((left[one.id] for one in wanted if one.id in left), None)
        return Done() if again is None else Done(
            (Note(_AGAIN, {"message": again.message}),), REFUSED)
