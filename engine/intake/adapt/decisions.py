"""A business rule task decides by a table of the pack, or a person decides.

Valid: `camunda:decisionRef="route"` with a table called route in the pack.
Invalid: a business rule task that names no decision, or one that is not there.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import DECISION, Element
from engine.intake.dialects import said_of
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation
from engine.intake.rule import Known, Rule
from engine.intake.words import called, text

RULE = Rule(
    "decisions",
    why=text("It names no decision, or one that was not uploaded with the drawing.",
             "它没有指明决策，或所指的决策没有与图一起上传。"),
    remedy=text("Upload the DMN file with the drawing (as a zip) and name its decision in the "
                "task.", "请把 DMN 文件与图一起上传（zip），并在任务中写明决策的 id。"),
    asks=True,
)


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Write the decision into `baton:decision` where the pack holds it."""
    for node in drawing.nodes("businessRuleTask"):
        decision = decision_of(node, drawing.root)
        if decision in known.decisions:
            node.set(DECISION, decision)
            continue
        node.attrib.pop(DECISION, "")
        drawing.by_hand(node)
        yield RULE.at(node, text(
            "A person decides “{name}” and writes the result into the form.",
            "由人来决定“{name}”，并把结果填入表单。", name=called(node)))


def decision_of(node: Element, root: Element) -> str:
    """The id of the decision that a business rule task names; "" for none."""
    return node.get(DECISION, "").strip() or said_of(node, root).decision
