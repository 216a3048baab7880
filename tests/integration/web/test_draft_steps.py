"""What a designer says in the panel about what a step waits for."""

from __future__ import annotations

import html
import json
import re
from zoneinfo import ZoneInfo

import pytest

from engine.runtime.ports import RunnableVersion
from engine.runtime.versions import runnable
from tests.integration.web.test_drafts import Page
from tests.support.bpmn import Drawing


def waiting() -> bytes:
    """A timer, a message without a name, one with, and a start by message."""
    return (Drawing("Claim").start(inner='<bpmn:messageEventDefinition/>')
            .timer("Rest", "PT16H").timer("Until", "2026-04-01T12:00:00+08:00", "timeDate")
            .timer("Own", '= now() + duration("PT5H")')
            .element("intermediateCatchEvent", "Paid", "Money is there",
                     inner="<bpmn:messageEventDefinition/>")
            .message("Sent", "Parcel").end()
            .path("Begin", "Rest", "Until", "Own", "Paid", "Sent", "Finish").xml())


@pytest.fixture
def page(app, baton) -> Page:
    with baton.command() as services:
        made = services.intake.upload("claim.bpmn", waiting(), by=None)
    made_page = Page(app, baton, made.id)
    made_page.change("journey", name_en="Claim", department="billing")
    return made_page


def ran(page: Page) -> RunnableVersion:
    with page.baton.query() as services:
        draft = services.intake.draft(page.id)
        return runnable(services.intake.understand(draft), draft.settings, draft.files)


def said(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def test_a_timer_says_when_it_would_be_due_and_counts_the_time_that_is_chosen(page):
    found = said(page.panel("Rest"))
    assert "16 hours: if it began now, due on Tue, Mar 3 01:00." in found
    assert "Working time of Billing" in found
    back = said(page.change("timer", element="Rest", calendar="billing"))
    assert "16 working hours of Billing: if it began now, due on Tue, Mar 3 17:00." in back
    assert page.draft().settings.steps["Rest"].calendar == "billing"
    page.change("timer", element="Rest", calendar="")
    assert "Rest" not in page.draft().settings.steps


def test_what_is_previewed_is_when_the_engine_fires_it(page, now):
    with page.baton.query() as services:
        calendar = services.people.departments.calendar("billing")
    due = calendar.add(now(), 16 * 3600)
    back = said(page.change("timer", element="Rest", calendar="billing"))
    here = due.astimezone(ZoneInfo("Asia/Shanghai"))
    assert f"due on {here:%a, %b} {here.day} {here:%H:%M}." in back


def test_a_date_has_no_working_time_and_an_expression_is_known_in_a_case_only(page):
    found = said(page.panel("Until"))
    assert "Due on Wed, Apr 1 12:00" in found and "Whose time counts" not in found
    page.change("timer", element="Own", calendar="step")
    assert "known in a case only:" in said(page.panel("Own"))


def test_a_department_that_publishing_makes_has_no_due_moment_yet(page):
    page.change("journey", name_en="Claim", department="new:Warehouse")
    back = said(page.change("timer", element="Rest", calendar="journey"))
    assert "Warehouse is made when this is published" in back


def test_a_message_gets_a_name_and_keys_and_the_verdict_follows(page):
    assert "A person reports when" in said(page.panel("Paid"))
    back = page.change("message", element="Paid", message="Payment",
                       correlation_key=["order_id", "shop", ""],
                       correlation_value=["", "= lower case(shop_name)", ""])
    assert "A person reports when" not in said(back)
    example = re.search(r"<pre[^>]*>(.*?)</pre>", back, re.S)
    body = json.loads(html.unescape(example[1]).split("\n", 1)[1])
    assert body == {"name": "Payment", "correlation": {"order_id": "…", "shop": "…"},
                    "keep_for": "PT1H"}
    step = page.draft().settings.steps["Paid"]
    assert step.message == "Payment"
    assert dict(step.correlation) == {"order_id": "order_id", "shop": "= lower case(shop_name)"}


def test_the_name_of_the_settings_is_the_one_that_a_case_waits_for(page, baton):
    page.change("message", element="Begin", message="Order placed")
    page.change("message", element="Sent", message="Shipment")
    trigger = ran(page).model.by_drawn_id("Begin").trigger
    assert (trigger.kind, trigger.name) == ("message", "Order placed")
    assert '"name": "Shipment"' in html.unescape(page.panel("Sent"))
    assert "Correlation keys" not in page.panel("Begin"), "a case that begins has no keys yet"


def test_a_start_by_a_message_without_a_name_can_be_given_one(page):
    assert ran(page).model.by_drawn_id("Begin").trigger is None
    assert "Its name" in page.panel("Begin") and "sends it so" not in page.panel("Begin")


def test_a_key_that_cannot_be_read_is_refused_and_nothing_is_kept(page):
    back = page.change("message", element="Paid", correlation_key="order", correlation_value="a b")
    assert "write a field, or = an expression" in said(back)
    back = page.change("message", element="Paid", correlation_key=["a", "a"],
                       correlation_value=["x", "y"])
    assert "a stands twice." in said(back)
    assert "Paid" not in page.draft().settings.steps
