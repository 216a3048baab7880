"""An installation with one journey that calls an outside service, and a worker."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from engine.infra.now import SetNow
from engine.intake.service_call import read_call
from engine.intake.settings import FieldSettings
from engine.journal import facts
from engine.wiring import Baton
from tests.support.intake import flow, line
from tests.support.outside import Outside

STEP = '<serviceTask id="s" name="Ask the CRM"/>'
THEN = '<userTask id="t" name="Look"/>'
NUMBER = {"result": {"number": "= response.body.id"}}
CAUGHT = ('<boundaryEvent id="gone" attachedToRef="s"><errorEventDefinition errorRef="E"/>'
          '</boundaryEvent><userTask id="call" name="Ring up"/>' + flow("gone", "call"))
ERROR = b'<error id="E" errorCode="%s"/><process '
FIELDS = {"amount": FieldSettings("decimal", {"en": "Amount"}),
          "number": FieldSettings("integer", {"en": "Number"}),
          "note": FieldSettings("text", {"en": "Note"}),
          "notes": FieldSettings("list", {"en": "Notes"})}


class Desk:
    """What a test does with it, and what it sees of it."""

    def __init__(self, baton: Baton, now: SetNow, outside: Outside) -> None:
        self.baton, self.now, self.outside = baton, now, outside

    def publish(self, drawing: bytes = line(STEP, THEN), key: str = "orders",
                **call: Any) -> UUID:
        with self.baton.command() as services:
            draft = services.intake.upload(f"{key}.bpmn", drawing, by=None)
            made = read_call({"url": f"{self.outside.url}/orders", "method": "POST",
                              "timeout": 1, "retries": 2, "rest": 10, **call}, "call")
            settings = replace(draft.settings, department="service-desk", fields=FIELDS)
            services.intake.change(draft.id, settings.with_step("s", call=made), by=None)
            return services.intake.publish(draft.id, by=None).id

    def start(self, version: UUID, **data: Any) -> UUID:
        with self.baton.command() as services:
            return services.cases.start(version, data={"amount": "12.50", **data}).id

    def work(self) -> bool:
        return self.baton.job_worker().run_one()

    def work_through(self) -> None:
        """Until nothing is left to do, with the rests between the tries."""
        for _ in range(10):
            self.work()
            self.now.advance(timedelta(minutes=1))

    def waiting(self, case: UUID) -> list[str]:
        with self.baton.query() as services:
            return sorted(wait.element for wait in services.cases.waits(case))

    def data(self, case: UUID) -> dict[str, Any]:
        with self.baton.query() as services:
            return services.cases.document(case)

    def incidents(self, case: UUID) -> list[Any]:
        with self.baton.query() as services:
            return services.cases.incidents(case)

    def retry(self, case: UUID) -> None:
        [incident] = self.incidents(case)
        with self.baton.command() as services:
            services.cases.retry(incident.id)

    def jobs(self) -> list[tuple[str, int]]:
        with self.baton.query() as services:
            return [(job.state, job.tries) for job in services.jobs.all()]

    def story(self, case: UUID) -> list[facts.Fact]:
        with self.baton.query() as services:
            return services.journal.read_case(case)


def catching(code: str) -> bytes:
    """The step, with an error event of this code on its border that leads elsewhere."""
    return line(STEP, THEN, more=CAUGHT).replace(b"<process ", ERROR % code.encode(), 1)
