"""The whole story in a real browser: a drawing is uploaded, lived through, and looked at."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from engine.infra.db import Database
from engine.infra.now import SetNow, SystemNow
from engine.wiring import Baton
from tests.support.axe import serious
from tests.support.bpmn import Drawing
from tests.support.shots import log_in
from tests.support.web import PASSWORD, QUICK, hire, make_baton

pytestmark = pytest.mark.browser

COMPLAINT = Path(__file__).parents[2] / "processes" / "complaint"
PHONE = {"width": 390, "height": 844}


def claim_drawing(last_step: str = "Pay") -> bytes:
    """Two lanes, a question that nobody answered in the drawing, a service with nothing behind."""
    return with_picture(
        Drawing("Claim").lane("Desk", "Begin", "Answer", "Grant", name="Service desk")
        .lane("Money", "Book", "Pay", "Finish", name="Billing")
        .start().user("Answer", "Answer the customer")
        .element("exclusiveGateway", "Grant", "Refund granted?")
        .element("serviceTask", "Book", "Book the refund").user("Pay", last_step).end()
        .path("Begin", "Answer", "Grant").flow("Grant", "Book", id="yes", name="Yes")
        .flow("Grant", "Finish", id="no", name="No").path("Book", "Pay", "Finish").xml(),
        {"Desk": (0, 0, 620, 140), "Money": (0, 140, 620, 140), "Begin": (40, 52, 36, 36),
         "Answer": (120, 30, 110, 80), "Grant": (270, 45, 50, 50), "Book": (240, 170, 110, 80),
         "Pay": (400, 170, 110, 80), "Finish": (560, 192, 36, 36)})


def with_picture(xml: bytes, places: dict[str, tuple[int, int, int, int]]) -> bytes:
    """The drawing with a diagram: elements at (x, y, width, height), straight flows."""
    def middle(id: str) -> str:
        x, y, width, height = places[id]
        return f'<di:waypoint x="{x + width / 2}" y="{y + height / 2}"/>'

    shapes = "".join(
        f'<di2:BPMNShape id="{id}_di" bpmnElement="{id}" isHorizontal="true">'
        f'<dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}"/></di2:BPMNShape>'
        for id, (x, y, width, height) in places.items())
    edges = "".join(
        f'<di2:BPMNEdge id="{id}_di" bpmnElement="{id}">{middle(source)}{middle(target)}'
        "</di2:BPMNEdge>" for id, source, target in re.findall(
            r'sequenceFlow id="(\w+)".*? sourceRef="(\w+)" targetRef="(\w+)"', xml.decode()))
    picture = ('<di2:BPMNDiagram xmlns:di2="http://www.omg.org/spec/BPMN/20100524/DI"'
               ' xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
               ' xmlns:di="http://www.omg.org/spec/DD/20100524/DI" id="Diagram">'
               f'<di2:BPMNPlane id="Plane" bpmnElement="Claim">{shapes}{edges}'
               "</di2:BPMNPlane></di2:BPMNDiagram></bpmn:definitions>")
    return xml.replace(b"</bpmn:definitions>", picture.encode())


class Window:
    """One person's browser window."""

    def __init__(self, chrome: Browser, address: str) -> None:
        self._chrome = chrome
        self._address = address
        self._contexts = []

    def of(self, login: str, width: int = 1280) -> Page:
        """A page of somebody who has logged in."""
        context = self._chrome.new_context(locale="en-GB", base_url=self._address,
                                           viewport={"width": width, "height": 900})
        context.set_default_timeout(10_000)
        self._contexts.append(context)
        page = context.new_page()
        log_in(page, self._address, login, PASSWORD)
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def window(chrome: Browser, address: str) -> Iterator[Window]:
    """Windows of as many people as a test needs."""
    opened = Window(chrome, address)
    yield opened
    opened.close()


@pytest.fixture
def monday() -> datetime:
    """Monday morning in Shanghai, eight weeks ago."""
    then = SystemNow()() - timedelta(weeks=8)
    return (then - timedelta(days=then.weekday())).replace(hour=2, minute=0, second=0)


