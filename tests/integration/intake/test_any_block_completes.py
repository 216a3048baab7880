"""Property: whatever well-nested blocks are drawn, every rehearsal completes, and the judge
accepts it.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from engine.intake.understand import understand
from engine.runtime.versions import runnable
from tests.support.blocks import Block, blocks, drawing_of
from tests.support.played import at_random
from tests.support.token_game import accepts

EXAMPLES = 2000 if os.environ.get("BATON_LONG") else 60


@settings(max_examples=EXAMPLES, deadline=None,
          suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(block=blocks(), seed=st.integers(0, 99))
def test_any_nesting_of_blocks_completes_as_it_is_drawn(block: Block, seed: int):
    drawing = drawing_of(block)
    found = understand(drawing)
    assert found.verdict != "cannot_run", [each.message["en"] for each in found.errors]
    rehearsal = at_random(runnable(found), seed)
    for each in rehearsal.trace:
        note(f"{each.element} {each.how} {' '.join(each.answers)}")
    assert rehearsal.state == "completed", (rehearsal.tokens(), rehearsal.problems)
    verdict = accepts(drawing, rehearsal.trace)
    assert verdict or not verdict.decided, verdict.why
