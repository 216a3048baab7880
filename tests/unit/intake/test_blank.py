"""The empty drawing that a designer begins with."""

from __future__ import annotations

import pytest

from engine.intake.blank import blank_drawing
from engine.intake.understand import understand


@pytest.mark.parametrize("pool", [False, True])
def test_an_empty_drawing_is_understood_under_its_name(pool):
    found = understand(blank_drawing("Passport & visa", pool=pool))
    assert [process.name for process in found.processes] == ["Passport & visa"]
    assert found.verdict != "cannot_run"
    assert [step.kind for step in found.steps] == ["startEvent"]


def test_a_pool_shows_the_process_that_it_holds():
    found = understand(blank_drawing("Passport", pool=True))
    assert [(pool.name, pool.process) for pool in found.pools] == [("Passport", found.process)]
