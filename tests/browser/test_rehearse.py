"""A rehearsal in a real browser: to its end by keyboard, kept as a test, seen green."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from engine.wiring import Baton
from tests.support.axe import serious
from tests.support.bpmn import Drawing
from tests.support.refund import publish_refund
from tests.support.shots import log_in
from tests.support.web import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def draft(baton: Baton, tmp_path) -> str:
    """Where the next version of the refund journey is."""
    version = publish_refund(baton, tmp_path / "refund")
    with baton.command() as services:
        made = services.intake.redraw(version, version.drawing, by=None)
    return f"/journeys/drafts/{made.id}"


@pytest.fixture
def designer(page: Page, address: str) -> Page:
    """Dora, logged in."""
    page.set_default_timeout(10_000)
    log_in(page, address, "dora", PASSWORD)
    return page


def shape(page: Page, element: str):
    """An element of the drawing."""
    return page.locator(f"#drawing [data-element-id='{element}']")


def marked(as_: str) -> re.Pattern[str]:
    return re.compile(rf"\bis-{as_}\b")


def test_the_refund_is_rehearsed_to_its_end_kept_and_seen_green(designer: Page, draft: str):
    designer.goto(f"{draft}/rehearse")
    board = designer.locator("#board")
    designer.get_by_label("What is it about?").fill("Broken cup")
    designer.locator("#board").get_by_role("button", name="Begin").click()
    expect(shape(designer, "Answer")).to_have_class(marked("live"))
    board.get_by_label("Wish").select_option(label="Money back")
    board.get_by_role("button", name="Do").click()
    expect(shape(designer, "Answer")).to_have_class(marked("done"))
    expect(shape(designer, "Decide")).to_have_class(marked("live"))
    assert serious(designer) == []
    board.get_by_role("button", name="Agree").click()
    expect(shape(designer, "agree")).to_have_class(marked("done"))
    shape(designer, "Pay").click()  # on the drawing itself
    expect(board.locator(".state").first).to_have_text("Completed")
    expect(shape(designer, "Finish")).to_have_class(marked("done"))
    designer.get_by_text("Keep as a test").click()
    designer.get_by_label("Name of the test").fill("Money is paid back")
    designer.get_by_role("button", name="Keep", exact=True).click()
    expect(designer.locator("main .state.green").first).to_have_text("1 of 1 tests pass")
    expect(designer.locator(".model-tests")).to_contain_text("Money is paid back")
    assert serious(designer) == []


def test_it_is_played_by_keyboard_alone(designer: Page, draft: str):
    designer.goto(f"{draft}/rehearse")
    designer.locator("#board").get_by_role("button", name="Begin").press("Enter")
    state = designer.locator("#board .state").first
    expect(state).to_have_text("Going on")
    for key, then in (("1", "Decide"), ("2", "Reply"), ("Backspace", "Decide"), ("1", "Pay")):
        designer.keyboard.press(key)
        expect(shape(designer, then)).to_have_class(marked("live"))
    expect(shape(designer, "Reply")).not_to_have_class(marked("live"))
    designer.keyboard.press("1")
    expect(state).to_have_text("Completed")
    designer.keyboard.press("0")
    expect(designer.locator("#board").get_by_role("button", name="Begin")).to_be_visible()


def test_a_hundred_runs_colour_the_drawing_and_divide_its_paths(designer: Page, draft: str):
    designer.goto(f"{draft}/rehearse")
    designer.get_by_role("link", name="Play at random").click()
    expect(designer.locator(".tile", has_text="Completed").locator(".much")).to_have_text("100")
    expect(designer.locator(".drawing-value").first).to_have_text(re.compile(r"^\d+ %$"))
    fill = shape(designer, "Answer").locator(".djs-visual > :first-child")
    expect(fill).to_have_attribute("style", re.compile(r"fill: rgb"))
    assert serious(designer) == []


def test_ids_that_xml_does_not_allow_are_drawn_and_rehearsed(designer: Page, baton: Baton):
    drawing = (Drawing("P").start("1st").user("b c", "Look at it").user("任务", "回复").end("e.d")
               .path("1st", "b c", "任务", "e.d"))
    with baton.command() as services:
        made = services.intake.upload("odd.bpmn", drawing.xml(), by=None)
    designer.goto(f"/journeys/drafts/{made.id}/rehearse")
    shape(designer, "b c").click()
    expect(shape(designer, "任务")).to_have_class(marked("live"))
    shape(designer, "任务").click()
    expect(shape(designer, "e.d")).to_have_class(marked("done"))
    expect(designer.locator("#board .state").first).to_have_text("Completed")


def test_rehearsing_fits_a_phone(designer: Page, draft: str):
    designer.set_viewport_size({"width": 390, "height": 844})
    for page in ("rehearse", "play", "tests"):
        designer.goto(f"{draft}/{page}")
        designer.wait_for_load_state("networkidle")
        assert designer.evaluate("document.documentElement.scrollWidth") <= 390, page
        assert serious(designer) == []
