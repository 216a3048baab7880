"""Before publishing, all that can happen in a drawing is tried out, up to a limit.

`net` is one scope as a token net, `scopes` makes it of the adapted drawing, `reduction` makes it
small, `explore` plays it through, `proof` does so from inner scopes outwards, `paths` and
`findings` say what came of it. `idle` looks at circles that no marking shows: those that conditions
may never leave.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.intake.drawing import Drawing
from engine.intake.model import Finding
from engine.intake.prove.findings import findings_of, unproven
from engine.intake.prove.idle import idle
from engine.intake.prove.proof import Prover

__all__ = ["prove", "unproven"]

#: Findings of lint that say the same as a finding here would.
_SAME = frozenset({"unreachable", "endless"})
#: Nodes of a drawing from which on nothing is tried, so that large ones are read in time.
_MOST_NODES = 5_000


def prove(drawing: Drawing, known: Iterable[Finding]) -> Iterator[Finding]:
    """What can get stuck, never happen, happen twice or go on for ever in an adapted drawing.

    `known` are the findings so far: what lint has said already is not said again.
    """
    told = frozenset(each.element for each in known if each.code in _SAME)
    if len(drawing.nodes()) > _MOST_NODES:
        yield unproven(drawing.running[0])
        return
    prover = Prover(drawing)
    for process in drawing.running:
        if drawing.members(process):
            yield from findings_of(drawing, prover.prove(process), told)
    yield from idle(drawing)

