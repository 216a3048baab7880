"""Drawings in a real browser: laid out, adapted, and two versions side by side.

BATON_LONG=1 opens every file of the corpus instead of a sample.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree
from playwright.sync_api import Page, expect

from engine.infra.errors import DomainError
from engine.intake.localise import localised
from engine.intake.settings import JourneySettings
from engine.intake.understand import understand
from engine.wiring import Baton
from tests.support.axe import serious
from tests.support.bpmn import Drawing
from tests.support.shots import log_in
from tests.support.web import PASSWORD

pytestmark = pytest.mark.browser

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "miwg"
LONG = bool(os.environ.get("BATON_LONG"))
PHONE = {"width": 390, "height": 844}
BROKEN = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:p="urn:p"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"><process id="P">
  <startEvent id="s"/><task id="t" name="Look"/><task id="u" name="Think"/><endEvent id="e"/>
  <sequenceFlow id="a" sourceRef="s" targetRef="t"/>
  <sequenceFlow id="b" sourceRef="t" targetRef="u"/>
  <sequenceFlow id="c" sourceRef="u" targetRef="e"/></process>
  <di:BPMNDiagram><di:BPMNPlane bpmnElement="nothing">
  <di:BPMNShape bpmnElement="p:s"><dc:Bounds x="10" y="10" width="36" height="36"/></di:BPMNShape>
  <di:BPMNShape bpmnElement="t"><dc:Bounds x="NaN" y="1" width="100" height="80"/></di:BPMNShape>
  <di:BPMNShape bpmnElement="u"/><di:BPMNShape bpmnElement="gone"/>
  <di:BPMNEdge bpmnElement="a"/></di:BPMNPlane></di:BPMNDiagram></definitions>"""


def claim(*, second: bool) -> bytes:
    """A small journey; its second version has a step more, one less, and another name."""
    drawing = Drawing("Claim").lane("Desk", "Begin", "Look", *(("Call",) if second else ()),
                                    name="Desk")
    drawing.lane("Money", "Pay", "Finish", *(() if second else ("Stamp",)), name="Money")
    drawing.start().user("Look", "Look at the claim" if second else "Look").user("Pay")
    drawing.user(*(("Call", "Call back") if second else ("Stamp", "Stamp it"))).end()
    return drawing.path("Begin", "Look", "Call" if second else "Stamp", "Pay", "Finish").xml()


@pytest.fixture
def designer(page: Page, address: str, baton: Baton) -> Page:
    """Someone who may look at journeys, of which there is one with two versions."""
    for second in (False, True):
        with baton.command() as services:
            draft = services.intake.upload("claim.bpmn", claim(second=second), by=None,
                                           journey="claim" if second else None)
            services.intake.change(draft.id, replace(draft.settings, department="billing"),
                                   by=None)
            services.intake.publish(draft.id, by=None)
    log_in(page, address, "dora", PASSWORD)
    return page


def wait_for_drawings(page: Page) -> None:
    """Until every drawing of the page is open; the page's policy forbids wait_for_function."""
    for _ in range(200):
        if page.evaluate("""() => [...document.querySelectorAll("[data-drawing]")]
                .every((place) => place.baton)"""):
            return
        page.wait_for_timeout(50)
    raise AssertionError("the drawings did not open within 10 s")


def warnings_of(page: Page, xml: bytes) -> list[str]:
    """What bpmn-js says on opening a drawing."""
    found: list[str] = page.evaluate("""async (xml) => {
        const viewer = document.querySelector("[data-drawing]").baton;
        try { return (await viewer.importXML(xml)).warnings.map((one) => one.message); }
        catch (error) { return [`refused: ${error.message}`]; }
    }""", xml.decode())
    return found


def shown_as_uploaded(data: bytes) -> bytes:
    return localised(data, JourneySettings("k", {"en": "K"}, "K"), "en")


def shown_without_its_layout(data: bytes) -> bytes:
    root = etree.fromstring(data)
    for diagram in root.findall("{http://www.omg.org/spec/BPMN/20100524/DI}BPMNDiagram"):
        root.remove(diagram)
    return shown_as_uploaded(etree.tostring(root))


def adapted(data: bytes) -> bytes:
    return understand(data).adapted_xml


def samples() -> list[Path]:
    files = sorted(CORPUS.glob("*/*.bpmn"))
    if not files:
        pytest.skip("the corpus is not on this machine (../shared/corpus)")
    return files if LONG else files[5::24]


@pytest.mark.parametrize("made", [shown_without_its_layout, adapted])
def test_real_drawings_open_without_a_warning(designer: Page, made: Callable[[bytes], bytes]):
    designer.goto("/journeys/claim")
    wait_for_drawings(designer)
    bad = {}
    for path in samples():
        try:
            xml = made(path.read_bytes())
        except DomainError:
            continue
        # What the file itself has wrong (ids that are no XML ids, two of one id, references to
        # other files) is its own; here it is about shapes and edges.
        told = [each for each in warnings_of(designer, xml)
                if not each.startswith(("unresolved reference", "unparsable content"))]
        if told and "no diagram" not in told[0]:
            bad[f"{path.parent.name}/{path.name}"] = told[:3]
    assert bad == {}


def test_a_broken_layout_is_shown_repaired(designer: Page):
    designer.goto("/journeys/claim")
    wait_for_drawings(designer)
    assert warnings_of(designer, shown_as_uploaded(BROKEN)) == []
    assert designer.evaluate("""() => ["s", "t", "u", "e", "a", "b", "c"].filter((id) =>
        !document.querySelector("[data-drawing]").baton.get("elementRegistry").get(id))""") == []


def test_two_versions_stand_side_by_side_and_move_together(designer: Page):
    designer.goto("/journeys/claim/compare?from=1&to=2")
    wait_for_drawings(designer)
    expect(designer.locator(".diff-count.added")).to_contain_text("Added")
    expect(designer.locator("#drawing-new .is-diff-added").first).to_be_visible()
    expect(designer.locator("#drawing-old .is-diff-removed").first).to_be_visible()
    expect(designer.locator(".diff-change", has_text="Look at the claim")).to_contain_text("Look")
    designer.locator(".diff-entry[data-new='Look']").click()
    for side in ("old", "new"):
        chosen = designer.locator(f"#drawing-{side} [data-element-id='Look'].is-chosen")
        expect(chosen).to_have_count(1)
    designer.locator("#drawing-old .drawing-tools button").first.click()
    assert designer.evaluate("""() => {
        const [one, other] = ["old", "new"].map((side) =>
            document.getElementById(`drawing-${side}`).baton.get("canvas").viewbox().x);
        return Math.abs(one - other) < 2; }""")
    assert serious(designer) == []


def test_on_a_phone_one_version_is_below_the_other(designer: Page):
    designer.set_viewport_size(PHONE)
    designer.goto("/journeys/claim/compare")
    wait_for_drawings(designer)
    old, new = (designer.locator(f"#drawing-{side}").bounding_box() for side in ("old", "new"))
    assert old and new and new["y"] >= old["y"] + old["height"]
    assert designer.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_draft_is_compared_with_the_latest_version(designer: Page, baton: Baton):
    with baton.command() as services:
        draft = services.intake.upload("claim.bpmn", claim(second=False), by=None, journey="claim")
    designer.goto(f"/journeys/drafts/{draft.id}/compare")
    expect(designer.get_by_role("heading", name="Draft")).to_be_visible()
    expect(designer.locator(".diff-count.removed")).to_be_visible()
