"""From a drawn file to a chart. Only what the specification calls semantic is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from tests.support.token_game.chart import (
    ACTIVITIES,
    NODES,
    Chart,
    Flow,
    Node,
    Rounds,
    Trigger,
)

MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_ABOUT = {"error": "errorRef", "escalation": "escalationRef", "signal": "signalRef",
          "message": "messageRef", "compensate": "activityRef"}
_CODES = {"error": "errorCode", "escalation": "escalationCode", "signal": "name"}


def read(drawing: bytes) -> Chart:
    """The chart of a BPMN file."""
    root = etree.fromstring(drawing, etree.XMLParser(resolve_entities=False, no_network=True))
    about = _Roots(root)
    processes = [each for each in root if kind(each) == "process"]
    nodes: dict[str, Node] = {}
    for process in processes:
        for element in process.iterdescendants():
            if kind(element) in NODES and element.get("id"):
                nodes.setdefault(element.get("id", ""), _node(element, about))
    targets = {_local(flow.get("targetRef")) for flow in root.iter(f"{MODEL}sequenceFlow")}
    nodes = {each.id: _beside_its_activity(each, nodes, targets) for each in nodes.values()}
    flows = {each.id: each for process in processes for each in _flows(process, nodes)}
    chart = Chart(nodes, flows, [each.get("id", "") for each in processes])
    chart.messages = list(_messages(root, nodes))
    chart.handlers = dict(_handlers(processes, chart))
    for handler in chart.handlers.values():
        chart.nodes[handler] = replace(chart.nodes[handler], undoes=True)
    return Chart(chart.nodes, chart.flows, chart.processes, chart.messages, chart.handlers)


def kind(element: etree._Element) -> str:
    """The local name of a BPMN element, "" for anything else."""
    name = str(element.tag)
    return name[len(MODEL):] if name.startswith(MODEL) else ""


class _Roots:
    """What stands beside the processes: errors, signals, shared event definitions."""

    def __init__(self, root: etree._Element) -> None:
        self.shared = {each.get("id"): each for each in root if each.get("id")}

    def definitions(self, event: etree._Element) -> Iterator[etree._Element]:
        for part in event:
            if kind(part) == "eventDefinitionRef":
                found = self.shared.get(_local(part.text))
                if found is not None:
                    yield found
            elif kind(part).endswith("EventDefinition"):
                yield part

    def trigger(self, event: etree._Element, definition: etree._Element) -> Trigger:
        name = kind(definition).removesuffix("EventDefinition")
        if name == "link":
            return Trigger(name, "".join((definition.get("name") or event.get("name", "")).split()))
        if name not in _ABOUT:
            return Trigger(name)
        about = _local(definition.get(_ABOUT[name]))
        code = self.shared[about].get(_CODES[name]) if (
            name in _CODES and about in self.shared) else ""
        return Trigger(name, code or about)


def _node(element: etree._Element, about: _Roots) -> Node:
    cancels = element.get("cancelActivity" if kind(element) == "boundaryEvent"
                          else "isInterrupting", "true")
    parent = element.getparent()
    return Node(
        id=element.get("id", ""), kind=kind(element),
        scope=parent.get("id", "") if parent is not None else "",
        triggers=tuple(about.trigger(element, each) for each in about.definitions(element)),
        default=_local(element.get("default")), attached_to=_local(element.get("attachedToRef")),
        interrupts=_true(cancels), by_event=_true(element.get("triggeredByEvent")),
        undoes=_true(element.get("isForCompensation")),
        instantiates=_true(element.get("instantiate")),
        all_events=element.get("eventGatewayType") == "Parallel",
        sequential=element.get("ordering") == "Sequential",
        rounds=_rounds(element), calls=_local(element.get("calledElement")))


def _rounds(element: etree._Element) -> Rounds | None:
    for part in element if kind(element) in ACTIVITIES else ():
        if kind(part) == "standardLoopCharacteristics":
            most = part.get("loopMaximum", "")
            return Rounds(0 if _true(part.get("testBefore")) else 1,
                          int(most) if most.isdigit() and int(most) > 0 else None, False)
        if kind(part) == "multiInstanceLoopCharacteristics":
            texts = {kind(each): "".join(map(str, each.itertext())).strip() for each in part}
            drawn = texts.get("loopCardinality", "")
            count = int(drawn) if drawn.isdigit() and int(drawn) > 0 else None
            early = bool(texts.get("completionCondition"))
            return Rounds(0 if early or count is None else count, count,
                          not _true(part.get("isSequential")))
    return None


def _beside_its_activity(node: Node, nodes: dict[str, Node], targets: set[str]) -> Node:
    """An event on a border belongs to the scope of its activity, wherever the tool wrote it.

    Written inside of its activity and with a flow into it, it can only be meant to wait there.
    """
    activity = nodes.get(node.attached_to)
    if activity is None:
        return node
    if node.scope == activity.id and node.id in targets:
        return replace(node, kind="intermediateCatchEvent", attached_to="")
    return replace(node, scope=activity.scope)


def _flows(process: etree._Element, nodes: dict[str, Node]) -> Iterator[Flow]:
    """Flows between nodes; those that BPMN forbids (into a border event) are not followed."""
    for index, element in enumerate(process.iter(f"{MODEL}sequenceFlow")):
        source, target = _local(element.get("sourceRef")), _local(element.get("targetRef"))
        if source not in nodes or target not in nodes:
            continue
        if nodes[target].kind == "boundaryEvent" or nodes[target].by_event \
                or nodes[source].by_event:
            continue
        yield Flow(element.get("id") or f"{process.get('id')} flow {index}", source, target,
                   element.find(f"{MODEL}conditionExpression") is not None)


def _messages(root: etree._Element, nodes: dict[str, Node]) -> Iterator[tuple[str, str, str]]:
    """Message flows; a pool stands for its process."""
    pools = {each.get("id"): _local(each.get("processRef"))
             for each in root.iter(f"{MODEL}participant")}
    for index, element in enumerate(root.iter(f"{MODEL}messageFlow")):
        ends = [_local(element.get(name)) for name in ("sourceRef", "targetRef")]
        source, target = (pools.get(end, end) for end in ends)
        yield element.get("id") or f"message flow {index}", source, target


def _handlers(processes: list[etree._Element], chart: Chart) -> Iterator[tuple[str, str]]:
    """What undoes an activity: where the association of its compensation event leads."""
    for process in processes:
        for element in process.iter(f"{MODEL}association"):
            ends = [_local(element.get(name)) for name in ("sourceRef", "targetRef")]
            for event, handler in (ends, ends[::-1]):
                node = chart.nodes.get(event)
                if (node is not None and node.has("compensate") and node.attached_to
                        and handler in chart.nodes and not chart.incoming(handler)):
                    yield node.attached_to, handler
    for node in chart.nodes.values():
        if node.by_event and any(each.has("compensate") for each in chart.members(node.id)):
            yield node.scope, node.id


def _local(value: str | None) -> str:
    """A reference without its namespace prefix."""
    return (value or "").strip().rsplit(":", 1)[-1]


def _true(value: str | None) -> bool:
    return (value or "").strip().lower() in ("true", "1")


