"""Whatever is drawn, with or without structure: what happens is what the drawing allows.

Such drawings may deadlock or leave tokens behind, which findings announce; those whose findings
say that they go round without end are left out.
"""

from __future__ import annotations

import os
from random import Random

import pytest

from engine.intake.understand import understand
from engine.runtime.versions import runnable
from tests.support.graphs import random_graph
from tests.support.played import at_random
from tests.support.token_game import accepts

SEEDS = range(3000, 3000 + (2000 if os.environ.get("BATON_LONG") else 100))
ENDLESS = {"many", "circles", "endless"}


@pytest.mark.parametrize("seed", SEEDS)
def test_what_happens_is_what_the_drawing_allows(seed):
    drawing = random_graph(Random(seed))
    found = understand(drawing)
    if found.verdict == "cannot_run" or ENDLESS & {each.code for each in found.findings}:
        return
    rehearsal = at_random(runnable(found), seed, most_moves=40)
    assert rehearsal.state != "failed", rehearsal.problems
    verdict = accepts(drawing, rehearsal.trace, process="P",
                      completed=rehearsal.state == "completed")
    assert verdict or not verdict.decided, verdict.why
