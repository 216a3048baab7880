"""Looking after cases in a real browser: mend, skip, send back, hold many, move them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from engine.intake.settings import FieldSettings
from engine.wiring import Baton
from tests.support.axe import serious
from tests.support.bpmn import Drawing
from tests.support.shots import log_in
from tests.support.web import PASSWORD

pytestmark = pytest.mark.browser


def publish(baton: Baton, *steps: str, journey: str | None = None) -> str:
    """A journey whose script fails where nobody shares; returns its key."""
    drawing = Drawing("Sharing").start().script("Share", "share = amount / people")
    for step in steps:
        drawing.user(step)
    with baton.command() as services:
        draft = services.intake.upload("sharing.bpmn", drawing.end().path(
            "Begin", "Ask", "Share", *steps[1:], "Finish").xml(), by=None, journey=journey)
        services.intake.change(draft.id, replace(
            draft.settings, department="service-desk",
            fields={key: FieldSettings("integer", {"en": key.capitalize()})
                    for key in ("amount", "people")}), by=None)
        return str(services.intake.publish(draft.id, by=None).journey)


@pytest.fixture
def key(baton) -> str:
    return publish(baton, "Ask", "Tell")


@pytest.fixture
def failed(baton, key):
    """Starts a case that has failed at Share; returns its number."""
    def start() -> str:
        with baton.command() as services:
            case = services.cases.start(services.intake.latest(key).id,
                                        data={"amount": 10, "people": 0})
            services.journal.deliver()
            [item] = services.work.of_case(case.id)
            lin = services.people.accounts.actor(services.people.persons.by_login("lin").id)
            services.work.claim(item.id, by=lin)
            services.work.complete(item.id, by=lin)
        return str(case.number)

    return start


@pytest.fixture
def worker(baton) -> Iterator[None]:
    """Somebody who works in the background."""
    stop = threading.Event()
    thread = threading.Thread(target=baton.work_until, args=(stop,), kwargs={"pause": 0.1})
    thread.start()
    yield
    stop.set()
    thread.join()


@pytest.fixture
def manager(page: Page, address: str) -> Page:
    page.set_default_timeout(10_000)
    log_in(page, address, "max", PASSWORD)
    return page


def test_an_incident_is_found_its_data_corrected_and_the_step_done(manager, failed):
    number = failed()
    manager.goto("/incidents")
    assert serious(manager) == []
    manager.get_by_role("link", name=number).click()
    expect(manager.get_by_role("heading", name="Share failed")).to_be_visible()
    expect(manager.get_by_text("The data that the step reads")).to_be_visible()
    assert serious(manager) == []
    manager.get_by_text("Correct the data and try again").click()
    manager.get_by_label("People").fill("4")
    manager.get_by_role("button", name="Correct and try again").click()
    expect(manager.get_by_text("The step was tried again.")).to_be_visible()
    expect(manager.get_by_role("heading", name="Share failed")).to_have_count(0)
    expect(manager.locator("li", has_text="Tell").first).to_be_visible()


def test_a_failed_step_is_skipped(manager, failed):
    manager.goto(f"/cases/{failed()}")
    manager.get_by_role("link", name="Skip it or send back").click()
    manager.get_by_label("Reason").last.fill("Shared by hand")
    manager.get_by_role("button", name="Skip the step").click()
    expect(manager.get_by_text("The step is skipped.")).to_be_visible()
    expect(manager.get_by_text("Shared by hand")).to_be_visible()


def test_a_case_is_sent_back_to_a_step_chosen_on_the_drawing(manager, failed):
    manager.goto(f"/cases/{failed()}/steer")
    ask = manager.locator("[data-element-id=Ask]").first
    expect(ask).to_be_visible()
    assert serious(manager) == []
    ask.click()
    expect(manager.get_by_role("radio", name="Ask")).to_be_checked()
    manager.get_by_label("Reason").first.fill("The number is wrong")
    manager.get_by_role("button", name="Send back").click()
    expect(manager.get_by_text("The case is sent back.")).to_be_visible()
    expect(manager.get_by_text("The number is wrong")).to_be_visible()


def test_many_cases_are_suspended_and_resumed_and_the_page_says_how_far_it_is(
        manager, failed, worker):
    first, _ = failed(), failed()
    manager.goto("/cases")
    manager.get_by_role("checkbox", name=first).check()
    expect(manager.get_by_text("1 chosen")).to_be_visible()
    manager.get_by_role("checkbox", name="Choose all").check()
    expect(manager.get_by_text("2 chosen")).to_be_visible()
    manager.get_by_label("Reason").fill("The law changed")
    assert serious(manager) == []
    manager.get_by_role("button", name="Go on").click()
    expect(manager.get_by_text("2 of 2 dealt with")).to_be_visible()
    assert serious(manager) == []
    manager.get_by_role("link", name=first).click()
    expect(manager.get_by_text("Suspended since")).to_be_visible()
    manager.goto("/cases?state=suspended")
    manager.get_by_text("Do something to many cases").click()
    manager.get_by_label("What").select_option("resume")
    manager.get_by_label("Which").select_option("all")
    manager.get_by_role("button", name="Go on").click()
    assert serious(manager) == []
    manager.get_by_role("button", name="Resume 2 cases").click()
    expect(manager.get_by_role("status").get_by_text("2 of 2 dealt with")).to_be_visible()


def test_cases_are_moved_after_a_dry_run(manager, baton, key, failed, worker):
    failed()
    publish(baton, "Ask", "Write", journey=key)
    with baton.command() as services:
        old = services.intake.numbered(key, 1)
        services.cases.start(old.id, data={"amount": 10, "people": 2})
    manager.goto(f"/journeys/{key}/move?from=1&to=2")
    manager.get_by_role("button", name="Try it").click()
    expect(manager.get_by_text("2 cases can move")).to_be_visible()
    assert serious(manager) == []
    manager.get_by_role("button", name="Move 2 cases").click()
    expect(manager.get_by_text("2 of 2 dealt with")).to_be_visible()
    assert serious(manager) == []
