"""`baton rehearse` and `baton test` as scripts use them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engine.cli.main import run
from tests.support.intake import drawn, flow, line

ROOT = Path(__file__).parents[3]
FORK = ('<startEvent id="s"/><exclusiveGateway id="g" name="Which?"/><userTask id="a"/>'
        '<userTask id="b"/><parallelGateway id="j" name="Both"/><userTask id="c"/>'
        '<endEvent id="e"/>'
        + flow("s", "g") + flow("g", "a") + flow("g", "b") + flow("a", "j") + flow("b", "j")
        + flow("j", "c") + flow("c", "e"))
KEYS = {"file", "runs", "completed", "stuck", "failed", "never_reached", "steps", "problems"}


@pytest.fixture
def files(tmp_path):
    (tmp_path / "fine.bpmn").write_bytes(line('<userTask id="t" name="Answer"/>'))
    (tmp_path / "stuck.bpmn").write_bytes(drawn(FORK))
    (tmp_path / "no.bpmn").write_bytes(b"no")
    return tmp_path


def told(capsys, *arguments):
    code = run([str(each) for each in arguments])
    out, err = capsys.readouterr()
    return code, json.loads(out), err


def test_runs_that_complete_end_with_0(files, capsys):
    code, found, _ = told(capsys, "rehearse", "--json", "--runs", 7, files / "fine.bpmn")
    assert code == 0
    assert set(found[0]) >= KEYS
    assert (found[0]["runs"], found[0]["completed"], found[0]["problems"]) == (7, 7, [])
    assert found[0]["steps"] == {"min": 1, "median": 1, "max": 1}


def test_a_run_that_can_never_go_on_is_stuck_and_names_where(files, capsys):
    code, found, _ = told(capsys, "rehearse", "--json", files / "stuck.bpmn", files / "fine.bpmn")
    assert code == 1
    assert (found[0]["completed"], found[0]["stuck"], found[0]["failed"]) == (0, 20, 0)
    assert [(each["element"], each["kind"], each["runs"]) for each in found[0]["problems"]] == [
        ("j", "stuck", 20)]
    assert {each["element"] for each in found[0]["never_reached"]} >= {"c", "e"}
    assert {each["element"] for each in found[0]["never_reached"]}.isdisjoint("sgab")


def test_an_unusable_file_ends_with_2_and_the_others_are_played(files, capsys):
    code, found, err = told(capsys, "rehearse", "--json", files / "no.bpmn", files / "fine.bpmn")
    assert code == 2 and len(found) == 1 and "no.bpmn" in err


def test_a_seed_plays_the_same_in_every_process(files):
    pack = ROOT / "processes" / "home-repair"
    told = [subprocess.run(
        [sys.executable, "-m", "web", "rehearse", "--json", "--runs", "4", "--seed", "7",
         str(pack), str(files / "stuck.bpmn")], cwd=ROOT, capture_output=True, text=True,
        timeout=120, check=False, env={**os.environ, "PYTHONHASHSEED": seed}).stdout
        for seed in ("1", "2")]
    assert told[0] == told[1] and '"completed": 4' in told[0]


def test_people_read_a_line_for_each_file(files, capsys):
    assert run(["rehearse", "--language", "zh", "--runs", "3", str(files / "stuck.bpmn")]) == 1
    out = capsys.readouterr().out
    assert "3 次运行中有 0 次走完" in out and "Both: 卡在此处" in out


@pytest.mark.parametrize("count", ["0", "-1", "many", "1000000"])
def test_a_senseless_number_of_runs_is_refused(files, count, capsys):
    with pytest.raises(SystemExit) as refused:
        run(["rehearse", "--runs", count, str(files / "fine.bpmn")])
    assert refused.value.code == 2
    assert "give a number from 1" in capsys.readouterr().err


def test_the_packs_pass_their_own_tests(capsys):
    code, found, _ = told(capsys, "test", "--json", *sorted((ROOT / "processes").iterdir()))
    assert code == 0, found
    assert all(each["passed"] >= 3 and each["failed"] == 0 for each in found)


def test_a_changed_model_turns_a_test_red_and_says_where(tmp_path, capsys):
    pack = tmp_path / "complaint"
    shutil.copytree(ROOT / "processes" / "complaint", pack)
    drawing = pack / "journey.bpmn"
    drawing.write_text(drawing.read_text().replace(
        'name="Thank and close"', 'name="Thank and close" id="Task_goodbye"', 1).replace(
        'id="Task_thank" name="Thank and close" id="Task_goodbye"',
        'id="Task_goodbye" name="Thank and close"').replace(
        'targetRef="Task_thank"', 'targetRef="Task_goodbye"').replace(
        'sourceRef="Task_thank"', 'sourceRef="Task_goodbye"').replace(
        "<bpmn:flowNodeRef>Task_thank<", "<bpmn:flowNodeRef>Task_goodbye<"))
    settings = pack / "journey.toml"
    settings.write_text(settings.read_text().replace("Task_thank", "Task_goodbye"))
    code, found, _ = told(capsys, "test", "--json", pack)
    assert code == 1
    red = [each for each in found[0]["tests"] if not each["passed"]]
    assert len(red) == 4 and all("Thank and close" in each["message"] for each in red)
    assert run(["test", str(pack), "--language", "zh"]) == 1
    assert "✗" in (out := capsys.readouterr().out) and "此时无法完成" in out


def test_a_pack_without_tests_is_not_taken_for_a_green_one(tmp_path, capsys):
    (tmp_path / "journey.bpmn").write_bytes(line('<userTask id="t"/>'))
    code, found, err = told(capsys, "test", "--json", tmp_path)
    assert (code, found) == (2, []) and "rehearsals.toml" in err


def test_tests_that_cannot_be_read_name_the_place(tmp_path, capsys):
    (tmp_path / "journey.bpmn").write_bytes(line('<userTask id="t"/>'))
    (tmp_path / "rehearsals.toml").write_text('[[rehearsals]]\nname = "x"\nmoves = [{ go = "t" }]')
    code, _, err = told(capsys, "test", "--json", tmp_path)
    assert code == 2 and "rehearsals[1].moves[1]" in err