@pytest.fixture
def past(sqlite_database: Database, tmp_path: Path, monday: datetime) -> Baton:
    """The installation eight weeks ago; its people were hired before."""
    made = make_baton(sqlite_database, SetNow(monday - timedelta(weeks=1)), tmp_path)
    hire(made)
    return made


@pytest.fixture
def baton(past: Baton) -> Baton:
    """The same installation today."""
    return Baton(past.settings, SystemNow(), passwords=QUICK, database=past.database)


@pytest.fixture
def lived(past: Baton, monday: datetime) -> list[str]:
    """Five closed cases of the claim and one open: long waits, late answers, hand-offs."""
    now = past.now
    assert isinstance(now, SetNow)
    with past.command() as services:
        draft = services.intake.upload("claim.bpmn", claim_drawing(), by=None)
        settings = draft.settings.with_lane("Desk", "service-desk").with_lane("Money", "billing")
        settings = settings.with_standard({
            "key": "answered", "name": {"en": "Answered in time"}, "target": "2 business hours",
            "start": "Answer", "stop": "Answer"})
        services.intake.change(draft.id, replace(settings, department="service-desk"), by=None)
        version = services.intake.publish(draft.id, by=None)
    numbers = []
    for week, wait in enumerate((30, 50, 75, 60, 1)):
        now.set(monday + timedelta(weeks=week))
        with past.command() as services:
            numbers.append(services.cases.start(version.id, channel="phone").number)
        _live(past, now, numbers[-1], "lin", timedelta(hours=wait))
        _live(past, now, numbers[-1], "lin", timedelta(minutes=5), answers=("yes",))
        _live(past, now, numbers[-1], "bo", timedelta(hours=wait))
        _live(past, now, numbers[-1], "bo", timedelta(hours=2))
    now.set(monday + timedelta(weeks=6))
    with past.command() as services:
        numbers.append(services.cases.start(version.id, channel="web", priority="high").number)
    return numbers


def _live(past: Baton, now: SetNow, number: str, login: str, wait: timedelta,
          answers: tuple[str, ...] = ()) -> None:
    """Somebody takes the case's next item after `wait`, and is done in a quarter of an hour."""
    now.advance(wait)
    past.work_once()
    with past.command() as services:
        who = services.people.actor(services.people.persons.by_login(login).id)
        item = next(i for i in services.work.of_case(services.cases.case(number).id)
                    if i.state == "offered")
        services.work.claim(item.id, by=who)
    now.advance(timedelta(minutes=15))
    with past.command() as services:
        services.work.complete(item.id, by=who, answers=answers)


def _upload(page: Page, drawing: bytes) -> None:
    page.locator(".drop input[type=file]").set_input_files(
        {"name": "claim.bpmn", "mimeType": "application/xml", "buffer": drawing})
    expect(page.get_by_role("button", name="Publish")).to_be_visible()


def _promise(page: Page, name: str, amount: int) -> None:
    page.get_by_text("Add a promise").click()
    page.get_by_label("Promise in English").fill(name)
    page.get_by_label("Within").fill(str(amount))
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".standard", has_text=name)).to_be_visible()


def _open_item(page: Page, step: str) -> None:
    page.goto("/work")
    page.get_by_role("navigation", name="Work items").get_by_role("link", name=step).click()


def _take(page: Page, step: str) -> None:
    _open_item(page, step)
    page.get_by_role("button", name="Claim").click()


def _complete(page: Page, step: str) -> None:
    page.get_by_role("button", name="Complete").click()
    expect(page.get_by_text(f"{step} is done.")).to_be_visible()


