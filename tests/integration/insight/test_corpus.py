"""Real logs, with figures that were counted by other means."""

from engine.insight.formats import read_path
from engine.insight.map import map_log


def test_receipt_has_the_permits_that_ended_after_their_deadline(corpus):
    found = map_log(read_path(corpus("receipt")))
    assert (found.summary.cases, found.summary.events) == (1434, 8577)
    assert found.summary.ended_late == 377
    broken = next(each for each in found.breakpoints if each.kind == "breached")
    assert len(broken.cases) == broken.figures["ended_late"] + broken.figures["open_late"]


def test_the_incidents_of_2013_play_ping_pong(corpus):
    found = map_log(read_path(corpus("bpic2013_incidents")))
    assert (found.summary.cases, found.summary.events) == (7554, 65533)
    assert "ping_pong" in {each.kind for each in found.breakpoints}
    assert found.basis == "status"


def test_claims_of_the_telephone_desk_are_read(corpus):
    found = map_log(read_path(corpus("teleclaims")))
    assert (found.summary.cases, found.summary.events) == (3512, 46138)
    assert found.breakpoints


def test_the_running_example_by_hand(corpus):
    found = map_log(read_path(corpus("running-example")))
    assert (found.summary.cases, found.summary.events) == (6, 42)
    steps = {a.name.id: (a.steps, a.cases) for a in found.activities}
    assert steps["register request"] == (6, 6)
    assert steps["decide"] == (9, 6)
    assert steps["reinitiate request"] == (3, 2)
    assert found.parties == "person"
