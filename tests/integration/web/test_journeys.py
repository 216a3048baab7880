"""Uploading drawings: one or many, zips and folders, in both languages, good beside bad."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from tests.support.bpmn import Drawing
from tests.support.web import Visitor

PACK = Path(__file__).parents[3] / "processes" / "complaint"


def drawing(process: str, *steps: str, name: str = "") -> bytes:
    """A straight line of steps."""
    made = Drawing(process).start()
    for step in steps:
        made = made.user(step)
    made = made.end().path("Begin", *steps, "Finish")
    return made.xml().replace(f'name="{process}"'.encode(), f'name="{name or process}"'.encode())


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip of files by path."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return target.getvalue()


@pytest.fixture
def dora(app) -> Visitor:
    """The designer, on the page of all journeys."""
    visitor = Visitor(app, "dora")
    visitor.get("/journeys")
    return visitor


def drop(who: Visitor, *files: tuple[str, bytes], paths: list[str] | None = None,
         at: str = "/journeys"):
    """Send files from the page that is open."""
    who.get(at)
    return who.post(at, file=[(io.BytesIO(content), name) for name, content in files],
                    paths=json.dumps(paths) if paths else "")


def test_one_drawing_leads_to_its_draft_with_the_verdict(dora):
    page = drop(dora, ("order.bpmn", drawing("Order", "Pick", "Ship", name="Order")))
    assert page.status_code == 200 and "/journeys/drafts/" in page.request.path
    assert "Runs as drawn" in dora.text and "Publish version 1" in dora.text


def test_several_files_become_a_draft_each_and_a_bad_one_stops_nobody(dora):
    drop(dora, ("order.bpmn", drawing("Order", "Pick", name="Order")),
         ("holiday.png", b"\x89PNG\r\n"), ("claim.bpmn", drawing("Claim", "Check", name="Claim")))
    assert "2 of 3 became drafts." in dora.text and "Not taken in" in dora.text
    assert "Order, version 1" in dora.text and "Claim, version 1" in dora.text
    dora.get("/journeys")
    assert "Order" in dora.text and "Claim" in dora.text


def test_why_a_file_is_refused_is_said_in_the_readers_language(app):
    dora = Visitor(app, "dora", language="zh")
    drop(dora, ("a.bpmn", drawing("Order", "Pick")), ("b.bpmn", b"no drawing at all"))
    assert "未接收" in dora.text and "XML" in dora.text and "export" not in dora.text.lower()
    drop(dora, ("a.bpmn", b"%PDF-1.7"), ("b.bpmn", b"<definitions><process"),
         ("c.bpmn", b'<Package xmlns="http://www.wfmc.org/2009/XPDL2.2"/>'))
    assert all(said in dora.text for said in ("这是 PDF", "似乎不完整", "这是 XPDL"))


def test_a_single_bad_file_is_refused_where_it_was_dropped(dora):
    page = drop(dora, ("b.bpmn", b"no drawing at all"))
    assert page.status_code == 422 and "This is no XML file" in dora.text


def test_a_zip_with_several_drawings_becomes_a_draft_of_each(dora):
    drop(dora, ("all.zip", zipped({"one/order.bpmn": drawing("Order", "Pick", name="Order"),
                                   "two/claim.bpmn": drawing("Claim", "Check", name="Claim"),
                                   "readme.txt": b"hello"})))
    assert "2 of 2 became drafts." in dora.text
    assert "all.zip/one/order.bpmn" in dora.text


def test_a_dropped_folder_of_a_pack_is_one_draft_with_its_forms(dora, baton):
    files = [(f"complaint/{path.relative_to(PACK).as_posix()}", path.read_bytes())
             for path in sorted(PACK.rglob("*")) if path.is_file()]
    drop(dora, *[(path.rsplit("/", 1)[1], content) for path, content in files],
         paths=[path for path, _ in files])
    assert "Publish version 1" in dora.text
    with baton.query() as services:
        [found] = services.intake.journeys()
        draft = services.intake.draft(found.draft)
    assert found.key == "complaint" and "forms/first-answer.json" in draft.files


def test_drawings_of_the_same_name_are_journeys_of_their_own(dora, baton):
    drop(dora, ("a.bpmn", drawing("P1", "Pick", "Ship", name="Order")),
         ("b.bpmn", drawing("P2", "Check", "Pay", "Close", name="Order")))
    assert "2 of 2 became drafts." in dora.text
    with baton.query() as services:
        assert [(j.key, j.settings.title("en")) for j in services.intake.journeys()] \
            == [("order", "Order"), ("order-2", "Order (b)")]


def test_a_journey_is_named_by_its_file_where_its_pool_says_nothing(dora):
    drop(dora, ("refund.bpmn", drawing("P1", "Pick", "Ship", name="Pool 2")),
         ("returns.bpmn", drawing("P2", "Check", "Pay", "Close", name="Pool 2")))
    assert "refund, version 1" in dora.text and "returns, version 1" in dora.text
    dora.get("/journeys")
    assert "refund" in dora.text and "returns" in dora.text and "Pool 2" not in dora.text


def test_the_same_file_twice_in_a_drop_is_one_draft(dora, baton):
    same = drawing("P1", "Pick", "Ship", name="Pool 2")
    drop(dora, ("order.bpmn", same), ("two.zip", zipped({"first.bpmn": same, "z.bpmn": drawing(
        "P2", "Check", name="Claim")})))
    assert "2 of 2 became drafts." in dora.text and "The same as order.bpmn" in dora.text
    with baton.query() as services:
        assert [j.key for j in services.intake.journeys()] == ["claim", "order"]


def test_the_same_drawing_again_is_the_next_state_of_its_draft(dora, baton):
    drop(dora, ("a.bpmn", drawing("P1", "Pick", "Ship", name="Order")))
    drop(dora, ("a.bpmn", drawing("P1", "Pick", "Ship", "Bill", name="Order")))
    with baton.query() as services:
        [found] = services.intake.journeys()
        assert b"Bill" in services.intake.draft(found.draft).drawing


def test_lanes_and_the_owner_are_guessed_by_their_names_and_said_so(dora, baton):
    lanes = Drawing("Claim").lane("L1", "Begin", "Answer", name="the Service Desk") \
        .lane("L2", "Pay", "Finish", name="Billing team").start().user("Answer").user("Pay").end() \
        .path("Begin", "Answer", "Pay", "Finish").xml()
    drop(dora, ("claim.bpmn", lanes))
    assert dora.text.count("guessed</span>") == 3
    with baton.query() as services:
        draft = services.intake.draft(services.intake.journeys()[0].draft)
    assert draft.settings.lanes == {"L1": "service-desk", "L2": "billing"}
    assert draft.settings.department == "service-desk"


def test_the_next_version_is_one_drawing(dora, baton):
    drop(dora, ("a.bpmn", drawing("P1", "Pick", name="Order")))
    with baton.command() as services:
        found = services.intake.journeys()[0]
        draft = services.intake.draft(found.draft)
        services.intake.change(draft.id, draft.settings.with_owner("billing"), by=None)
        services.intake.publish(draft.id, by=None)
    page = drop(dora, ("a.bpmn", drawing("P1", "Pick")), ("b.bpmn", drawing("P2", "Pay")),
                at="/journeys/order")
    assert page.status_code == 422 and "these are 2" in dora.text
    drop(dora, ("other-name.bpmn", drawing("P1", "Pick", "Ship", name="Renamed")),
         at="/journeys/order")
    assert "Publish version 2" in dora.text


def test_those_who_may_not_edit_upload_nothing(app):
    lin = Visitor(app, "lin")
    lin.get("/work")
    page = lin.post("/journeys", file=[(io.BytesIO(drawing("P", "A")), "a.bpmn")])
    assert page.status_code == 403
