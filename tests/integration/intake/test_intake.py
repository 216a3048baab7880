"""Uploading, preparing and publishing journeys, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from engine.infra.errors import Conflict, DomainError, Invalid, NotFound
from engine.intake.service import Intake, VersionShelf
from engine.journal.facts import JourneyPublished
from engine.journal.service import Journal
from tests.support.intake import drawn, flow, line
from tests.unit.intake.test_pack import WHOLE, zipped

ADA = uuid4()
DRAWING = line('<userTask id="t" name="Answer"/>', more=(
    '<laneSet id="ls"><lane id="desk" name="Desk"><flowNodeRef>t</flowNodeRef></lane></laneSet>'))


class Desk:
    """Intake's commands, each in a transaction of its own."""

    def __init__(self, database, now) -> None:
        self.database, self.now = database, now
        self.shelf = VersionShelf()
        self.departments: list[dict] = []
        self.heard: list[JourneyPublished] = []
        self.refusal: DomainError | None = None

    @contextmanager
    def intake(self) -> Iterator[Intake]:
        with self.database.write() as session:
            journal = Journal(session, self.now)
            journal.listen(JourneyPublished, self._hear)
            yield Intake(session, self.now, journal,
                         lambda wanted: self.departments.append(dict(wanted)), self.shelf)
            journal.deliver()

    def upload(self, data: bytes = DRAWING, name: str = "complaint.bpmn", **more):
        with self.intake() as intake:
            return intake.upload(name, data, by=ADA, **more)

    def publish(self, draft):
        with self.intake() as intake:
            return intake.publish(draft.id, by=ADA)

    def own(self, draft, department: str = "service-desk"):
        with self.intake() as intake:
            return intake.change(draft.id, replace(draft.settings, department=department), by=ADA)

    def ask(self, question):
        with self.intake() as intake:
            return question(intake)

    def _hear(self, fact: JourneyPublished) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.heard.append(fact)


@pytest.fixture
def desk(database, now) -> Desk:
    return Desk(database, now)


def test_a_drawing_becomes_a_draft_and_is_kept_byte_for_byte(desk, now):
    draft = desk.upload(DRAWING + b"\n<!-- mine -->", "Home repair.bpmn")
    assert draft.drawing == DRAWING + b"\n<!-- mine -->"
    assert (draft.journey, draft.settings.prefix) == ("home-repair", "HR")
    assert (draft.updated_at, draft.updated_by) == (now(), ADA)
    understood = desk.ask(lambda i: i.understand(draft))
    assert [(lane.id, lane.elements) for lane in understood.lanes] == [("desk", ("t",))]


def test_without_an_owner_a_journey_cannot_be_published(desk):
    with pytest.raises(Invalid) as refused:
        desk.publish(desk.upload())
    assert refused.value.field == "department"


def test_publishing_numbers_the_versions_and_tells_the_rooms_above(desk, now):
    first = desk.publish(desk.own(desk.upload()))
    now.advance(timedelta(days=1))
    second = desk.publish(desk.upload())
    assert [(v.journey, v.number) for v in (first, second)] == [("complaint", 1), ("complaint", 2)]
    assert [(f.version_id, f.journey_version, f.person) for f in desk.heard] == [
        (first.id, 1, ADA), (second.id, 2, ADA)]
    assert [v.number for v in desk.ask(lambda i: i.versions("complaint"))] == [2, 1]
    assert desk.ask(lambda i: i.latest("complaint")) == second
    assert desk.ask(lambda i: i.numbered("complaint", 1)) == first
    assert first.drawing == DRAWING and b"userTask" in first.adapted


def test_a_published_draft_is_gone_and_a_version_does_not_change(desk):
    draft = desk.own(desk.upload())
    version = desk.publish(draft)
    with pytest.raises(NotFound):
        desk.ask(lambda i: i.draft(draft.id))
    desk.upload(line('<userTask id="u" name="Other"/>'))
    desk.shelf = VersionShelf()
    assert desk.ask(lambda i: i.version(version.id)) == version


def test_a_new_drawing_keeps_what_was_said_about_elements_that_are_still_there(desk):
    draft = desk.own(desk.upload())
    settings = draft.settings.with_lane("desk", "billing").with_lane("gone", "x").with_standard(
        {"key": "first", "target": "2 hours", "start": "case", "stop": "t"}).with_standard(
        {"key": "lost", "target": "2 hours", "start": "case", "stop": "nowhere"})
    desk.ask(lambda i: i.change(draft.id, settings, by=ADA))
    again = desk.upload(DRAWING + b" ")
    assert again.id == draft.id, "one draft a journey"
    assert (again.settings.department, again.settings.lanes) == ("service-desk",
                                                                 {"desk": "billing"})
    assert [s["key"] for s in again.settings.standards] == ["first"]


def test_choices_are_published_kept_and_dropped_with_what_they_were_made_for(desk):
    def fork(*ways: str) -> bytes:
        steps = "".join(f'<userTask id="{way}"/>' for way in ways)
        return drawn('<startEvent id="s"/><exclusiveGateway id="g"/>' + flow("s", "g") + steps
                     + "".join(flow("g", way) for way in ways))

    draft = desk.own(desk.upload(fork("a", "b", "c")))
    settings = draft.settings.with_choice("gateways", "g", "flow:g-b")
    draft = desk.ask(lambda i: i.change(draft.id, settings, by=ADA))
    version = desk.publish(draft)
    chosen = {a.rule: (a.chosen, [o.key for o in a.options]) for a in version.adaptations}
    assert chosen["gateways"] == ("flow:g-b", ["ask", "flow:g-a", "flow:g-b", "flow:g-c"])
    desk.shelf = VersionShelf()
    assert desk.ask(lambda i: i.version(version.id)) == version
    journey = version.journey
    for ways, kept in ((("a", "b"), {"gateways": {"g": "flow:g-b"}}), (("a", "c"), {})):
        assert desk.upload(fork(*ways), journey=journey).settings.choices == kept


