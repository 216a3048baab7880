"""Whatever is done to a file, reading it ends in a log or in a sentence."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.infra.errors import DomainError
from engine.insight.formats import read_log
from engine.insight.map import map_log
from tests.support.logs import csv

XES = b"""<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0"><trace><string key="concept:name" value="1"/>
<date key="deadline" value="2026-03-03T10:00:00Z"/>
<event><string key="concept:name" value="Ask"/><string key="org:group" value="desk"/>
<string key="lifecycle:transition" value="start"/>
<date key="time:timestamp" value="2026-03-02T10:00:00+08:00"/></event>
<event><string key="concept:name" value="Ask"/><string key="lifecycle:transition" value="complete"/>
<date key="time:timestamp" value="2026-03-02T11:00:00+08:00"/></event></trace></log>"""
CSV = csv('1,"Ask, kindly",2026-03-02 10:00,desk,2026-03-09', "1,Do,2026-03-02 12:00,quality,",
          "2,受理,2026-03-02 12:00,质检,2026-03-09", header="case,activity,timestamp,team,deadline")
PIECES = st.one_of(st.binary(max_size=6), st.sampled_from(
    [b"<", b">", b"/>", b'"', b"&", b"\x00", b"\xff\xfe", b"<trace>", b"</trace>", b"<event/>",
     b"\n", b",,", b"\r", b"9999-99-99", b"0001-01-01T00:00:00Z", b"2026-03-29 02:30",
     b"1e400", b"9999999999999", b";", b"<!DOCTYPE log>", b"\xb0\xa1", b"nan"]))
CHANGES = st.lists(st.tuples(st.integers(0, 900), st.integers(0, 40), PIECES),
                   min_size=1, max_size=5)


def changed(data: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    for at, length, piece in changes:
        at %= len(data) + 1
        data = data[:at] + piece + data[at + length:]
    return data


@settings(max_examples=150, deadline=None)
@pytest.mark.parametrize("data", [XES, CSV], ids=["xes", "csv"])
@given(changes=CHANGES)
@example(changes=[(0, 0, b"")])
def test_no_file_is_answered_with_anything_but_a_map_or_a_sentence(data, changes):
    try:
        found = map_log(read_log("it", changed(data, changes)))
    except DomainError as refused:
        assert str(refused) and "\n" not in str(refused)
    else:
        assert found.to_json()["log"]["cases"] > 0
