"""The panel of an element in a real browser: a call set up and tried, a timer counted otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from engine.infra.db import Database
from engine.infra.now import SystemNow
from engine.wiring import Baton
from tests.support.axe import serious
from tests.support.bpmn import Drawing
from tests.support.outside import Outside, Reply
from tests.support.shots import log_in
from tests.support.web import PASSWORD, hire, make_baton

pytestmark = pytest.mark.browser


@pytest.fixture
def outside() -> Iterator[Outside]:
    made = Outside()
    yield made
    made.close()


@pytest.fixture
def baton(sqlite_database: Database, tmp_path, outside: Outside) -> Baton:
    """One that may call the service outside."""
    made = make_baton(sqlite_database, SystemNow(), tmp_path, allowed_hosts=outside.host)
    hire(made)
    return made


@pytest.fixture
def draft(baton: Baton) -> str:
    drawing = (Drawing("Claim").start().timer("Rest", "PT16H")
               .element("serviceTask", "Note", "Note it").end()
               .path("Begin", "Rest", "Note", "Finish").xml())
    with baton.command() as services:
        made = services.intake.upload("claim.bpmn", drawing, by=None)
        services.intake.change(made.id, made.settings.with_owner("billing"), by=None)
    return f"/journeys/drafts/{made.id}"


@pytest.fixture
def panel(page: Page, address: str, draft: str) -> Page:
    """Dora, before the drawing."""
    page.set_default_timeout(10_000)
    log_in(page, address, "dora", PASSWORD)
    page.goto(draft)
    return page


def choose(page: Page, element: str) -> None:
    page.locator(f"#drawing [data-element-id='{element}']").click()


def test_a_call_is_set_up_and_tried_in_the_panel(panel: Page, outside: Outside):
    outside.will(Reply(content={"id": "N-4711"}))
    choose(panel, "Note")
    panel.get_by_label("Baton calls a service").check()
    expect(panel.locator("#call-said")).to_contain_text("Give the address of the service")
    panel.get_by_label("Address").fill(f"{outside.url}/customers/{{customer_no}}")
    panel.get_by_label("Address").press("Tab")
    expect(panel.locator("#call-said")).to_contain_text("may be called")
    expect(panel.locator("#verdict")).to_contain_text("Runs as drawn")
    result = panel.get_by_role("group", name="What the answer writes")
    expect(result.locator(".row-pair")).to_have_count(1)
    result.get_by_label("Field").fill("note_id")
    expect(result.locator(".row-pair")).to_have_count(2)
    result.locator(".row-pair").first.get_by_label("= response.body.id").fill("= response.body.id")
    panel.keyboard.press("Tab")
    expect(panel.locator("#saved")).to_contain_text("Saved")
    panel.get_by_text("Try the call").click()
    panel.locator("#call-sample").get_by_label("customer_no").fill("C 7")
    assert serious(panel) == []
    panel.get_by_role("button", name="Call it now").click()
    expect(panel.locator("#trial")).to_contain_text("200 OK")
    expect(panel.locator("#trial")).to_contain_text("N-4711")
    assert [each.path for each in outside.received] == ["/customers/C%207"]
    panel.reload()
    expect(panel.get_by_label("Address")).to_have_value(re.compile("customer_no"))
    assert panel.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_timer_counts_the_time_that_is_chosen_and_says_when_it_is_due(panel: Page):
    choose(panel, "Rest")
    expect(panel.locator("#timer-preview")).to_contain_text("16 hours: if it began now, due on")
    panel.get_by_label("Whose time counts").select_option(label="Working time of Billing")
    expect(panel.locator("#timer-preview")).to_contain_text("16 working hours of Billing")
    assert serious(panel) == []
    panel.set_viewport_size({"width": 390, "height": 800})
    panel.reload()
    expect(panel.locator("#timer-preview")).to_contain_text("16 working hours of Billing")
    assert panel.evaluate("document.documentElement.scrollWidth <= innerWidth")
