"""A service or send task that says what it calls waits until a worker has brought the answer.

Valid: a service task whose step in journey.toml has a `call` that is on.
Invalid: one without a call, or whose call is off: a person does it.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import DEFINITIONS, OUTSIDE, drawn_id
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation
from engine.intake.rule import Known, Rule
from engine.intake.service_call import MAY_CALL
from engine.intake.words import called, text

RULE = Rule(
    "service_calls",
    why=text("The journey says what this step calls.", "流程设置中写明了此步骤调用什么。"),
    remedy=text("Nothing to do. Switch the call off in the step's panel to have a person do it.",
                "无需处理。若要由人完成，请在步骤面板中关闭调用。"),
)


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Make steps that wait for something outside of them."""
    for node in drawing.nodes(*MAY_CALL):
        call = known.service_calls.get(drawn_id(node))
        if call is None:
            continue
        drawing.by_hand(node, *DEFINITIONS)
        node.set(OUTSIDE, "service")
        yield RULE.at(node, text(
            "“{name}” calls {service} ({method}) and goes on with its answer.",
            "“{name}”调用 {service}（{method}），收到应答后继续。", name=called(node),
            service=call.host, method=call.method))
