"""`baton check` as scripts and people use it: exit codes, JSON, languages, no database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from engine.cli.main import run
from tests.support.intake import drawn, flow, line

ROOT = Path(__file__).parents[3]
TASK = '<userTask id="t" name="Answer"/>'
RUNS = line(TASK).replace(b"<startEvent ", b'<startEvent name="Asked" ')
ASKS = line(TASK, '<exclusiveGateway id="g" name="Agreed?"/>',
            more='<userTask id="u" name="Try again"/>' + flow("g", "u"))
CANNOT = drawn('<userTask id="t"/><userTask id="t"/>')
KEYS = {"file", "verdict", "processes", "adaptations", "findings"}


def baton(*arguments, **environ):
    return subprocess.run(
        [sys.executable, "-m", "web", *map(str, arguments)], cwd=ROOT, capture_output=True,
        text=True, timeout=120, check=False, env={**os.environ, "LANG": "C", **environ})


@pytest.fixture
def files(tmp_path):
    for name, data in (("runs.bpmn", RUNS), ("asks.xml", ASKS), ("cannot.bpmn", CANNOT),
                       ("no.bpmn", b"this is no XML")):
        (tmp_path / name).write_bytes(data)
    return tmp_path


def told(capsys, *arguments):
    code = run(["check", "--json", *map(str, arguments)])
    out, err = capsys.readouterr()
    return code, json.loads(out), err


def test_the_command_ends_with_0_1_or_2_and_opens_no_database(files):
    home = files / "home"
    for names, code in ((["runs.bpmn", "asks.xml"], 0), (["runs.bpmn", "cannot.bpmn"], 1),
                        (["no.bpmn", "cannot.bpmn", "runs.bpmn"], 2), ([], 2)):
        found = baton("check", *(files / name for name in names), BATON_HOME=str(home))
        assert found.returncode == code, found.stderr
        assert "Traceback" not in found.stderr
    assert not home.exists()


def test_one_file_feels_instant(files):
    started = time.perf_counter()
    assert baton("check", files / "runs.bpmn").returncode == 0
    assert time.perf_counter() - started < 5  # a second on a machine that isn't busy


def test_what_cannot_be_read_is_named_on_stderr_and_the_others_are_reported(files, capsys):
    code, found, err = told(capsys, files / "no.bpmn", files / "absent.bpmn", files / "runs.bpmn")
    assert code == 2
    assert [Path(each["file"]).name for each in found] == ["runs.bpmn"]
    assert [line.split(":")[1].rsplit("/")[-1] for line in err.splitlines()] == [
        "no.bpmn", "absent.bpmn"]


def test_the_json_is_a_list_with_an_object_for_each_file(files, capsys):
    code, found, _ = told(capsys, files / "runs.bpmn", files / "asks.xml", files / "cannot.bpmn")
    assert code == 1
    assert [each["verdict"] for each in found] == ["runs", "runs_with_decisions", "cannot_run"]
    assert all(set(each) >= KEYS for each in found)
    assert found[0]["file"] == str(files / "runs.bpmn")
    assert [process["id"] for process in found[0]["processes"]] == ["P"]
    asked = next(each for each in found[1]["adaptations"] if each["element"] == "g")
    assert asked["name"] == "Agreed?" and asked["rule"] == "gateways"
    assert all(isinstance(asked[key], str) and asked[key] for key in ("what", "why", "remedy"))
    error = next(each for each in found[2]["findings"] if each["severity"] == "error")
    assert error["element"] == "t" and error["message"]


def test_the_language_is_asked_for_or_the_terminals(files, capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "")
    monkeypatch.setenv("LC_MESSAGES", "")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    run(["check", str(files / "asks.xml")])
    assert "可以运行，部分由人员决定" in capsys.readouterr().out
    run(["check", "--language", "en", str(files / "asks.xml")])
    out = capsys.readouterr().out
    assert "runs, with decisions left to people" in out and "→" in out
    assert "\033" not in out, "colours are for terminals"


def test_packs_and_zips_bring_their_settings(files, capsys):
    pack = ROOT / "processes" / "complaint"
    with zipfile.ZipFile(files / "pack.zip", "w") as archive:
        for path in pack.rglob("*"):
            if path.is_file():
                archive.write(path, path.relative_to(pack.parent))
    code, found, _ = told(capsys, pack, files / "pack.zip")
    assert code == 0
    assert found[0]["adaptations"] == found[1]["adaptations"]
    assert not any(each["rule"] == "decisions" for each in found[0]["adaptations"]), \
        "the pack's tables decide"


def test_each_of_several_drawings_in_a_zip_or_folder_is_reported(files, capsys):
    with zipfile.ZipFile(files / "all.zip", "w") as archive:
        for name in ("runs.bpmn", "cannot.bpmn", "no.bpmn"):
            archive.write(files / name, name)
    code, found, err = told(capsys, files / "all.zip")
    assert code == 2 and "no.bpmn" in err
    assert {Path(each["file"]).name: each["verdict"] for each in found} == {
        "runs.bpmn": "runs", "cannot.bpmn": "cannot_run"}
    (files / "no.bpmn").unlink()
    code, found, _ = told(capsys, files)
    assert {Path(each["file"]).name for each in found} >= {"runs.bpmn", "cannot.bpmn"}


def test_a_form_that_the_pack_names_and_does_not_hold_is_a_finding(tmp_path, capsys):
    (tmp_path / "journey.bpmn").write_bytes(RUNS)
    (tmp_path / "journey.toml").write_text('key = "x"\n[steps.t]\nform = "answer"\n')
    code, found, _ = told(capsys, tmp_path)
    assert (code, found[0]["verdict"]) == (1, "cannot_run")
    assert "forms/answer.json" in found[0]["findings"][0]["message"]


def test_broken_settings_make_a_pack_unusable(tmp_path, capsys):
    (tmp_path / "journey.bpmn").write_bytes(RUNS)
    (tmp_path / "journey.toml").write_text("key = 7")
    code, found, err = told(capsys, tmp_path)
    assert (code, found) == (2, []) and "key must be text" in err


def test_help_names_every_command():
    found = baton("--help")
    assert found.returncode == 0
    for command in ("check", "rehearse", "test", "publish", "map", "serve", "demo"):
        assert f"\n    {command}" in found.stdout
