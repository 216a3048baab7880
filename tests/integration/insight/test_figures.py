"""Figures of real logs, reckoned a second time: event by event, with nothing but dictionaries."""

from __future__ import annotations

import gzip
from collections import Counter, defaultdict
from datetime import datetime
from functools import cache
from itertools import pairwise
from statistics import median

import pytest
from lxml import etree

from engine.insight.formats import read_path
from engine.insight.handoffs import handoff_graph
from engine.insight.map import map_log

HOUR = 3600


@cache
def told_slowly(path):
    """(attributes, events) of each trace; values as they stand in the file."""
    found = []
    with gzip.open(path) as stream:
        for _, trace in etree.iterparse(stream, tag="{*}trace"):
            found.append(({a.get("key"): a.get("value") for a in trace if a.get("key")},
                          [{a.get("key"): a.get("value") for a in each}
                           for each in trace.iterchildren("{*}event")]))
            trace.clear()
    return found


@cache
def log_in(path):
    return read_path(path)


def at(event):
    return datetime.fromisoformat(event["time:timestamp"])


def hours_between(one, other):
    return (at(other) - at(one)).total_seconds() / HOUR


def test_exactly_the_permits_that_ended_late_are_the_evidence(corpus):
    late = {}
    for case, _ in told_slowly(corpus("receipt")):
        if "enddate" in case:
            over = datetime.fromisoformat(case["enddate"]) - datetime.fromisoformat(
                case["deadline"])
            if over.total_seconds() > 0:
                late[case["concept:name"]] = over.total_seconds() / HOUR
    assert len(late) == 377
    found = map_log(log_in(corpus("receipt")))
    broken = next(each for each in found.breakpoints if each.kind == "breached")
    ended = {each.case: each.hours for each in broken.cases if each.case in late}
    assert ended == pytest.approx(late, abs=0.01)
    assert found.summary.open == 105
    assert len(broken.cases) - len(ended) == found.summary.open_late == 39


def test_waits_of_permits_are_from_step_to_step(corpus):
    waits = defaultdict(list)
    for _, events in told_slowly(corpus("receipt")):
        for one, other in pairwise(events):
            waits[other["concept:name"]].append(hours_between(one, other))
    for each in map_log(log_in(corpus("receipt"))).activities:
        known = waits.get(each.name.id)
        if known:
            assert each.waited_median / HOUR == pytest.approx(median(known))
            assert each.waited_total / HOUR == pytest.approx(sum(known))


def test_time_in_waiting_statuses_of_incidents(corpus):
    waits, passes = defaultdict(float), Counter()
    for _, events in told_slowly(corpus("bpic2013_incidents")):
        for one, other in pairwise(events):
            waits[f"{one['concept:name']}: {one['lifecycle:transition']}"] += hours_between(
                one, other)
            if one["org:group"] != other["org:group"]:
                passes[one["org:group"], other["org:group"]] += 1
    log = log_in(corpus("bpic2013_incidents"))
    found = {each.name.id: each.waited_total / HOUR for each in map_log(log).activities}
    for status in ("Queued: Awaiting Assignment", "Accepted: Wait - User", "Accepted: Assigned",
                   "Accepted: Wait", "Accepted: Wait - Vendor"):
        assert found[status] == pytest.approx(waits[status])
    assert found["Accepted: In Progress"] == 0
    graph = handoff_graph(log)
    names = {node: data["name"].id for node, data in graph.nodes(data=True)}
    assert {(names[a], names[b]): data["count"] for a, b, data in graph.edges(data=True)} == passes


def test_ping_pong_between_teams_of_incidents(corpus):
    cases = defaultdict(set)
    for case, events in told_slowly(corpus("bpic2013_incidents")):
        turns = [one["org:group"] for one, other in pairwise([*events, {"org:group": None}])
                 if one["org:group"] != other["org:group"]]
        for a, b, c, d in zip(turns, turns[1:], turns[2:], turns[3:], strict=False):
            if (a, b) == (c, d):
                cases[frozenset((a, b))].add(case["concept:name"])
    wanted = {pair: found for pair, found in cases.items() if len(found) >= 3}
    found = {frozenset(each.place.values()): {case.case for case in each.cases}
             for each in map_log(log_in(corpus("bpic2013_incidents"))).breakpoints
             if each.kind == "ping_pong"}
    assert found == wanted


def test_work_on_claims_is_from_start_to_completion(corpus):
    worked, begun = defaultdict(list), {}
    for case, events in told_slowly(corpus("teleclaims")):
        for each in events:
            key = case["concept:name"], each["concept:name"]
            if each["lifecycle:transition"] == "start":
                begun.setdefault(key, []).append(each)
            elif begun.get(key):
                worked[each["concept:name"]].append(hours_between(begun[key].pop(0), each))
    assert sum(map(len, worked.values())) == 21313
    for each in map_log(log_in(corpus("teleclaims"))).activities:
        if each.name.id in worked:
            assert each.worked_median / HOUR == pytest.approx(median(worked[each.name.id]))
