"""A journey drawn in a real browser: from an empty sheet to a draft with a verdict."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from engine.wiring import Baton
from tests.support.axe import serious
from tests.support.refund import publish_refund
from tests.support.shots import log_in
from tests.support.web import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def designer(page: Page, address: str) -> Page:
    """Dora, logged in."""
    page.set_default_timeout(10_000)
    log_in(page, address, "dora", PASSWORD)
    return page


def shape(page: Page, element: str):
    """An element of the drawing."""
    return page.locator(f".djs-shape[data-element-id='{element}']")


def draw_new(page: Page, name: str) -> None:
    page.goto("/journeys/drafts/new")
    page.get_by_label("What is the journey called?").fill(name)
    page.get_by_role("button", name="Draw", exact=True).click()
    expect(shape(page, "StartEvent_1")).to_be_visible()


def append(page: Page, element: str, what: str) -> None:
    """Append by the context pad of a shape."""
    shape(page, element).click()
    page.locator(f".djs-context-pad [data-action='append.{what}']").click()


def verdict(page: Page):
    return page.locator("#verdict")


def test_a_task_is_drawn_named_and_saved_and_the_verdict_is_seen(designer: Page, baton: Baton):
    draw_new(designer, "Passport")
    expect(designer.locator(".bjs-powered-by")).to_be_visible()
    append(designer, "StartEvent_1", "append-task")
    designer.keyboard.type("Check the photo")
    designer.keyboard.press("Enter")
    expect(verdict(designer)).to_have_text("Runs as drawn")
    expect(designer.locator("#told")).to_contain_text("Check the photo")
    expect(designer.locator("#kept")).to_have_text("Not saved yet")
    assert serious(designer) == []
    designer.keyboard.press("Control+s")
    expect(designer.locator("#kept")).to_have_text("Saved")
    expect(designer).to_have_url(re.compile(r"/journeys/drafts/[0-9a-f-]+/draw$"))
    with baton.query() as services:
        [journey] = services.intake.journeys()
        found = services.intake.understand(services.intake.draft(journey.draft))
    assert [(step.kind, step.name) for step in found.steps if step.name] == [
        ("task", "Check the photo")]
    designer.get_by_role("link", name="To the draft").click()
    expect(designer.get_by_role("heading", name="Passport", level=1)).to_be_visible()


def test_the_panel_says_what_baton_needs_and_undo_takes_it_back(designer: Page):
    draw_new(designer, "Passport")
    append(designer, "StartEvent_1", "gateway")
    gateway = designer.locator(".djs-shape[data-element-id^='Gateway_']").first
    panel = designer.locator("#properties")
    expect(panel.get_by_role("heading")).to_have_text("Exclusive gateway")
    panel.get_by_label("Name on the drawing").fill("Photo good?")
    panel.get_by_label("What to do here").fill("Compare it with the person.")
    designer.keyboard.press("Tab")
    for turn in range(2):
        if turn:  # a click on what is chosen would let it go
            gateway.click()
        designer.locator(".djs-context-pad [data-action='append.append-task']").click()
        designer.keyboard.press("Escape")
    expect(verdict(designer)).to_have_text("Runs, with decisions left to people")
    gateway.click()
    panel.get_by_role("button", name=re.compile("Flow_")).first.click()
    panel.get_by_label("Condition", exact=True).fill("photo_good")
    designer.keyboard.press("Tab")
    panel.get_by_label("Taken when no condition holds").check()
    expect(panel.get_by_label("Condition", exact=True)).to_have_count(0)
    designer.get_by_role("button", name="Undo").click()
    expect(panel.get_by_label("Condition", exact=True)).to_have_value("photo_good")


def test_a_timer_and_a_message_are_said_in_the_panel(designer: Page):
    draw_new(designer, "Passport")
    designer.evaluate("""() => {
      const modeler = document.querySelector('[data-modeler]').baton;
      const start = modeler.get('elementRegistry').get('StartEvent_1');
      const make = (kind) => modeler.get('modeling').appendShape(start,
        modeler.get('elementFactory').createShape({ type: 'bpmn:IntermediateCatchEvent',
          eventDefinitionType: kind }));
      modeler.get('selection').select(make('bpmn:TimerEventDefinition'));
      window.message = make('bpmn:MessageEventDefinition');
    }""")
    panel = designer.locator("#properties")
    panel.get_by_label("Waits").select_option(label="for some time")
    panel.get_by_label("How long, or when").fill("PT4H")
    designer.keyboard.press("Tab")
    designer.evaluate("""() => document.querySelector('[data-modeler]').baton
      .get('selection').select(window.message)""")
    panel.get_by_label("Message").fill("Photo sent")
    designer.keyboard.press("Tab")
    xml = designer.evaluate("""async () => (await document.querySelector('[data-modeler]').baton
      .saveXML()).xml""")
    assert re.search(r"<bpmn:timeDuration[^>]*>PT4H</bpmn:timeDuration>", xml)
    name = re.search(r'<bpmn:message id="(\w+)" name="Photo sent"', xml)
    assert name and f'messageRef="{name.group(1)}"' in xml


def test_leaving_with_unsaved_changes_asks_first(designer: Page):
    draw_new(designer, "Passport")
    append(designer, "StartEvent_1", "append-task")
    designer.keyboard.press("Escape")
    asked = []
    designer.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    designer.locator("#side a").first.click()
    designer.wait_for_url(re.compile("^((?!draw).)*$"))
    assert asked == ["beforeunload"]


def test_a_published_journey_is_drawn_on_at_phone_width_and_in_chinese(
        designer: Page, baton: Baton, tmp_path):
    publish_refund(baton, tmp_path / "refund")
    designer.goto("/journeys/refund/versions/1/draw")
    designer.locator("summary[aria-label='Language']").click()
    designer.locator("button[data-language='zh']").click()
    designer.set_viewport_size({"width": 390, "height": 844})
    designer.goto("/journeys/refund/versions/1/draw")
    expect(shape(designer, "Pay")).to_be_visible()
    expect(verdict(designer)).to_have_text("可以运行，部分决定留给人")
    shape(designer, "Pay").click()
    expect(designer.locator("#properties h2")).to_have_text("用户任务")
    expect(designer.locator(".djs-context-pad [title='更换类型']")).to_have_count(1)
    width = designer.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    assert serious(designer) == []


@pytest.mark.parametrize("what", ["end-event", "append-task"])
def test_saving_while_a_name_is_being_typed_keeps_it(designer: Page, baton: Baton, what: str):
    draw_new(designer, "Passport")
    append(designer, "StartEvent_1", what)
    expect(designer.locator(".djs-direct-editing-content")).to_be_visible()
    designer.keyboard.type("Photo kept")
    designer.keyboard.press("Control+s")
    expect(designer.locator("#kept")).to_have_text("Saved")
    with baton.query() as services:
        [journey] = services.intake.journeys()
        assert b'name="Photo kept"' in services.intake.draft(journey.draft).drawing
