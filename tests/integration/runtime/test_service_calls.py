"""A service step calls an outside service: asked outside the command, answered once."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy import table as sql_table

from engine.infra.db import Database
from engine.infra.errors import Invalid
from engine.infra.now import SetNow
from engine.intake.service_call import read_call
from engine.intake.settings import FieldSettings
from engine.journal import facts
from engine.people.access import SYSTEM
from engine.wiring import Baton
from tests.support.intake import flow, line
from tests.support.outside import Outside, Reply
from tests.support.web import make_baton

STEP = '<serviceTask id="s" name="Ask the CRM"/>'
THEN = '<userTask id="t" name="Look"/>'
NUMBER = {"result": {"number": "= response.body.id"}}
STALE = timedelta(minutes=2)
FIELDS = {"amount": FieldSettings("decimal", {"en": "Amount"}),
          "number": FieldSettings("integer", {"en": "Number"}),
          "note": FieldSettings("text", {"en": "Note"}),
          "notes": FieldSettings("list", {"en": "Notes"})}


class Desk:
    """An installation with one journey that calls, and a worker."""

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


@pytest.fixture
def outside() -> Iterator[Outside]:
    made = Outside()
    yield made
    made.close()


@pytest.fixture
def desk(database: Database, now: SetNow, tmp_path: Path, outside: Outside) -> Iterator[Desk]:
    made = make_baton(database, now, tmp_path, allowed_hosts=outside.host)
    with made.command() as services:
        services.people.departments.create("service-desk", {"en": "Service desk"}, by=SYSTEM)
    yield Desk(made, now, outside)
    made.close()


def test_a_step_waits_for_the_answer_and_its_fields_are_typed(desk: Desk) -> None:
    desk.outside.will(Reply(201, {"id": "42"}))
    case = desk.start(desk.publish(body="= {'amount': amount, 'for': note}", **NUMBER))
    assert desk.waiting(case) == ["s"]
    assert desk.outside.received == []  # nothing outside happens within the command
    assert desk.work()
    assert desk.waiting(case) == ["t"]
    assert desk.data(case)["number"] == 42
    [asked] = desk.outside.received
    assert (asked.method, asked.path, asked.body) == (
        "POST", "/orders", '{"amount": 12.5, "for": null}')
    assert asked.headers["content-type"] == "application/json"
    assert len(asked.key) == 32
    answered = next(f for f in desk.story(case) if isinstance(f, facts.ServiceAnswered))
    assert (answered.element, answered.status, answered.tries) == ("s", 201, 1)
    assert any(isinstance(f, facts.ElementCompleted) and f.element == "s"
               for f in desk.story(case))
    assert desk.jobs() == [("done", 1)]
    assert not desk.work()


def test_a_step_without_a_call_is_still_work_for_a_person(desk: Desk) -> None:
    with desk.baton.command() as services:
        draft = services.intake.upload("plain.bpmn", line(STEP), by=None)
        services.intake.change(draft.id, draft.settings.with_owner("service-desk"), by=None)
        version = services.intake.publish(draft.id, by=None).id
    case = desk.start(version)
    with desk.baton.query() as services:
        assert [wait.kind for wait in services.cases.waits(case)] == ["user"]


def test_a_service_that_stumbles_is_asked_again_with_the_same_key_after_growing_rests(
        desk: Desk) -> None:
    desk.outside.will(Reply(503, {"error": "busy"}), Reply(500, {}), Reply(200, {"id": 7}))
    case = desk.start(desk.publish(**NUMBER))
    assert desk.work()
    assert not desk.work()
    desk.now.advance(timedelta(seconds=10))
    assert desk.work()
    desk.now.advance(timedelta(seconds=19))
    assert not desk.work()
    desk.now.advance(timedelta(seconds=1))
    assert desk.work()
    assert len({asked.key for asked in desk.outside.received}) == 1
    assert len(desk.outside.received) == 3
    assert desk.data(case)["number"] == 7
    assert desk.incidents(case) == []


def test_a_service_may_say_when_it_wants_to_be_asked_again(desk: Desk) -> None:
    desk.outside.will(Reply(429, {}, {"Retry-After": "120"}), Reply(200, {}))
    case = desk.start(desk.publish())
    desk.work()
    desk.now.advance(timedelta(seconds=119))
    assert not desk.work()
    desk.now.advance(timedelta(seconds=1))
    assert desk.work()
    assert desk.waiting(case) == ["t"]


def test_a_call_that_fails_for_good_is_an_incident_with_its_tries_and_what_was_answered(
        desk: Desk) -> None:
    desk.outside.will(Reply(500, "<p>The database is\nnot there</p>" + "x" * 5000))
    case = desk.start(desk.publish())
    desk.work_through()
    [incident] = desk.incidents(case)
    assert (incident.element, incident.kind, incident.tries) == ("s", "service", 3)
    assert incident.message.startswith(
        "The service answered 500 Internal Server Error: <p>The database is not there</p>")
    assert len(incident.message) < 600
    assert desk.waiting(case) == ["s"]
    assert desk.jobs() == [("failed", 3)]
    desk.outside.will(Reply(200, {}))
    desk.retry(case)
    assert desk.work()
    assert desk.waiting(case) == ["t"]
    assert desk.incidents(case) == []
    keys = [asked.key for asked in desk.outside.received]
    assert len(set(keys[:3])) == 1
    assert keys[3] != keys[0]  # the service had said no to the first key


def test_a_refusal_that_will_not_change_is_not_tried_again(desk: Desk) -> None:
    desk.outside.will(Reply(422, {"error": "amount is missing"}))
    case = desk.start(desk.publish())
    desk.work_through()
    assert len(desk.outside.received) == 1
    assert "amount is missing" in desk.incidents(case)[0].message


@pytest.mark.parametrize("reply", [Reply(hangs=True), Reply(content="x" * 100, drips=True)],
                         ids=["hangs", "drips"])
def test_no_answer_in_time_keeps_the_key_when_a_person_tries_again(desk: Desk,
                                                                   reply: Reply) -> None:
    desk.outside.will(reply)
    case = desk.start(desk.publish(retries=0))
    desk.work()
    assert desk.incidents(case)[0].message == "No answer within 1 s."
    desk.outside.will(Reply(200, {}))
    desk.retry(case)
    desk.work()
    assert desk.waiting(case) == ["t"]
    # The service may have done it the first time.
    assert len({asked.key for asked in desk.outside.received}) == 1


def test_an_answer_that_does_not_hold_what_it_should_is_an_incident(desk: Desk) -> None:
    desk.outside.will(Reply(200, {"id": "many"}))
    case = desk.start(desk.publish(**NUMBER))
    desk.work()
    assert "whole number" in desk.incidents(case)[0].message
    desk.outside.will(Reply(200, {}))
    desk.retry(case)
    desk.work()
    assert "number from the answer" in desk.incidents(case)[0].message
    assert "number" not in desk.data(case)


def test_a_correction_of_the_data_changes_what_is_asked_and_the_key(desk: Desk) -> None:
    desk.outside.will(Reply(hangs=True))
    case = desk.start(desk.publish(retries=0, body="= {'note': note}"), note="worng")
    desk.work()
    with desk.baton.command() as services:
        services.cases.write_data(case, {"note": "right"})
    desk.outside.will(Reply(200, {}))
    desk.retry(case)
    desk.work()
    first, second = desk.outside.received
    assert (first.body, second.body) == ('{"note": "worng"}', '{"note": "right"}')
    assert first.key != second.key


CAUGHT = ('<boundaryEvent id="gone" attachedToRef="s"><errorEventDefinition errorRef="E"/>'
          '</boundaryEvent><userTask id="call" name="Ring up"/>' + flow("gone", "call"))
ERROR = b'<error id="E" errorCode="%s"/><process '


def _catching(code: str) -> bytes:
    return line(STEP, THEN, more=CAUGHT).replace(b"<process ", ERROR % code.encode(), 1)


@pytest.mark.parametrize(("code", "errors"), [
    ("404", {}), ("UNKNOWN", {"404": "UNKNOWN"}), ("NO", {"4xx": "NO", "5xx": "LATER"})])
def test_a_border_event_catches_the_failure_by_its_code(desk: Desk, code: str,
                                                        errors: dict[str, str]) -> None:
    desk.outside.will(Reply(404, {"error": "no such customer"}))
    case = desk.start(desk.publish(_catching(code), errors=errors))
    desk.work_through()
    assert desk.waiting(case) == ["call"]
    assert desk.incidents(case) == []
    assert len(desk.outside.received) == 1
    answered = next(f for f in desk.story(case) if isinstance(f, facts.ServiceAnswered))
    assert (answered.status, answered.error) == (404, code)


def test_an_error_that_the_border_does_not_wait_for_is_an_incident(desk: Desk) -> None:
    desk.outside.will(Reply(409, {}))
    case = desk.start(desk.publish(_catching("404")))
    desk.work_through()
    assert [incident.kind for incident in desk.incidents(case)] == ["service"]


def test_a_border_around_the_sub_process_catches_it_too(desk: Desk) -> None:
    inner = ('<subProcess id="sub"><startEvent id="b"/>' + STEP + '<endEvent id="e"/>'
             + flow("b", "s") + flow("s", "e") + '</subProcess>')
    drawing = line(inner, THEN, more=CAUGHT.replace('attachedToRef="s"', 'attachedToRef="sub"'))
    drawing = drawing.replace(b"<process ", ERROR % b"timeout", 1)
    desk.outside.will(Reply(hangs=True))
    case = desk.start(desk.publish(drawing, retries=1))
    desk.work_through()
    assert desk.waiting(case) == ["call"]
    assert len(desk.outside.received) == 2  # it passes only when it didn't pass by itself


def test_an_answer_is_taken_once_though_two_workers_brought_it(desk: Desk) -> None:
    desk.outside.will(Reply(200, {"id": 1}), Reply(200, {"id": 2}))
    case = desk.start(desk.publish(**NUMBER))
    slow = desk.baton.job_worker()
    claimed = slow._claim()
    assert claimed is not None
    desk.now.advance(STALE)  # its heart stands still: another worker takes over
    assert desk.work()
    assert slow._kinds["service"](claimed) == {"unwanted": True}
    assert desk.data(case)["number"] == 1
    assert len(desk.outside.received) == 1


def test_what_interrupts_the_step_calls_the_job_off(desk: Desk) -> None:
    late = ('<boundaryEvent id="late" attachedToRef="s"><timerEventDefinition><timeDuration>PT1H'
            '</timeDuration></timerEventDefinition></boundaryEvent><userTask id="call"/>'
            + flow("late", "call"))
    case = desk.start(desk.publish(line(STEP, THEN, more=late)))
    desk.now.advance(timedelta(hours=2))
    desk.baton.work_once()
    assert desk.waiting(case) == ["call"]
    assert desk.jobs() == [("cancelled", 0)]
    assert not desk.work()
    assert desk.outside.received == []


def test_a_case_that_is_cancelled_calls_nobody_any_more(desk: Desk) -> None:
    desk.outside.will(Reply(503, {}))
    case = desk.start(desk.publish())
    desk.work()
    with desk.baton.command() as services:
        services.cases.cancel(case, reason="The customer changed their mind.")
    desk.work_through()
    assert len(desk.outside.received) == 1
    assert desk.jobs() == [("cancelled", 1)]


def test_a_redirect_is_not_followed(desk: Desk) -> None:
    desk.outside.will(Reply(302, "", {"Location": "http://169.254.169.254/latest/meta-data"}))
    case = desk.start(desk.publish())
    desk.work_through()
    assert "follows no redirects" in desk.incidents(case)[0].message
    assert len(desk.outside.received) == 1


def test_each_item_of_a_list_is_asked_with_its_own_value(desk: Desk) -> None:
    several = STEP.replace("/>", '><multiInstanceLoopCharacteristics '
                           'camunda:collection="${notes}" camunda:elementVariable="one"/>'
                           "</serviceTask>")
    case = desk.start(desk.publish(line(several, THEN), url=f"{desk.outside.url}/{{one}}"),
                      notes=["a/b", "ü"])
    desk.work_through()
    assert sorted(asked.path for asked in desk.outside.received) == ["/%C3%BC", "/a%2Fb"]
    assert desk.waiting(case) == ["t"]


def test_a_secret_is_sent_and_stands_nowhere_else(desk: Desk, monkeypatch: pytest.MonkeyPatch,
                                                  caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("BATON_SECRET_CRM", "s3cr3t \"token\"")
    caplog.set_level(logging.DEBUG)
    desk.outside.will(Reply(500, {"you sent": "s3cr3t \"token\""}),
                      Reply(200, {"id": 3, "echo": "s3cr3t \"token\""}))
    case = desk.start(desk.publish(
        url=f"{desk.outside.url}/orders?key={{secret.CRM}}", retries=1,
        headers={"Authorization": "= 'Bearer ' + secret.CRM"},
        body="= {'key': secret.CRM, 'note': note}",
        result={"note": "= response.body.echo"}), note="hello")
    desk.work_through()
    assert desk.waiting(case) == ["t"]
    for asked in desk.outside.received:
        assert asked.headers["authorization"] == "Bearer s3cr3t \"token\""
        assert asked.path == "/orders?key=s3cr3t%20%22token%22"
        assert asked.body == '{"key": "s3cr3t \\"token\\"", "note": "hello"}'
    assert "s3cr3t" not in _whole(desk.baton.database)
    assert "s3cr3t" not in caplog.text
    assert desk.data(case)["note"] == "•••"


def test_what_looks_like_a_secret_in_the_data_is_sent_as_it_is(
        desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_SECRET_CRM", "s3cr3t")
    desk.start(desk.publish(body="= {'note': note}", headers={"X-Key": "= secret.CRM"}),
               note="⟦" + "0" * 32 + ":CRM⟧ secret.CRM")
    desk.work()
    assert "s3cr3t" not in desk.outside.received[0].body


def test_a_secret_that_is_not_there_is_an_incident_that_says_so(desk: Desk) -> None:
    case = desk.start(desk.publish(headers={"X-Key": "= secret.NOWHERE"}))
    desk.work()
    assert "set BATON_SECRET_NOWHERE" in desk.incidents(case)[0].message
    assert desk.outside.received == []


def _whole(database: Database) -> str:
    """All rows of all tables, as text."""
    with database.read() as session:
        tables = inspect(session.connection()).get_table_names()
        return "\n".join(str(row) for table in tables
                         for row in session.execute(select(text("*")).select_from(
                             sql_table(table))))


@pytest.mark.parametrize("url", ["https://crm.example.org/x", "http://127.0.0.1/x"])
def test_a_host_that_nobody_allowed_keeps_a_journey_from_being_published(desk: Desk,
                                                                         url: str) -> None:
    with pytest.raises(Invalid, match="BATON_ALLOWED_HOSTS"):
        desk.publish(url=url)


def test_a_host_that_is_allowed_no_more_is_an_incident(desk: Desk, tmp_path: Path) -> None:
    case = desk.start(desk.publish())
    other = make_baton(desk.baton.database, desk.now, tmp_path)
    other.job_worker().run_one()
    other.close()
    assert "BATON_ALLOWED_HOSTS" in desk.incidents(case)[0].message
    assert desk.outside.received == []


def test_a_user_task_cannot_call(desk: Desk) -> None:
    with pytest.raises(Invalid, match="service task"):
        desk.publish(line('<userTask id="s" name="Ask"/>'))


def test_numbers_that_a_double_does_not_hold_are_sent_as_text(desk: Desk) -> None:
    desk.start(desk.publish(body="= [amount, Decimal('0.1'), Decimal(10) ** 20 + Decimal('0.1')]"),
               amount=str(Decimal("0.30")))
    desk.work()
    assert desk.outside.received[0].body == '[0.3, 0.1, "100000000000000000000.1"]'


_WORKER = """
import sys
from datetime import datetime
from pathlib import Path
from engine.infra.now import SetNow
from engine.infra.settings import Settings
from engine.wiring import Baton
home, database, moment, hosts = sys.argv[1:]
Baton(Settings(home=Path(home), database=database, allowed_hosts=hosts),
      SetNow(datetime.fromisoformat(moment))).job_worker().run_one()
"""


def test_a_worker_that_is_killed_in_a_call_is_followed_by_one_with_the_same_key(
        desk: Desk, tmp_path: Path) -> None:
    desk.outside.will(Reply(hangs=True), Reply(200, {"id": 5}))
    case = desk.start(desk.publish(timeout=60, **NUMBER))
    url = desk.baton.database.url.render_as_string(hide_password=False)
    worker = subprocess.Popen([sys.executable, "-c", _WORKER, str(tmp_path), url,  # noqa: S603
                               desk.now().isoformat(), desk.outside.host])
    try:
        assert desk.outside.asked.wait(60)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert desk.jobs() == [("running", 1)]
    assert not desk.work()  # its heart may still beat
    desk.now.advance(STALE)
    assert desk.work()
    assert len({asked.key for asked in desk.outside.received}) == 1
    assert len(desk.outside.received) == 2
    assert desk.data(case)["number"] == 5
    assert desk.waiting(case) == ["t"]
    assert not desk.work()
