"""After an event-based gateway the first event wins; other things can't be waited for.

Valid: a gateway followed by a message and a timer.
Invalid: an event-based gateway followed by a task.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace

from engine.intake.adapt.gateways import settle
from engine.intake.bpmn import FOR, INSERTED, Element, definitions, drawn_id, kind
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation
from engine.intake.rule import Known, Rule
from engine.intake.words import called, text

RULE = Rule(
    "event_gateways",
    why=text("It can only wait for catching events and receive tasks, and something else follows.",
             "它只能等待捕获事件和接收任务，而后面还有其他内容。"),
    remedy=text("Draw catching events directly behind the gateway, or make it an exclusive one.",
                "请在网关之后直接画捕获事件，或改成排他网关。"),
    asks=True,
)
_PARALLEL = replace(
    RULE, asks=False,
    why=text("It waits for all of its events.", "它等待所有事件。"),
    remedy=text("Nothing to do.", "无需处理。"))


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Keep those that wait for events; make a question of the others."""
    for node in drawing.nodes("eventBasedGateway"):
        targets = [drawing.target(flow) for flow in drawing.outgoing(node)]
        if node.get("eventGatewayType", "").lower() == "parallel":
            drawing.retag(node, "parallelGateway")
            yield _PARALLEL.at(node, text("“{name}” waits for all of its events.",
                                          "“{name}”等待所有事件。", name=called(node)))
        elif not targets:
            drawing.retag(node, "exclusiveGateway")
        elif all(target is not None and _waits(drawing, target) for target in targets):
            _give_each_its_own(drawing, node)
        else:
            drawing.retag(node, "exclusiveGateway")
            if len(targets) > 1:
                yield settle(drawing, node, known, RULE, node)


def _waits(drawing: Drawing, target: Element) -> bool:
    if kind(target) == "intermediateCatchEvent":
        return len(definitions(target)) == 1
    return (kind(target) == "receiveTask" and not drawing.boundary(target)
            and not any(kind(part).endswith("LoopCharacteristics") for part in target))


def _give_each_its_own(drawing: Drawing, gateway: Element) -> None:
    """SpiffWorkflow takes the event off its node: a node that others reach too gets a twin."""
    for flow in drawing.outgoing(gateway):
        target = drawing.target(flow)
        if target is None or len(drawing.incoming(target)) < 2:
            continue
        twin = deepcopy(target)
        twin.tail = None
        twin.set("id", drawing.new_id(f"{target.get('id')}_again"))
        twin.set(FOR, drawn_id(target))
        if INSERTED in target.attrib:
            twin.set(INSERTED, "true")
        target.addnext(twin)
        drawing.adopt(twin)
        for onward in drawing.outgoing(target):
            following = drawing.target(onward)
            if following is not None:
                drawing.add_flow(twin, following)
        drawing.lead_to(flow, twin)
