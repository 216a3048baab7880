"""What a drawing orders is kept: the judge of tests/support/token_game, which knows nothing of the
engine, accepts every rehearsal of every real drawing. Set BATON_LONG=1 for many runs a file.
"""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest

from engine.intake.understand import understand
from engine.runtime.rehearsal import Happening, Rehearsal
from engine.runtime.versions import runnable
from tests.support.played import at_random
from tests.support.token_game import accepts, possible
from tests.support.token_game.drawn import read

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "miwg"
FILES = sorted(CORPUS.glob("*/*.bpmn"))
RUNS = 20 if os.environ.get("BATON_LONG") else 2
pytestmark = pytest.mark.skipif(
    not FILES, reason="the corpus is not on this machine (../shared/corpus/miwg)")


def rehearsed(path: Path) -> tuple[bytes, list[Rehearsal]]:
    """The drawing and rehearsals of it; none when it can't run."""
    drawing = path.read_bytes()
    found = understand(drawing)
    if found.verdict == "cannot_run":
        return drawing, []
    version = runnable(found)
    return drawing, [at_random(version, seed) for seed in range(RUNS)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_rehearsal_is_what_the_drawing_orders(path):
    drawing, rehearsals = rehearsed(path)
    for seed, rehearsal in enumerate(rehearsals):
        state = rehearsal.state
        verdict = accepts(drawing, rehearsal.trace, completed=state == "completed")
        assert verdict, f"seed {seed}: {verdict.why}\n{told(rehearsal, verdict.index)}"
        if state == "stuck":
            left = possible(drawing, rehearsal.trace)
            assert not left, f"seed {seed}: stuck, but {sorted(left)} could happen"


def test_a_rehearsal_from_which_a_step_is_left_out_is_not_accepted():
    """The judge is no rubber stamp: of hundreds of real traces with a hole it sees nearly all."""
    seen = missed = 0
    for path in FILES[::4]:
        drawing, rehearsals = rehearsed(path)
        repeated = {node.id for node in read(drawing).nodes.values() if node.rounds is not None}
        for rehearsal in rehearsals:
            steps = [index for index, each in enumerate(rehearsal.trace)
                     if each.how == "done" and each.element not in repeated]
            if rehearsal.state != "completed" or not steps:
                continue
            hole = Random(path.name).choice(steps)
            trace = rehearsal.trace[:hole] + rehearsal.trace[hole + 1:]
            seen += 1
            missed += bool(accepts(drawing, trace))
    # A step may have been going on when something interrupted all: then it need not be done.
    assert seen > 20
    assert missed <= seen * 0.03


def told(rehearsal: Rehearsal, index: int) -> str:
    """The lines of the trace up to the one that was rejected."""
    return "\n".join(map(line, rehearsal.trace[max(0, index - 8):index + 1]))


def line(each: Happening) -> str:
    return f"  {each.process} {each.kind} {each.element} {each.how} {' '.join(each.answers)}"
