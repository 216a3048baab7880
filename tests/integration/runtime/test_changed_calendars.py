"""A calendar is changed while its cases are at work (PostgreSQL: SQLite has one writer)."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import event

from engine.intake.settings import StepSettings
from tests.support.bpmn import Drawing
from tests.support.operated import Operated
from tests.support.racing import neighbour


@pytest.mark.postgres
def test_a_calendar_and_a_case_that_change_at_once_do_not_wait_for_each_other(
        postgres_database, now, tmp_path):
    """The calendar's change comes when the case has written its timer and not yet its clocks."""
    house = Operated(postgres_database, now, tmp_path)
    drawing = (Drawing().start().user("Ask").boundary_timer("Late", "Ask", "PT8H").user("Tell")
               .end().end("Over").path("Begin", "Ask", "Tell", "Finish").path("Late", "Over"))
    case = house.start(house.publish(
        drawing, steps={"Late": StepSettings(calendar="journey")},
        standards=({"key": "done", "name": "Done", "target": "4 business hours", "start": "case",
                    "stop": "Tell"},)))
    beside, failed = neighbour(house.baton), []

    def change() -> None:
        try:
            with beside.command() as services:
                services.calendar_changed("service-desk")
        except Exception as error:  # noqa: BLE001 - the test says so
            failed.append(error)

    other = threading.Thread(target=change)

    def come_between(_connection, _cursor, statement, *_rest):
        if statement.startswith("UPDATE case_clocks") and not other.ident:
            other.start()
            other.join(timeout=1)  # it is through, or waits for the case

    event.listen(house.baton.database.engine, "before_cursor_execute", come_between)
    house.do(case, "Ask")
    assert other.ident, "the case wrote its clocks"
    other.join()
    assert (failed, house.waiting(case)) == ([], ["Tell"])
    for each in (beside, house.baton):
        each.close()
