"""An ad hoc sub-process is done as an ordinary one: all its steps are open from the beginning.

Valid: an ordinary sub-process.
Invalid: an ad hoc sub-process.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import children
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation
from engine.intake.rule import Known, Rule
from engine.intake.words import called, text

RULE = Rule(
    "ad_hoc",
    why=text("SpiffWorkflow can't repeat or leave out steps of an ad hoc sub-process at will.",
             "SpiffWorkflow 无法随意重复或跳过临时子流程中的步骤。"),
    remedy=text("Draw gateways that ask which steps are needed and whether to repeat them.",
                "请画出网关，询问需要哪些步骤以及是否重复。"),
)


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Make ordinary sub-processes of them (rule `entries` starts what no flow leads to)."""
    for node in drawing.nodes("adHocSubProcess"):
        for condition in children(node, "completionCondition"):
            node.remove(condition)
        for attribute in ("ordering", "cancelRemainingInstances"):
            node.attrib.pop(attribute, "")
        drawing.retag(node, "subProcess")
        yield RULE.at(node, text(
            "All steps of “{name}” are offered at once and each is done once.",
            "“{name}”的所有步骤同时提供，每个执行一次。", name=called(node)))
