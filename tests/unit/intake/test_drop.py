"""What was dropped at once, sorted out into packs."""

from __future__ import annotations

import pytest

from engine.infra.errors import DomainError
from engine.intake.drop import sort_out
from tests.support.intake import line
from tests.unit.intake.test_pack import zipped

ONE = line('<userTask id="a"/>')
TWO = line('<businessRuleTask id="b" xmlns:c="http://camunda.org/schema/1.0/bpmn" '
           'c:decisionRef="Rate"/>')
TOML = b'key = "claim"\nname = "Claim"\n'
RATE = (b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" '
        b'namespace="n"><decision id="Rate" name="Rate"><decisionTable id="t"/></decision>'
        b"</definitions>")


def names(files: list[tuple[str, bytes]]) -> list[str]:
    return [each.name for each in sort_out(files) if each.error is None]


def test_each_loose_drawing_is_one_of_its_own():
    assert names([("b.bpmn", TWO), ("a.xml", ONE)]) == ["a.xml", "b.bpmn"]


def test_a_folder_with_settings_is_one_pack_with_all_that_is_below():
    [found] = sort_out([("claim/journey.bpmn", ONE), ("claim/journey.toml", TOML),
                        ("claim/forms/a.json", b"{}")])
    assert found.pack().settings.key == "claim" and "forms/a.json" in found.pack().files


def test_packs_and_loose_drawings_come_apart():
    assert names([("claim/journey.bpmn", ONE), ("claim/journey.toml", TOML),
                  ("other/x.bpmn", TWO), ("y.bpmn", ONE)]) == ["claim", "other/x.bpmn", "y.bpmn"]


def test_a_zip_without_pack_layout_gives_a_draft_for_each_drawing():
    found = sort_out([("all.zip", zipped({"x/a.bpmn": ONE, "x/b.bpmn": TWO, "notes.txt": b""}))])
    assert [each.name for each in found] == ["all.zip/x/a.bpmn", "all.zip/x/b.bpmn"] \
        or [each.name for each in found] == ["all.zip/a.bpmn", "all.zip/b.bpmn"]


def test_files_beside_a_lone_drawing_belong_to_it():
    [found] = sort_out([("d/x.bpmn", TWO), ("d/rate.dmn", RATE), ("d/forms/f.json", b"{}")])
    assert set(found.pack().files) == {"rate.dmn", "forms/f.json"}


def test_beside_several_drawings_a_decision_goes_to_those_that_name_it():
    found = {each.name: each.pack() for each in sort_out(
        [("x.bpmn", ONE), ("y.bpmn", TWO), ("rate.dmn", RATE)])}
    assert found["x.bpmn"].files == {} and set(found["y.bpmn"].files) == {"rate.dmn"}


@pytest.mark.parametrize(("name", "content"), [
    ("bad.zip", b"PK\x03\x04 but no zip"), ("empty.zip", zipped({"a.txt": b"hello"})),
    ("table.dmn", RATE)])
def test_what_holds_no_drawing_says_so_and_stops_nobody(name, content):
    found = sort_out([(name, content), ("a.bpmn", ONE)])
    assert "a.bpmn" in [each.name for each in found if each.error is None]
    [alone] = sort_out([(name, content)])
    with pytest.raises(DomainError):
        alone.pack()


def test_a_flood_of_files_is_refused_at_once():
    [found] = sort_out([(f"{number}.bpmn", ONE) for number in range(201)])
    with pytest.raises(DomainError, match="more than 200 files"):
        found.pack()


def test_paths_never_lead_outside():
    assert names([("../../etc/a.bpmn", ONE), ("C:\\drawings\\b.bpmn", ONE)])


def test_files_of_the_same_name_from_different_folders_are_all_taken():
    assert names([("a.bpmn", ONE), ("a.bpmn", TWO), ("a.bpmn", ONE)]) == [
        "a (2).bpmn", "a (3).bpmn", "a.bpmn"]
