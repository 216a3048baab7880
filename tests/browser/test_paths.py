"""Where a drawing can get stuck is shown: its path is numbered there and told in words."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import serious
from tests.support.bpmn import Drawing
from tests.support.shots import log_in
from tests.support.web import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def dora(page: Page, address: str) -> Page:
    """The designer, at the journeys."""
    page.set_default_timeout(10_000)
    log_in(page, address, "dora", PASSWORD)
    page.goto("/journeys")
    return page


def stuck() -> bytes:
    """One of two answers is enough for nothing: the join waits for both."""
    drawing = Drawing("Refund").start().element("exclusiveGateway", "Ask", "Which way?").end()
    drawing.user("Pay", "Pay it back").user("Refuse", "Refuse").gateway("Join", "parallel")
    drawing.path("Begin", "Ask", "Pay", "Join", "Finish").path("Ask", "Refuse", "Join")
    return drawing.xml()


def test_the_way_to_where_it_gets_stuck_is_numbered_on_the_drawing(dora: Page) -> None:
    dora.locator("label.drop input[type=file]").set_input_files(
        [{"name": "refund.bpmn", "mimeType": "application/xml", "buffer": stuck()}])
    expect(dora.locator("#verdict")).to_contain_text("Can get stuck")
    finding = dora.locator(".finding.warning", has_text="gets stuck there")
    button = finding.get_by_role("button", name="Show the path")

    button.click()

    numbers = dora.locator(".drawing-step")
    expect(numbers).to_have_count(4)
    assert sorted(numbers.all_inner_texts()) == ["1", "2", "3", "4"]
    expect(dora.locator(".djs-shape.is-path")).to_have_count(4)
    expect(dora.locator(".djs-connection.is-path")).to_have_count(3)
    expect(finding.locator(".way")).to_be_visible()
    expect(finding.locator(".way")).to_contain_text("→")
    assert serious(dora) == []
    if os.environ.get("BATON_SHOT"):
        dora.screenshot(path=os.environ["BATON_SHOT"], full_page=True)

    button.click()

    expect(numbers).to_have_count(0)
    expect(dora.locator(".is-path")).to_have_count(0)
