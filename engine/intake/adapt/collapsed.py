"""A sub-process with nothing drawn in it is one step that a person does.

Valid: a sub-process with steps in it.
Invalid: a sub-process that is drawn closed and empty.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.adapt.by_hand import do_or_skip
from engine.intake.bpmn import SUB_PROCESSES, is_event_sub_process, kind
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation
from engine.intake.rule import Known, Rule
from engine.intake.words import text

RULE = Rule(
    "collapsed",
    why=text("Its inside is not drawn.", "它的内部没有画出来。"),
    remedy=text("Draw the steps inside, if they are to be timed and handed on one by one.",
                "如果内部各步骤要分别计时和交接，请把它们画出来。"),
    asks=True,
)
_NO_WORK = frozenset({"startEvent", "endEvent"})


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Make a user task of a sub-process that holds no more than a start and an end."""
    for node in reversed(drawing.nodes(*SUB_PROCESSES)):
        if is_event_sub_process(node):
            continue
        if any(kind(part) not in _NO_WORK for part in drawing.members(node)):
            continue
        drawing.empty(node)
        yield do_or_skip(drawing, node, known, RULE, "completionCondition")
