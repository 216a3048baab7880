"""Ids that SpiffWorkflow uses itself get an alias inside; everyone else sees the drawn id.

Valid: a task with the id `Task_1`.
Invalid: a task with the id `Start`.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import FOR, drawn_id
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation
from engine.intake.rule import Known, Rule
from engine.intake.words import text

RULE = Rule(
    "clashing_ids",
    why=text("SpiffWorkflow uses this id for a part of its own; with it a step would be left out "
             "silently.", "SpiffWorkflow 自己使用这个 id；若不改名，该步骤会被悄悄跳过。"),
    remedy=text("Nothing to do: the drawn id stays everywhere else.",
                "无需处理：其他地方仍使用图上的 id。"),
)
_OWN = frozenset({"Start", "End", "Root", "StartEventSplit", "StartEventJoin"})
_OWN_ENDINGS = (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin", " [child]")


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Rename clashing nodes in the copy, with `baton:for` pointing back to the drawn id."""
    for node in drawing.nodes():
        node_id = node.get("id", "")
        if node_id not in _OWN and not node_id.endswith(_OWN_ENDINGS):
            continue
        node.set(FOR, drawn_id(node))
        alias = drawing.new_id(f"baton_{node_id.replace('.', '_').replace(' ', '_')}")
        drawing.rename(node, alias)
        yield RULE.at(node, text("Is called “{alias}” inside.", "在内部称为“{alias}”。",
                                 alias=alias))
    # Shapes follow, so that viewers can open the adapted copy.
    aliases = {node.get(FOR): node.get("id", "") for node in drawing.nodes()
               if node.get("id", "").startswith("baton_")}
    if aliases:
        for shape in drawing.root.iter("{*}BPMNShape"):
            if shape.get("bpmnElement") in aliases:
                shape.set("bpmnElement", aliases[shape.get("bpmnElement")])
