"""No false promise: what proving doesn't warn of completes, and what it warns of happens."""

from __future__ import annotations

import pytest

from engine.intake.understand import understand
from engine.runtime.random_play import play_at_random
from engine.runtime.versions import runnable
from tests.support.random_drawing import any_drawing

#: Going round for ever, or more and more at once: a run need not end.
_NEED_NOT_END = {"circles", "endless", "many", "not_proven"}


@pytest.mark.parametrize("first", range(0, 60, 10))
def test_runs_get_stuck_where_it_was_said_and_nowhere_else(first: int) -> None:
    for seed in range(first, first + 10):
        found = understand(any_drawing(seed).xml())
        codes = {each.code for each in found.findings}
        if codes & _NEED_NOT_END:
            continue

        report = play_at_random(runnable(found), runs=12, seed=seed, most_moves=150)

        said = {each.element for each in found.findings if each.code == "stuck"}
        met = {each.element for each in report.problems if each.kind == "stuck"}
        assert report.failed == 0
        assert met <= said, f"drawing {seed} got stuck where nothing was said"
        assert bool(met) == bool(said), f"drawing {seed} never got stuck where it was said"
