"""What proving announces is what happens: a join waits for every arrow that is drawn into it."""

from __future__ import annotations

from engine.intake.understand import understand
from engine.runtime.random_play import play_at_random
from engine.runtime.versions import runnable
from tests.support.bpmn import Drawing


def test_a_join_waits_for_a_step_that_no_path_leads_to() -> None:
    drawing = Drawing().start().user("A").user("Lost").gateway("Join", "parallel").end()
    drawing.path("Begin", "A", "Join", "Finish").flow("Lost", "Join")
    found = understand(drawing.xml())

    report = play_at_random(runnable(found), runs=2)

    assert report.stuck == 2
    assert [each.element for each in found.findings if each.code == "stuck"] == ["Join"]


def test_two_arrows_from_one_gateway_are_two_arrows() -> None:
    drawing = Drawing().start().gateway("Fork", "parallel").gateway("Join", "parallel").end()
    drawing.path("Begin", "Fork", "Join", "Finish").flow("Fork", "Join")
    found = understand(drawing.xml())

    assert play_at_random(runnable(found), runs=2).completed == 2
    assert not found.can_stick


def test_inclusive_joins_that_wait_for_each_other_wait_for_ever() -> None:
    drawing = Drawing().start().gateway("Split", "parallel").end().flow("Begin", "Split")
    for here, other in (("1", "2"), ("2", "1")):
        drawing.gateway(f"Any{here}", "inclusive").user(f"Work{here}").gateway(f"Ask{here}")
        drawing.path("Split", f"Any{here}", f"Work{here}", f"Ask{here}", "Finish")
        drawing.flow(f"Ask{here}", f"Any{other}")
    found = understand(drawing.xml())

    report = play_at_random(runnable(found), runs=3)

    assert report.stuck == 3
    assert {each.element for each in found.findings if each.code == "stuck"} == {"Any1", "Any2"}
