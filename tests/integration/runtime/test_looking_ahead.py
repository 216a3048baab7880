"""Paths that are sure to be taken are not drawn up to their end in advance."""

from __future__ import annotations

import pytest

from engine.intake.understand import understand
from engine.runtime.random_play import play_at_random
from engine.runtime.versions import runnable
from tests.support.bpmn import Drawing


def test_parallel_blocks_in_a_row_cost_their_sum() -> None:
    drawing = Drawing().start().end()
    last = "Begin"
    for number in range(40):
        split, join = f"split{number}", f"join{number}"
        drawing.gateway(split, "parallel").gateway(join, "parallel")
        drawing.user(f"a{number}").user(f"b{number}").flow(last, split)
        drawing.path(split, f"a{number}", join).path(split, f"b{number}", join)
        last = join
    found = understand(drawing.flow(last, "Finish").xml())

    report = play_at_random(runnable(found), runs=1)

    # Doubled at each block, this would not end in our lifetime.
    assert (report.completed, report.most) == (1, 80)


@pytest.mark.parametrize("kind", ["parallel", "inclusive"])
def test_a_circle_without_a_choice_begins_and_is_told_of(kind: str) -> None:
    drawing = Drawing().start().user("Work").gateway("Fork", kind).user("Other").end()
    drawing.path("Begin", "Work", "Fork", "Work").path("Fork", "Other", "Finish")
    found = understand(drawing.xml())

    report = play_at_random(runnable(found), runs=2, most_moves=20)

    assert report.runs == 2
    assert kind == "inclusive" or found.can_stick
