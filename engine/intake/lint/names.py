"""Steps and answers without a name (info): people would see where they stand.

Valid: a task called "Answer the customer".
Invalid: a task without a name.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import ACTIVITIES, name_of
from engine.intake.drawing import condition_of
from engine.intake.model import Finding
from engine.intake.subject import Subject, finding
from engine.intake.words import text


def lint(subject: Subject) -> Iterator[Finding]:
    """Activities have names, and so have questions and their answers."""
    drawing = subject.drawing
    for node in drawing.nodes(*ACTIVITIES):
        if not name_of(node):
            yield finding("info", "no_name", node, text(
                "This step has no name: it is called by where it stands.",
                "此步骤没有名称，将以其所在位置来称呼。"))
    for gateway in drawing.nodes("exclusiveGateway", "inclusiveGateway", "complexGateway"):
        flows = drawing.outgoing(gateway)
        if len(flows) < 2:
            continue
        unnamed = [flow for flow in flows if not name_of(flow) and condition_of(flow) is None
                   and flow.get("id") != gateway.get("default")]
        if unnamed:
            yield finding("info", "no_name", gateway, text(
                "{count} ways out have no name: as answers they are called like the next step.",
                "有 {count} 条出口没有名称：作为答案时将以下一步骤命名。", count=len(unnamed)))