def _designer_publishes(page: Page) -> None:
    """Point 1: upload, verdict, findings, drawing, lanes, promises, version 1."""
    page.goto("/journeys")
    _upload(page, claim_drawing())
    expect(page.locator(".verdict")).to_contain_text("Runs, with decisions left to people")
    expect(page.locator("#findings .finding", has_text="Book the refund").first).to_be_visible()
    expect(page.locator("#findings .finding", has_text="Refund granted?").first).to_be_visible()
    expect(page.locator(".drawing svg [data-element-id=Answer]").first).to_be_visible()
    page.get_by_label("Name of the journey English").fill("Claim")
    page.get_by_label("Owner").select_option("service-desk")
    expect(page.locator("#saved")).to_contain_text("Saved")
    expect(page.get_by_label("Service desk")).to_have_value("service-desk")  # guessed by its name
    expect(page.get_by_label("Billing")).to_have_value("billing")
    _promise(page, "Closed in time", 40)
    page.locator("#findings").get_by_role("link", name="Refund granted?").click()
    expect(page.locator("#panel h2")).to_have_text("Refund granted?")
    page.locator(".djs-shape[data-element-id=Answer]").click(position={"x": 12, "y": 8})
    expect(page.locator("#panel h2")).to_have_text("Answer the customer")
    _promise(page, "Answered in time", 2)
    assert serious(page) == []
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".verdict")).to_contain_text("Version 1")


def _staff_starts(page: Page) -> str:
    """Point 2; gives the case's number."""
    page.goto("/cases")
    page.get_by_role("link", name="Start a case").click()
    page.get_by_role("link", name="Claim").click()
    page.get_by_label("Customer", exact=True).fill("Ann Ash")
    page.get_by_label("Channel", exact=True).select_option("web")
    page.get_by_label("Priority").select_option("high")
    page.get_by_role("button", name="Start the case").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ann Ash")
    return page.get_by_role("heading", level=1).inner_text().split(" ")[0]


def test_from_an_uploaded_drawing_to_a_closed_case(window: Window):
    dora, lin, bo = window.of("dora"), window.of("lin"), window.of("bo")
    _designer_publishes(dora)
    number = _staff_starts(lin)

    bo.goto("/work")
    expect(bo.get_by_text("Nothing to do")).to_be_visible()
    _open_item(lin, "Answer the customer")
    expect(lin.locator(".promises .badge-time").first).to_be_visible()
    lin.get_by_role("button", name="Claim").click()
    lin.get_by_label("Note").fill("She wants her money back.")
    _complete(lin, "Answer the customer")
    _take(lin, "Refund granted?")
    lin.get_by_role("button", name="Yes", exact=True).click()
    expect(lin.get_by_text("Refund granted? is done.")).to_be_visible()

    _take(bo, "Book the refund")
    expect(bo.locator(".split-item")).to_contain_text("handed over by Service desk")
    expect(bo.get_by_text("She wants her money back.")).to_be_visible()

    dora.get_by_role("link", name="Journeys").first.click()
    dora.locator("main table").get_by_role("link", name="Claim").click()
    _upload(dora, claim_drawing("Pay it out"))
    dora.get_by_role("button", name="Publish").click()
    expect(dora.locator(".verdict")).to_contain_text("Version 2")

    _complete(bo, "Book the refund")
    _take(bo, "Pay")
    expect(bo.get_by_role("heading", name="Pay", exact=True)).to_be_visible()
    bo.goto(f"/cases/{number}")
    expect(bo.locator(".verdict")).to_contain_text("version 1")
    _case_page_tells(bo, number)
    _open_item(bo, "Pay")
    _complete(bo, "Pay")
    bo.goto(f"/cases/{number}")
    expect(bo.locator(".verdict")).to_contain_text("Closed")


def _case_page_tells(page: Page, number: str) -> None:
    """Point 3: story, drawing with the token, data, promises."""
    expect(page.locator(".timeline")).to_contain_text("Answer the customer")
    expect(page.locator(".timeline")).to_contain_text("林晓梅")
    expect(page.locator(".timeline")).to_contain_text("waited")
    tabs = page.get_by_role("navigation", name="About this case")
    tabs.get_by_role("link", name="Drawing").click()
    expect(page.locator(".drawing svg [data-element-id=Pay]").first).to_be_visible()
    expect(page.get_by_text("Now at: Pay")).to_be_visible()
    tabs.get_by_role("link", name="Data").click()
    expect(page.get_by_role("heading", name="Data")).to_be_visible()
    tabs.get_by_role("link", name="Promises").click()
    expect(page.get_by_role("heading", name="Closed in time")).to_be_visible()
    expect(page.get_by_role("heading", name="Answered in time")).to_be_visible()
    expect(page.get_by_text("kept", exact=True)).to_be_visible()


