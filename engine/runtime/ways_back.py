"""To which earlier steps a case can be sent back, and what would be withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.infra.now import Now
from engine.journal import facts
from engine.journal.service import Journal
from engine.runtime import stored
from engine.runtime.document import Document
from engine.runtime.ports import RunnableVersion, Versions
from engine.runtime.sandbox import Sandbox
from engine.runtime.spiff.compile import CompiledModel
from engine.runtime.spiff.execution import Execution
from engine.runtime.spiff.moves import around, withdrawn_by
from engine.runtime.tables import CaseStateRow
from engine.runtime.views import Case

#: Facts that say that a case has been at a step and left it.
_LEFT = (facts.ElementCompleted, facts.StepResumed, facts.StepSkipped, facts.CallReturned,
         facts.TimerFired, facts.MessageReceived)
_STEPS = ("Task", "task", "SubProcess", "subProcess", "callActivity", "transaction",
          "intermediateCatchEvent")


@dataclass(frozen=True)
class WayBack:
    """An earlier step, and the elements whose other tokens would be withdrawn."""

    to: str
    withdrawn: tuple[str, ...]


class WaysBack:
    """Looks at cases without moving them."""

    def __init__(self, session: Session, now: Now, journal: Journal, versions: Versions) -> None:
        self._session = session
        self._now = now
        self._journal = journal
        self._versions = versions

    def of(self, case: Case, token: UUID) -> list[WayBack]:
        """The earlier steps to which a token can be sent back; none where it is gone."""
        version = self._versions(case.version_id)
        execution = self._execution(case.id, version, case.process)
        task = execution.token(token) if execution is not None else None
        if execution is None or task is None:
            return []
        model = version.processes[case.process or version.main]
        ways = []
        steps = self._steps(case.id, model, task)
        for each in version.model.outline.elements:
            if each.id in steps:
                steps.discard(each.id)
                gone = withdrawn_by(model, task, each.id)
                if gone is not None:
                    ways.append(WayBack(each.id, tuple(dict.fromkeys(gone))))
        return ways

    def passed(self, case: UUID, version: RunnableVersion, token: UUID,
               process: str | None) -> set[str]:
        """The steps that a case has passed, and the sub-processes that a token is in."""
        execution = self._execution(case, version, process)
        return self._steps(case, version.processes[process or version.main],
                           execution.token(token)) if execution else set()

    def _steps(self, case: UUID, model: CompiledModel, task: Any) -> set[str]:
        been = self._journal.elements(case, *_LEFT)
        found = {each for each in been if (element := model.by_drawn_id(each)) is not None
                 and element.kind.endswith(_STEPS)}
        return found | set(around(model, task) if task is not None else ())

    def _execution(self, case: UUID, version: RunnableVersion,
                   process: str | None) -> Execution | None:
        row = self._session.execute(
            select(CaseStateRow.tokens).where(CaseStateRow.case_id == case)).first()
        if row is None or not row.tokens:
            return None
        document = Document(lambda: stored.of_case(self._session, case), version)
        sandbox = Sandbox(self._now(), version.timezone)
        return Execution(version.processes[process or version.main],
                         document.environment(sandbox), row.tokens)
