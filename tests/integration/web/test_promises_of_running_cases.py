"""Promises of cases that really run: waits, sweeps and calendars as the whole system has them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from engine.infra.now import SetNow
from engine.journal import facts
from engine.people.access import SYSTEM
from engine.sla.service import ShownClock
from engine.wiring import Baton
from tests.support.bpmn import Drawing
from tests.support.web import Visitor

SHANGHAI = ZoneInfo("Asia/Shanghai")
SETTINGS = """
key = "refund"
prefix = "RF"
name = { en = "Refund", zh = "退款" }
department = "billing"

[[standards]]
key = "closed"
name = { en = "Closed within 4 business hours", zh = "4 个工作小时内办结" }
target = "4 business hours"
pause = ["Reply"]
warn = [50]
"""


@pytest.fixture
def case(baton: Baton, tmp_path: Path) -> UUID:
    """A case that waits for the customer's reply, or two hours."""
    drawing = (Drawing().start().element("eventBasedGateway", "Either").message("Reply", "Reply_m")
               .timer("Patience", "PT2H").user("Refund").end()
               .flow("Begin", "Either").flow("Either", "Reply").flow("Either", "Patience")
               .flow("Reply", "Refund").flow("Patience", "Refund").flow("Refund", "Finish"))
    pack = tmp_path / "refund"
    pack.mkdir()
    (pack / "journey.bpmn").write_bytes(drawing.xml())
    (pack / "journey.toml").write_text(SETTINGS, encoding="utf-8")
    with baton.command() as services:
        version = services.intake.publish_path(pack, by=SYSTEM.person)
    with baton.command() as services:
        return services.cases.start(version.id).id


def promise(baton: Baton, case: UUID) -> ShownClock:
    with baton.query() as services:
        shown, = services.promises.of_case(case, history=True)
        return shown


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=SHANGHAI)


def test_the_clock_stands_until_the_customer_replies(baton: Baton, now: SetNow,
                                                     case: UUID) -> None:
    assert promise(baton, case).clock.state == "paused"
    now.advance(timedelta(hours=1))
    with baton.command() as services:
        services.cases.deliver(case, "Reply_m")
    assert promise(baton, case).clock.due_at == at(2, 14)


def test_the_clock_runs_again_when_the_patience_is_over(baton: Baton, now: SetNow,
                                                        case: UUID) -> None:
    now.advance(timedelta(hours=2))
    assert baton.work_once() == 1
    shown = promise(baton, case)
    assert (shown.clock.state, shown.clock.due_at) == ("running", at(2, 15))
    assert [stretch.state for stretch in shown.stretches[-2:]] == ["paused", "running"]


def test_other_hours_move_the_promises_of_running_cases(baton: Baton, app: Flask, now: SetNow,
                                                        case: UUID) -> None:
    now.advance(timedelta(hours=2))
    baton.work_once()
    admin = Visitor(app, "ada")
    page = "/administration/departments/billing"
    admin.get(page)
    admin.post(f"{page}/calendar", timezone="Asia/Shanghai", holidays="", closed="", extra="",
               hours="Mon-Fri 09:00-13:00")
    assert "Saved." in admin.text
    assert baton.work_once() == 1, "the case is folded again"
    assert promise(baton, case).clock.due_at == at(3, 11)
    assert baton.work_once() == 0


def test_a_broken_promise_is_told_once_and_then_missed(baton: Baton, now: SetNow,
                                                       case: UUID) -> None:
    now.advance(timedelta(hours=2))
    baton.work_once()
    now.set(at(2, 16))
    assert baton.work_once() == 2 and baton.work_once() == 0
    with baton.command() as services:
        services.cases.cancel(case, reason="The customer gave up.")
    with baton.query() as services:
        told = [type(fact) for fact in services.journal.read_case(case)
                if isinstance(fact, facts.ClockWarned | facts.ClockBreached)]
        kept, = services.promises.summary()
    assert told == [facts.ClockWarned, facts.ClockBreached]
    assert (kept.missed, kept.open) == (1, 0)
