"""`baton map` as people run it: a good file gives a map, a bad one gives one sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from engine.cli.main import run
from tests.support.logs import csv

ROOT = Path(__file__).parents[3]
BOMB = ('<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "aaaaaaaaaa">'
        + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi",
                                                                     strict=True))
        + ']><log><trace><string key="concept:name" value="&i;"/></trace></log>').encode()
EXTERNAL = (b'<?xml version="1.0"?><!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
            b'<log><trace><string key="concept:name" value="1"/>&x;</trace></log>')
GOOD = csv("1,Ask,2026-03-02 10:00", "1,Do,2026-03-02 12:00")


def baton(*arguments):
    return subprocess.run(
        [sys.executable, "-c", "import sys; from engine.cli.main import run; sys.exit(run())",
         "map", *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, timeout=60,
        check=False)


@pytest.mark.parametrize(("name", "data", "says"), [
    ("words.xes", b"this is no XML", "no event log|names no column"),
    ("broken.xes", b"<log><trace>", "no well-formed XML"),
    ("bomb.xes", BOMB, "DTD|amplification|entit"),
    ("external.xes", EXTERNAL, "DTD"),
    ("empty.csv", b"", "is empty"),
    ("blank.csv", b" \n\n", "is empty"),
    ("row.csv", csv("1,Ask,2026-03-02 10:00", "1,Do,soon", "1,End,2026-03-03 10:00"), "line 3"),
    ("short.csv", csv("1,Ask,2026-03-02", "1,Do", "1,End,2026-03-03"), "line 3"),
    ("times.csv", b"case,activity\n1,Ask\n", "the time"),
    ("times.xes",
     b'<log><trace><event><string key="concept:name" value="A"/></event></trace></log>', "time"),
    ("zip.xes", b"PK\x03\x04", "zip"),
    ("torn.xes.gz", b"\x1f\x8b\x08\x00", "gzip"),
    ("absent.csv", None, "There is no file"),
])
def test_what_cannot_be_read_is_refused_in_one_line(tmp_path, capsys, name, data, says):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    code = run(["map", str(tmp_path / name)])  # a process each would cost a second each
    out, told = capsys.readouterr()
    assert (code, out) == (2, "")
    assert told.startswith("baton: ") and told.count("\n") == 1
    assert any(part in told for part in says.split("|")), told
    assert "Traceback" not in told and "root:" not in told


def test_the_command_itself_ends_with_2_on_a_bad_file(tmp_path):
    (tmp_path / "bomb.xes").write_bytes(BOMB)
    ran = baton(tmp_path / "bomb.xes")
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)


def test_options_for_odd_files_are_taken(tmp_path, capsys):
    file = tmp_path / "odd.csv"
    file.write_bytes("a^b^c\n1^Prüfen^03/04/2026 10:00\n1^Ende^03/05/2026 10:00\n".encode("cp850"))
    assert run(["map", str(file), "--json", "--delimiter", "^", "--encoding", "cp850",
                "--month-first", "--case-column", "a", "--activity-column", "b",
                "--time-column", "c", "--timezone", "Asia/Shanghai"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["log"]["from"] == "2026-03-04T02:00:00+00:00"
    assert {each["id"] for each in told["activities"]} == {"Prüfen", "Ende"}


def test_a_chinese_csv_in_gbk_is_read(tmp_path):
    file = tmp_path / "投诉.csv"
    file.write_bytes("案件编号,活动,时间,部门\n1,受理投诉,2026-03-02 10:00,客服\n"
                     "1,回复客户,2026-03-02 12:00,质检\n".encode("gbk"))
    ran = baton(file, "--lang", "zh", "--timezone", "Asia/Shanghai", "--json")
    found = json.loads(ran.stdout)
    assert {a["id"] for a in found["activities"]} == {"受理投诉", "回复客户"}
    assert found["log"]["from"] == "2026-03-02T02:00:00+00:00"


def test_names_with_brackets_are_printed_as_they_are(tmp_path):
    file = tmp_path / "log [red] [bold].csv"
    file.write_bytes(csv(*(f"{n},{a},2026-03-0{d} 10:00" for n in range(4)
                           for d, a in enumerate(["[bold]", "[/b] done", "[/b] done"], 2))))
    ran = baton(file)
    assert ran.returncode == 0, ran.stderr
    assert "[/b] done" in ran.stdout and "log [red] [bold].csv" in ran.stdout


def test_a_report_and_a_picture_are_written(tmp_path):
    (tmp_path / "log.csv").write_bytes(GOOD)
    for flag in ("--html", "--svg"):
        out = tmp_path / f"out{flag[2:]}"
        ran = baton(tmp_path / "log.csv", flag, out)
        assert ran.returncode == 0 and "<svg" in out.read_text()
    ran = baton(tmp_path / "log.csv", "--html", tmp_path / "no" / "folder.html")
    assert ran.returncode == 2 and "can't be written" in ran.stderr


def test_broken_rows_can_be_left_out(tmp_path):
    (tmp_path / "log.csv").write_bytes(GOOD + b"1,End,soon\n")
    ran = baton(tmp_path / "log.csv", "--skip-broken-rows", "--json")
    notes = {note["code"]: note["text"]["en"] for note in json.loads(ran.stdout)["notes"]}
    assert "line 4" in notes["rows_skipped"]
