"""Each kind of breakpoint on its valid and its invalid example."""

import pytest

from engine.insight.patterns import (
    DETECTORS,
    KINDS,
    bottleneck,
    breached,
    detect_all,
    handoff_delay,
    ping_pong,
    rework,
)
from tests.support.logs import log, told


def test_approvals_that_wait_thirty_hours_are_a_bottleneck():
    found, = bottleneck.detect(told(
        "Ask desk 0 1, Check desk 1 1, Note desk 1 1, Approve desk 30 1", times=4))
    assert found.place == {"element": "Approve"}
    assert found.hours == 4 * 29, "beyond the usual hour"
    assert found.figures == {"waits": 4, "median_hours": 30, "p90_hours": 30, "usual_hours": 1,
                             "still_waiting": 0, "waits_for": "people"}
    assert [case.hours for case in found.cases] == [29] * 4
    assert "30.0 h" in found.sentence["en"] and "30.0 小时" in found.sentence["zh"]


def test_steps_that_all_wait_alike_are_no_bottleneck():
    assert bottleneck.detect(told("Ask desk 0 1, Check desk 1 1, Approve desk 1 1", times=9)) == []


def test_one_case_that_waited_a_year_is_no_bottleneck():
    many = ["Ask desk 0 1, Check desk 1 1, Approve desk 1 1"] * 5
    assert bottleneck.detect(told(*many, "Ask desk 0 1, Check desk 8760 1")) == []


def test_promises_done_late_or_not_at_all_are_broken():
    rows = [f"{n},Ask,2026-03-02 08:00,2026-03-03,{end}" for n, end in enumerate(
        ["2026-03-02 10:00", "2026-03-03 12:00", "2026-03-03 06:00", ""])]
    found, = breached.detect(log(*rows, "9,Ask,2026-03-05 00:00,2026-03-09,2026-03-05",
                                 header="case,activity,timestamp,deadline,case_enddate"))
    assert found.figures == {"asked": 5, "ended_late": 2, "open_late": 1, "share": 0.6}
    assert found.hours == 12 + 6 + 48, "the open one is late until the log's last moment"
    assert [case.case for case in found.cases] == ["3", "1", "2"]


def test_promises_that_are_kept_and_cases_without_one_are_no_breakpoint():
    header = "case,activity,timestamp,deadline"
    assert breached.detect(log("1,Ask,2026-03-02,2026-03-03", header=header)) == []
    assert breached.detect(log("1,Ask,2026-03-02")) == []


def test_work_that_waits_because_it_was_handed_over_is_a_delay():
    found, = handoff_delay.detect(
        told("Ask desk 0 1, Check desk 0.1 1, Pay finance 20.1 1", times=3))
    assert found.place == {"from": "desk", "to": "finance"}
    assert found.label == {"en": "desk → finance", "zh": "desk → finance"}
    assert found.hours == 60 and found.figures["handoffs"] == 3


def test_hand_offs_taken_as_fast_as_work_that_stays_are_no_delay():
    assert handoff_delay.detect(
        told("Ask desk 0 1, Check desk 2 1, Pay finance 2 1", times=5)) == []


@pytest.mark.parametrize(("departments", "bounces"), [
    ("desk quality desk quality desk", 3), ("desk quality desk quality", 2),
    ("desk desk quality quality desk quality", 2),
    ("desk quality desk", 0), ("desk quality finance desk", 0),
    ("desk desk desk desk", 0), ("desk quality desk finance desk quality", 0)])
def test_ping_pong_is_to_and_fro_and_to_again(departments, bounces):
    steps = ", ".join(f"S{n} {d} 1 2" for n, d in enumerate(departments.split()))
    found = ping_pong.detect(told(steps, times=3))
    assert sum(each.figures["bounces"] for each in found) == 3 * bounces
    if bounces:
        assert found[0].place == {"from": "desk", "to": "quality"}


def test_two_cases_of_ping_pong_are_no_pattern():
    assert ping_pong.detect(told("A x 1 1, B y 1 1, A x 1 1, B y 1 1", times=2)) == []


def test_a_step_done_again_is_rework_and_costs_what_the_repetitions_took():
    found, = rework.detect(told("Check desk 0 1, Check desk 2 1, Permit desk 1 1", times=3))
    assert found.place == {"element": "Check"}
    assert found.hours == 9 and found.figures == {"repetitions": 3, "share": 1.0}


def test_what_is_done_once_or_rarely_again_is_no_rework():
    once = "Check desk 0 1, Permit desk 1 1"
    assert rework.detect(told(once, times=9)) == []
    assert rework.detect(told(*["Check desk 0 1, Check desk 1 1"] * 3, *[once] * 60)) == []


def test_breakpoints_are_ranked_by_the_hours_they_cost():
    found = detect_all(told("Ask desk 0 1, Check quality 5 1, Ask desk 9 1, Check quality 40 1",
                            times=3))
    assert {each.kind for each in found} == {
        "bottleneck", "handoff_delay", "ping_pong", "rework"}
    assert [each.hours for each in found] == sorted((e.hours for e in found), reverse=True)
    assert len(DETECTORS) == len(KINDS)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_breakpoint_speaks_both_languages_and_names_its_cases(lang):
    for each in detect_all(told("Ask desk 0 1, Check quality 5 1, Ask desk 9 1, Check quality 40 1",
                                times=3)):
        assert each.label[lang] and each.sentence[lang] and len(each.cases) == 3
        assert sum(case.hours for case in each.cases) == pytest.approx(each.hours, abs=0.05)