def test_a_model_that_cannot_run_is_kept_as_a_draft_and_refused_with_its_reasons(desk):
    draft = desk.own(desk.upload(drawn('<userTask id="t"/><userTask id="t"/>')))
    with pytest.raises(Invalid, match="Two elements have the id"):
        desk.publish(draft)
    assert desk.ask(lambda i: i.draft(draft.id)).id == draft.id and desk.heard == []


def test_a_refusal_from_a_room_above_leaves_nothing_behind(desk):
    draft = desk.own(desk.upload())
    desk.refusal = Conflict("This standard can't be measured.")
    with pytest.raises(Conflict):
        desk.publish(draft)
    desk.refusal = None
    assert desk.publish(draft).number == 1


def test_a_pack_is_published_whole_and_its_departments_are_asked_for(desk, tmp_path):
    pack = {**WHOLE, "journey.toml": b'key = "complaint"\ndepartment = "desk"\n'
                                     b'[departments.desk]\nname = "Desk"\n'}
    for path, data in pack.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(data)
    version = desk.ask(lambda i: i.publish_path(tmp_path, by=None))
    assert desk.departments == [{"desk": {"name": "Desk"}}]
    assert sorted(version.files) == ["a.dmn", "forms/start.json"]
    assert version.files["a.dmn"] == WHOLE["a.dmn"]
    assert [j.draft for j in desk.ask(lambda i: i.journeys())] == [None]


def test_publishing_a_pack_leaves_a_draft_in_progress_alone(desk, tmp_path):
    waiting = desk.own(desk.upload(), "someone-else")
    (tmp_path / "complaint.bpmn").write_bytes(line('<userTask id="u" name="Other"/>'))
    (tmp_path / "journey.toml").write_bytes(b'key = "complaint"\ndepartment = "desk"')
    version = desk.ask(lambda i: i.publish_path(tmp_path, by=None))
    assert version.settings.department == "desk"
    listed, = desk.ask(lambda i: i.journeys())
    draft = desk.ask(lambda i: i.draft(listed.draft))
    assert (draft.drawing, draft.settings) == (DRAWING, waiting.settings)


def test_the_drawing_is_shown_with_the_names_of_a_language(desk):
    data = zipped({"journey.bpmn": DRAWING, "journey.toml": (
        'key = "x"\n[labels.zh]\nt = "回复"\n').encode()})
    draft = desk.upload(data, "x.zip")
    assert "回复".encode() in desk.ask(lambda i: i.drawing(draft, "zh"))
    assert b"Answer" in desk.ask(lambda i: i.drawing(draft, "en"))


@pytest.mark.parametrize("data", [b"", b"PNG....", b"<html/>", b"PK\x03\x04torn",
                                  b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"])
def test_what_is_no_drawing_leaves_nothing_behind(desk, data):
    with pytest.raises(Invalid):
        desk.upload(data)
    assert desk.ask(lambda i: i.journeys()) == []


def test_a_pack_of_another_journey_does_not_replace_this_one(desk):
    with pytest.raises(Invalid, match="other"):
        desk.upload(zipped({"a.bpmn": DRAWING, "journey.toml": b'key = "other"'}), "x.zip",
                    journey="complaint")


def test_a_journeys_key_never_changes(desk):
    draft = desk.upload()
    with pytest.raises(Invalid, match="never changes"):
        desk.ask(lambda i: i.change(draft.id, replace(draft.settings, key="new"), by=ADA))


def test_a_draft_can_be_dropped(desk):
    draft = desk.upload()
    desk.ask(lambda i: i.discard(draft.id))
    assert desk.ask(lambda i: i.journeys()) == []
    with pytest.raises(NotFound):
        desk.ask(lambda i: i.latest("complaint"))


def test_a_drafts_files_are_put_in_and_taken_out(desk):
    draft = desk.upload()
    made = desk.ask(lambda intake: intake.set_file(draft.id, "forms/a.json", b"{}", by=ADA))
    assert made.files == {"forms/a.json": b"{}"}
    desk.ask(lambda intake: intake.set_file(draft.id, "forms/a.json", b"[]", by=ADA))
    assert desk.ask(lambda intake: intake.draft(draft.id)).files == {"forms/a.json": b"[]"}
    gone = desk.ask(lambda intake: intake.remove_file(draft.id, "forms/a.json", by=ADA))
    assert gone.files == {}


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../a.json", "journey.toml", "a.exe",
                                  "journey.bpmn", f"{'a' * 260}.json"])
def test_a_file_stays_within_its_pack(desk, path):
    draft = desk.upload()
    with pytest.raises(Invalid, match="can't hold a file"):
        desk.ask(lambda intake: intake.set_file(draft.id, path, b"{}", by=ADA))


def test_another_drawing_of_the_same_name_is_a_journey_of_its_own(desk):
    first = desk.upload(line('<userTask id="t"/>'), "order.bpmn")
    other = line('<userTask id="a"/>', '<userTask id="b"/>', '<userTask id="c"/>').replace(
        b"begin", b"start").replace(b"finish", b"over")
    assert desk.upload(other, "order.bpmn").journey == f"{first.journey}-2"
    again = desk.upload(line('<userTask id="t"/>', '<userTask id="u"/>'), "order.bpmn")
    assert again.id == first.id, "the same drawing, one step longer"
