"""The map of a small log, worked out by hand, its JSON, its pictures and its report."""

from __future__ import annotations

import json
import re

import pytest
from lxml import etree

from engine.insight.map import map_log
from engine.insight.picture import handoff_picture, process_picture
from engine.insight.report import report
from tests.support.logs import log, told

SMALL = ("Ask desk 0 1, Check quality 3 1, Pay finance 6 2", "Ask desk 0 1, Pay finance 2 2")


def test_the_figures_of_a_small_log():
    found = map_log(told(*SMALL))
    total = found.summary
    assert (total.cases, total.events, total.open) == (2, 5, 0)
    assert total.duration_median == (13 + 5) / 2 * 3600
    pay = next(a for a in found.activities if a.name.id == "Pay")
    assert (pay.steps, pay.cases, pay.waited_median, pay.waited_total, pay.worked_median) == (
        2, 2, 4 * 3600, 8 * 3600, 2 * 3600)
    assert {(f.source.id, f.target.id): (f.count, f.median) for f in found.flows} == {
        ("Ask", "Check"): (1, 4 * 3600), ("Check", "Pay"): (1, 8 * 3600),
        ("Ask", "Pay"): (1, 4 * 3600)}
    names = {node: data["name"].id for node, data in found.handoffs.nodes(data=True)}
    assert {(names[a], names[b]): (d["count"], d["median"])
            for a, b, d in found.handoffs.edges(data=True)} == {
        ("desk", "quality"): (1, 3 * 3600), ("quality", "finance"): (1, 6 * 3600),
        ("desk", "finance"): (1, 2 * 3600)}


def test_the_json_keeps_its_shape():
    """docs/map.md documents it; programs read it."""
    found = map_log(told(*SMALL, "Ask desk 0 1, Check quality 9 1, Ask desk 9 1, Check quality 9 1",
                         times=3)).to_json()
    assert json.loads(json.dumps(found)) == found
    assert list(found) == ["name", "log", "basis", "parties", "notes", "activities", "flows",
                           "handoffs", "breakpoints"]
    assert list(found["log"]) == [
        "cases", "events", "open", "with_deadline", "ended_after_deadline", "open_past_deadline",
        "from", "to", "duration_median_hours", "duration_p90_hours"]
    assert list(found["activities"][0]) == [
        "id", "label", "steps", "cases", "open", "automatic", "waits_for", "waiting_hours",
        "working_hours_median", "repeat_share", "breach_share"]
    assert list(found["flows"][0]) == ["from", "to", "count", "median_hours"]
    assert list(found["handoffs"]) == ["nodes", "edges"]
    assert list(found["handoffs"]["edges"][0]) == ["from", "to", "count", "cases", "median_hours",
                                                   "total_hours"]
    assert [each["rank"] for each in found["breakpoints"]] == list(
        range(1, len(found["breakpoints"]) + 1))
    assert list(found["breakpoints"][0]) == ["rank", "kind", "place", "label", "sentence",
                                             "hours_lost", "cases", "figures", "evidence"]
    assert list(found["breakpoints"][0]["evidence"][0]) == ["case", "label", "hours"]
    assert found["log"]["from"] == "2026-03-02T08:00:00+00:00"


def texts(svg):
    return ["".join(e.itertext()) for e in etree.fromstring(svg).iter("{*}text")]


def test_pictures_are_drawn_with_nothing_in_path(monkeypatch):
    monkeypatch.setenv("PATH", "")
    found = map_log(told(*SMALL))
    assert "desk" in texts(handoff_picture(found.handoffs, "en").svg)
    assert "Check" in texts(process_picture(found, "zh").svg)


def test_pictures_are_bounded_and_say_what_they_left_out():
    many = [", ".join(f"S{(n * k) % 61} d{(n * k) % 61} 1 1" for n in range(1, 60))
            for k in range(1, 20)]
    found = map_log(told(*many))
    drawn = handoff_picture(found.handoffs, "en")
    boxes = len(re.findall('class="node', drawn.svg))
    assert boxes <= 24 and drawn.left_out_nodes == found.handoffs.number_of_nodes() - boxes > 0
    assert drawn.left_out_edges > 0
    drawn = process_picture(found, "en")
    assert len(re.findall('class="node', drawn.svg)) == 24 and drawn.left_out_nodes > 0


def test_boxes_are_wide_enough_for_chinese():
    name = "客户服务中心投诉处理与回访小组"
    svg = process_picture(map_log(log(f"1,{name},2026-03-02")), "zh").svg
    assert name in texts(svg)
    path = next(etree.fromstring(svg).iter("{*}path")).get("d")
    across = [float(x) for x in re.findall(r"(-?[\d.]+),", path)]
    assert max(across) - min(across) >= 12 * len(name), "a Chinese character is as wide as 12 pt"


@pytest.mark.parametrize("name", ["abc\\", "<b>x</b>", "<", "a&b;", "\\N", "{x|y}", "&#x41;", "😀",
                                  "a\x0bb", "\x01", "￾", "[/bold]", "x" * 300])
def test_any_name_can_be_drawn_and_reported(name):
    row = f'"{name}",2026-03-02 10:00,"{name}"'
    found = map_log(log(f"1,{row}", "1,B,2026-03-02 11:00,desk",
                        header="case,activity,timestamp,department"))
    for svg in (process_picture(found, "en").svg, handoff_picture(found.handoffs, "en").svg):
        if name.isprintable() and len(name) <= 40:
            assert name in texts(svg)
        etree.fromstring(svg)
    page = report(found, "en")
    assert "<b>x" not in page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_report_needs_nothing_but_itself(language):
    page = report(map_log(told(*SMALL, times=3)), language)
    assert not re.findall(r"""(?:src|href)\s*=\s*["'](?!#)[^"']+""", page)
    assert not re.findall(r"url\(|@import|<script|<link|<iframe", page)
    assert f'lang="{language}"' in page and "Check" in page
    assert set(re.findall(r"https?://[^\s\"'<]+", page)) <= {
        "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