def test_the_map_leads_from_a_breakpoint_to_its_cases(window: Window, lived: list[str]):
    page = window.of("max")
    page.goto("/insight")
    page.locator("main table").get_by_role("link", name="Claim").click()
    expect(page.locator(".drawing svg [data-element-id=Answer]").first).to_be_visible()
    picture = page.get_by_role("img", name="Hand-offs between departments").locator("svg")
    expect(picture).to_contain_text("Service desk")
    expect(picture).to_contain_text("Billing")
    found = page.locator(".breakpoint")
    assert found.count() >= 3
    for kind in ("Bottleneck", "Broken promise", "Hand-off delay"):
        expect(found.filter(has_text=kind).first).to_be_visible()
    assert serious(page) == []
    found.first.get_by_role("link").first.click()
    expect(page.locator("main table")).to_contain_text(lived[2])
    page.locator("main table").get_by_role("link", name=lived[2]).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(lived[2])
    expect(page.locator(".timeline")).to_contain_text("Answer the customer")


def test_the_main_pages_are_accessible_and_fit_a_phone(window: Window, lived: list[str], past):
    with past.command() as services:
        draft = services.intake.upload("claim.bpmn", claim_drawing(), by=None, journey="claim").id
    visits = {
        "lin": ("/work", f"/cases/{lived[-1]}", f"/cases/{lived[0]}?tab=drawing",
                f"/cases/{lived[0]}?tab=clocks", "/cases"),
        "dora": ("/journeys", f"/journeys/drafts/{draft}", "/journeys/claim"),
        "max": ("/insight", "/insight/journeys/claim", "/promises"),
    }
    wrong = []
    for login, paths in visits.items():
        page = window.of(login)
        for path in paths:
            page.set_viewport_size({"width": 1280, "height": 900})
            answer = page.goto(path)
            assert answer is not None and answer.status == 200, path
            page.wait_for_load_state("networkidle")
            wrong += [f"{path}: {one}" for one in serious(page)]
            page.set_viewport_size(PHONE)
            across = page.evaluate("document.documentElement.scrollWidth")
            if across > PHONE["width"]:
                wrong.append(f"{path}: {across} px wide on a phone")
    assert wrong == []


def _png() -> bytes:
    """A real picture of one grey pixel."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(
            ">I", zlib.crc32(kind + data))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(b"\0\x80")) + chunk(b"IEND", b""))


def test_a_complaint_keeps_its_photo_and_names_what_is_missing(window: Window, baton: Baton):
    with baton.command() as services:
        services.intake.publish_path(COMPLAINT, by=None)
    page = window.of("lin")
    page.goto("/cases/start/complaint")
    page.get_by_label("Customer", exact=True).fill("Ann Ash")
    subject = page.get_by_label("What is it about?")
    expect(subject).to_be_visible()
    page.get_by_role("button", name="Start the case").click()
    expect(page.get_by_text("Field is required.").first).to_be_visible()
    subject.fill("Broken door")
    page.get_by_label("What happened, in the customer's words").fill("It came with a dent.")
    page.locator(".fjs-select-placeholder").click()
    page.get_by_text("A replacement", exact=True).click()
    page.locator(".fjs-container input[type=file]") \
        .set_input_files({"name": "dent.png", "mimeType": "image/png", "buffer": _png()})
    expect(page.get_by_text("dent.png")).to_be_visible()
    page.get_by_role("button", name="Start the case").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ann Ash")
    page.get_by_role("navigation", name="About this case") \
        .get_by_role("link", name="Files and comments").click()
    photo = page.get_by_role("link", name="dent.png").locator("img")
    expect(photo).to_be_visible()
    assert photo.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1
