"""The frame of every page in a real browser: login, menus, theme, command box, small screens."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import serious
from tests.support.shots import log_in
from tests.support.web import PASSWORD

pytestmark = pytest.mark.browser


def _enter(page: Page, address: str, login: str = "ada") -> None:
    log_in(page, address, login, PASSWORD)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(page, address, theme):
    page.emulate_media(color_scheme=theme)
    page.goto("/login")
    assert serious(page) == []
    _enter(page, address)
    for path in ("/administration/people", "/administration/people/new", "/me",
                 "/administration/departments/billing", "/no-such-page"):
        page.goto(path)
        assert serious(page) == [], path


def test_a_chosen_theme_holds_on_the_next_page(page, address):
    _enter(page, address)
    root = page.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "light")
    page.get_by_label("Your account").click()
    page.get_by_role("button", name="Dark").click()
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.goto("/me")
    expect(root).to_have_attribute("data-bs-theme", "dark")


def test_the_command_box_finds_a_person_and_opens_their_page(page, address):
    _enter(page, address)
    page.keyboard.press("Control+k")
    page.keyboard.type("max")
    option = page.get_by_role("option", name="Max Moore")
    expect(option).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Max Moore")


def test_the_command_box_switches_the_language(page, address):
    _enter(page, address)
    page.keyboard.press("Control+k")
    page.keyboard.type("中文")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")


def test_a_deed_that_cannot_be_undone_is_asked_about_first(page, address):
    _enter(page, address)
    page.goto("/administration/people")
    page.get_by_role("link", name="Bo Berg").click()
    page.get_by_role("button", name="End the account").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="End the account")).to_be_visible()
    page.get_by_role("button", name="End the account").click()
    page.get_by_role("dialog").get_by_role("button", name="End the account").click()
    expect(page.get_by_text("Saved.")).to_be_visible()


def test_at_390_px_nothing_sticks_out_and_the_navigation_opens(page, address):
    page.set_viewport_size({"width": 390, "height": 844})
    _enter(page, address)
    for path in ("/administration/people", "/administration/departments/billing", "/me"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    link = page.get_by_role("navigation", name="Main navigation").get_by_role("link")
    expect(link.last).not_to_be_visible()
    page.get_by_role("button", name="Navigation").click()
    expect(link.last).to_be_visible()
    page.keyboard.press("Escape")
    expect(link.last).not_to_be_visible()


def test_the_first_tab_skips_to_the_page(page, address):
    _enter(page, address)
    page.goto("/me")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the page")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
