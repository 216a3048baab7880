"""Two versions of a drawing compared: what was added, removed, changed and moved."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from engine.cli.main import run
from engine.intake.diff import compare, compare_drawings
from engine.intake.settings import FieldSettings, JourneySettings
from tests.support.intake import drawn, flow, line, when
from tests.unit.intake.test_layout import shape, with_layout

LOOK = '<userTask id="t" name="Look"/>'


def told(old: bytes, new: bytes) -> dict[str, tuple[str, dict[str, tuple[str, str]]]]:
    """State and changes of each element that differs, by its new id or else its old one."""
    return {each.new or each.old: (each.state, {one.aspect: (one.old, one.new)
                                                for one in each.changes})
            for each in compare_drawings(old, new).differences}


def test_the_same_drawing_has_no_differences():
    assert compare_drawings(line(LOOK), line(LOOK)).same
    assert compare_drawings(line(LOOK), line(LOOK).replace(b"><", b">\n <")).same


def test_a_step_that_is_new_is_added_with_its_arrows():
    found = told(line(LOOK), line(LOOK, '<userTask id="u" name="Ask"/>'))
    assert found == {"u": ("added", {}), "t-u": ("added", {}), "u-finish": ("added", {}),
                     "t-finish": ("removed", {})}


@pytest.mark.parametrize(("old", "new", "aspect", "was", "now"), [
    (LOOK, '<userTask id="t" name="See"/>', "name", "Look", "See"),
    (LOOK, '<manualTask id="t" name="Look"/>', "kind", "userTask", "manualTask"),
    (LOOK, '<userTask id="t" name="Look"><documentation>Twice.</documentation></userTask>',
     "documentation", "", "Twice."),
    (LOOK, '<userTask id="t" name="Look"><multiInstanceLoopCharacteristics><loopCardinality>3'
     "</loopCardinality></multiInstanceLoopCharacteristics></userTask>", "repetition", "",
     "multiInstanceLoopCharacteristics 3"),
    (LOOK, '<userTask id="t" name="Look" camunda:assignee="bo"/>', "details", "", ""),
])
def test_what_changed_at_a_step_is_said_with_old_and_new(old, new, aspect, was, now):
    assert told(line(old), line(new)) == {"t": ("changed", {aspect: (was, now)})}


def test_conditions_defaults_and_ends_of_arrows_are_compared():
    def fork(condition: str, default: str, end: str) -> bytes:
        return drawn(f'<exclusiveGateway id="g" default="{default}"/><task id="a" name="A"/>'
                     '<task id="b" name="B"/>' + flow("g", "a", when(condition))
                     + f'<sequenceFlow id="x" sourceRef="g" targetRef="{end}"/>')
    found = told(fork("n &gt; 1", "x", "b"), fork("n &gt; 2", "", "a"))
    assert found["g-a"] == ("changed", {"condition": ("n > 1", "n > 2")})
    assert found["x"] == ("changed", {"default": ("yes", ""), "target": ("B", "A")})


def test_definitions_and_hosts_of_events_are_compared_by_their_names():
    def event(time: str, host: str) -> bytes:
        return line(LOOK, '<userTask id="u" name="Ask"/>', more=(
            f'<boundaryEvent id="e" attachedToRef="{host}"><timerEventDefinition><timeDuration>'
            f"{time}</timeDuration></timerEventDefinition></boundaryEvent>"))
    assert told(event("PT1H", "t"), event("PT2H", "u"))["e"] == ("changed", {
        "definition": ("timerEventDefinition PT1H", "timerEventDefinition PT2H"),
        "attached": ("Look", "Ask")})


def test_another_lane_or_sub_process_is_a_move():
    def laned(key: str) -> bytes:
        return drawn('<laneSet id="L"><lane id="one" name="Desk">' + ref("a") + "</lane>"
                     f'<lane id="two" name="Back">{ref(key)}</lane></laneSet>'
                     '<task id="a"/><task id="b" name="B"/>')

    def ref(key: str) -> str:
        return f"<flowNodeRef>{key}</flowNodeRef>"
    assert told(laned(""), laned("b")) == {"b": ("moved", {"lane": ("", "Back")})}
    inner = drawn('<subProcess id="s" name="Inner"><task id="b" name="B"/></subProcess>')
    outer = drawn('<subProcess id="s" name="Inner"/><task id="b" name="B"/>')
    assert told(inner, outer)["b"] == ("moved", {"inside": ("Inner", "")})


def test_a_step_that_stands_elsewhere_has_moved_but_not_what_was_pushed_along():
    def placed(at: int, y: int = 100) -> bytes:
        return with_layout(line(LOOK, '<userTask id="u"/>', '<userTask id="v"/>'),
                           shape("begin", "0", width="36"), shape("t", "100"),
                           shape("u", str(at), str(y)), shape("v", str(at + 200)),
                           shape("finish", str(at + 400), width="36"))
    assert told(placed(300), placed(600)) == {}
    assert told(placed(300), placed(300, 500)) == {"u": ("moved", {"place": ("", "")})}


def test_a_copy_with_all_ids_new_is_matched_by_likeness():
    old = line(LOOK, '<userTask id="u"/>', '<userTask id="v"/>', '<userTask id="w" name="Pay"/>')
    new = re.sub(rb'(id|sourceRef|targetRef)="(?!P")([^"]+)"', rb'\1="x_\2"', old)
    found = compare_drawings(old, new.replace(b"Pay", b"Pay out"))
    assert found.by_likeness
    assert [(each.old, each.new, [one.aspect for one in each.changes])
            for each in found.differences] == [("w", "x_w", ["name"])]


def test_settings_and_files_are_compared_in_short():
    one = JourneySettings("k", {"en": "K"}, "K", lanes={"L": "desk"})
    other = replace(one, lanes={"L": "billing"}, fields={"sum": FieldSettings("decimal", {})},
                    standards=({"key": "soon", "target": "2 hours"},))
    found = compare(line(LOOK), line(LOOK), settings=(one, other),
                    files=({"forms/a.json": b"{}"}, {}))
    assert not found.same and not found.differences
    assert [(each.section, each.key) for each in found.settings] == [
        ("lanes", "L"), ("fields", "sum"), ("standards", "soon"), ("files", "forms/a.json")]
    assert (found.settings[0].old, found.settings[0].new) == ("desk", "billing")


def test_baton_diff_tells_by_its_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    old, new = tmp_path / "old.bpmn", tmp_path / "new.bpmn"
    old.write_bytes(line(LOOK))
    new.write_bytes(line('<userTask id="t" name="See"/>'))
    assert run(["diff", str(old), str(old)]) == 0
    assert run(["diff", str(old), str(new)]) == 1
    assert "name: Look → See" in capsys.readouterr().out
    assert run(["diff", "--json", str(old), str(new)]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["counts"]["changed"] == 1 and said["matched_by"] == "id"
    new.write_text("no XML")
    assert run(["diff", str(old), str(new)]) == 2
    assert run(["diff", str(old), str(tmp_path / "gone.bpmn")]) == 2


def test_what_has_no_name_is_called_by_its_place_in_both_languages() -> None:
    old, new = line(LOOK), line(LOOK, '<userTask id="u"/>')
    for language, called in (("en", "step after “Look”"), ("zh", "“Look”之后的步骤")):
        found = compare(old, new, language=language).differences
        assert [each.name for each in found if each.new == "u"] == [called]
        assert f"Look → {called}" in {each.name for each in found}
