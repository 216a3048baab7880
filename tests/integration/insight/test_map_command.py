"""`baton map` as people run it: a good file gives a map, a bad one gives one sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

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
def test_what_cannot_be_read_is_refused_in_one_line(tmp_path, name, data, says):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    ran = baton(tmp_path / name)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("baton: ") and ran.stderr.count("\n") == 1
    assert any(part in ran.stderr for part in says.split("|")), ran.stderr
    assert "Traceback" not in ran.stderr and "root:" not in ran.stderr


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
