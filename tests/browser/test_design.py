"""The designer in a real browser: drop drawings, make them precise, build a form, publish."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_story import PHONE, claim_drawing, with_picture
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


def drop(page: Page, *files: tuple[str, bytes]) -> None:
    """Drop files on the page, as from a file manager."""
    page.locator("label.drop input[type=file]").set_input_files(
        [{"name": name, "mimeType": "application/xml", "buffer": content}
         for name, content in files])


def simple() -> bytes:
    """A drawing that leaves nothing open."""
    return with_picture(
        Drawing("Order").start().user("Pick", "Pick the goods").end()
        .path("Begin", "Pick", "Finish").xml(),
        {"Begin": (40, 52, 36, 36), "Pick": (120, 30, 110, 80), "Finish": (280, 52, 36, 36)}
    ).replace(b'bpmnElement="Claim"', b'bpmnElement="Order"')


def stuck() -> bytes:
    """One of two ways is chosen, and both are waited for."""
    places = {"Begin": (40, 112, 36, 36), "Ask": (120, 105, 50, 50), "One": (220, 30, 110, 80),
              "Two": (220, 150, 110, 80), "Join": (390, 105, 50, 50), "Finish": (500, 112, 36, 36)}
    return with_picture(
        Drawing("Stuck").start().element("exclusiveGateway", "Ask", "Which way?")
        .user("One").user("Two").element("parallelGateway", "Join", "Both").end()
        .path("Begin", "Ask", "One", "Join", "Finish").path("Ask", "Two", "Join").xml(), places
    ).replace(b'bpmnElement="Claim"', b'bpmnElement="Stuck"')


def choose(page: Page, element: str) -> None:
    """Choose an element on the drawing."""
    page.locator(f'.djs-shape[data-element-id="{element}"]').click(position={"x": 12, "y": 8})
    page.wait_for_url(f"**element={element}*")


def test_two_files_dropped_become_two_drafts_and_a_bad_one_says_why(dora: Page):
    drop(dora, ("claim.bpmn", claim_drawing()), ("order.bpmn", simple()), ("x.bpmn", b"no XML"))
    expect(dora.get_by_text("2 of 3 became drafts.")).to_be_visible()
    expect(dora.get_by_text("Runs as drawn")).to_be_visible()
    expect(dora.get_by_text("This is no XML file")).to_be_visible()
    assert serious(dora) == []
    dora.get_by_role("link", name="claim, version 1").click()
    expect(dora.locator("#verdict")).to_contain_text("with decisions left to people")
    expect(dora.locator(".djs-shape").first).to_be_visible()


def test_a_folder_is_a_pack(dora: Page):
    dora.locator("#folder").set_input_files(
        Path(__file__).parents[2] / "processes" / "complaint")
    expect(dora.get_by_role("heading", name="Complaint", level=1)).to_be_visible()
    expect(dora.locator("#panel")).to_contain_text("Form at the start")


def test_a_gateway_switched_to_a_fixed_way_changes_verdict_marks_and_list(dora: Page):
    drop(dora, ("claim.bpmn", claim_drawing()))
    expect(dora.locator("#verdict")).to_contain_text("at 2 places")
    choose(dora, "Grant")
    panel = dora.locator("#panel")
    expect(panel.get_by_role("heading", name="Refund granted?")).to_be_visible()
    expect(dora.locator('[data-container-id="Grant"] .drawing-finding.decision')).to_be_visible()
    panel.get_by_role("radio", name="Always “Yes”").check()
    expect(dora.locator("#verdict")).to_contain_text("at 1 place")
    expect(panel.locator("#doing")).to_contain_text("Always “Yes”.")
    expect(dora.locator('[data-container-id="Grant"] .drawing-finding.decision')).to_have_count(0)
    expect(dora.locator("#saved")).to_contain_text("Saved")
    assert serious(dora) == []
    dora.reload()
    expect(panel.get_by_role("radio", name="Always “Yes”")).to_be_checked()
    panel.get_by_role("link", name="The whole journey").click()
    expect(panel.get_by_role("heading", name="The journey")).to_be_visible()
    assert "element=" not in dora.url


def test_the_keyboard_chooses_an_element_and_sets_it(dora: Page):
    drop(dora, ("claim.bpmn", claim_drawing()))
    dora.wait_for_selector(".djs-shape")
    dora.locator('.djs-shape[data-element-id="Answer"]').focus()
    dora.keyboard.press("Enter")
    field = dora.get_by_label("What to do here English")
    field.fill("Call the customer back.")
    dora.keyboard.press("Tab")
    expect(dora.locator("#saved")).to_contain_text("Saved")
    dora.reload()
    expect(field).to_have_value("Call the customer back.")


def test_a_form_of_two_fields_is_built_published_and_asked_for(dora: Page, chrome: Browser,
                                                                address: str):
    drop(dora, ("order.bpmn", simple()))
    dora.wait_for_url("**/drafts/**")
    dora.get_by_label("Owner").select_option("billing")
    expect(dora.locator("#saved")).to_contain_text("Saved")
    dora.get_by_role("link", name="Build a form").click()
    add = dora.get_by_role("button", name="Add a field")
    add.click()
    dora.get_by_label("Label English").fill("Order number")
    dora.get_by_label("Required").check()
    expect(dora.locator("#preview")).to_contain_text("Order number")
    add.click()
    expect(dora.get_by_label("Label English")).to_have_count(2)
    dora.get_by_label("Label English").nth(1).fill("Wrapping")
    dora.get_by_label("Type").nth(1).select_option("choice")
    dora.get_by_label("Choices, one a line").nth(1).fill("Paper\nBox | 盒子")
    dora.get_by_label("Label 中文").nth(1).fill("包装")
    expect(dora.locator("#preview")).to_contain_text("Wrapping")
    dora.get_by_role("button", name="Move “Field 2” up").click()
    expect(dora.get_by_label("Label English").nth(0)).to_have_value("Wrapping")
    assert serious(dora) == []
    dora.get_by_role("button", name="Save the form").click()
    dora.wait_for_url(re.compile(r"/drafts/[0-9a-f-]+$"))
    expect(dora.locator("#panel")).to_contain_text("Wrapping")
    dora.get_by_role("button", name="Publish version 1").click()
    expect(dora.get_by_text("Version 1 is published")).to_be_visible()
    assert serious(dora) == []
    desk = chrome.new_context(locale="zh-CN", base_url=address).new_page()
    log_in(desk, address, "bo", PASSWORD)
    desk.goto("/cases/start/order")
    expect(desk.get_by_text("包装")).to_be_visible()
    expect(desk.get_by_text("Order number")).to_be_visible()
    desk.context.close()


def test_a_way_into_a_dead_end_is_shown_and_publishing_asks_first(dora: Page):
    drop(dora, ("stuck.bpmn", stuck()))
    expect(dora.locator("#verdict")).to_contain_text("Can get stuck")
    dora.get_by_label("Owner").select_option("billing")
    expect(dora.locator("#saved")).to_contain_text("Saved")
    path = dora.get_by_role("button", name="Show the path").first
    path.click()
    expect(dora.locator(".djs-element.is-path[data-element-id=Ask]")).to_have_count(1)
    expect(path).to_have_attribute("aria-pressed", "true")
    path.click()
    expect(dora.locator(".is-path")).to_have_count(0)
    publish = dora.get_by_role("button", name="Publish version 1")
    publish.click()
    question = dora.get_by_role("dialog")
    expect(question).to_contain_text("Both")
    question.get_by_role("button", name="Cancel").click()
    expect(question).to_have_count(0)
    publish.click()
    question.get_by_role("button", name="Publish version 1").click()
    expect(dora.get_by_text("Version 1 is published")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_the_pages_fit_their_width(dora: Page, width: int):
    dora.set_viewport_size({"width": width, "height": PHONE["height"]})
    drop(dora, ("claim.bpmn", claim_drawing()))
    dora.wait_for_selector(".djs-shape")
    for path in ("", "?element=Answer", "/form?element=Answer"):
        at = dora.url.split("?")[0].removesuffix("/form")
        dora.goto(at + path)
        dora.wait_for_load_state("networkidle")
        assert dora.evaluate("document.documentElement.scrollWidth") <= width
        assert serious(dora) == []
