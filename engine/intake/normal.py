"""Make a freshly read tree regular, without changing what it says.

References lose prefixes and white space, elements without an id get one, shared event
definitions are copied to where they are used, border events stand beside their activity,
flows stand there once, beside the nodes that they join, pools that arrows lead across become one
process, and ids of things that are no nodes make way.
"""

from __future__ import annotations

from copy import deepcopy

from engine.intake.bpmn import (
    ACTIVITIES,
    DEFINITIONS,
    FLOW_NODES,
    FOR,
    Element,
    content,
    drawn_id,
    kind,
    tag,
)
from engine.intake.joined import join_pools

_REFERENCES = ("sourceRef", "targetRef", "attachedToRef", "default", "processRef", "messageRef",
               "signalRef", "errorRef", "escalationRef", "calledElement", "dataObjectRef",
               "dataStoreRef", "activityRef", "operationRef", "bpmnElement")
_REFERENCE_TEXTS = frozenset({"flowNodeRef", "incoming", "outgoing", "eventDefinitionRef",
                              "source", "target"})
#: Elements that others point to or that a run has to name, so that each needs an id.
_NEED_ID = FLOW_NODES | {"process", "sequenceFlow", "message", "signal", "error", "escalation",
                         "lane", "participant", "messageFlow"}


def normalise(root: Element) -> None:
    """Make the tree under `root` regular, in place."""
    give_ids(root)
    ids = {element.get("id", "") for element in root.iter()}
    for element in root.iter():
        for attribute in _REFERENCES:
            value = element.get(attribute)
            if value is not None and value not in ids:
                element.set(attribute, _local(value, ids))
        if kind(element) in _REFERENCE_TEXTS:
            element.text = _local(content(element), ids)
    _copy_shared_definitions(root)
    _drop_repeated_flows(root)
    _place_border_events(root)
    _place_flows(root)
    join_pools(root)
    _clear_colliding_ids(root)
    _settle_layout(root)
    _drop_lookalikes(root)


def _local(value: str, ids: set[str]) -> str:
    """A reference without white space and, where that finds something, without its prefix."""
    value = value.strip()
    if value in ids or ":" not in value:
        return value
    local = value.rsplit(":", 1)[1]
    return local if local in ids else value


def give_ids(root: Element) -> None:
    """Give every element that others may point to an id."""
    used = {element.get("id", "") for element in root.iter()}
    count = 0
    for element in root.iter():
        if kind(element) not in _NEED_ID or (element.get("id") or "").strip():
            continue
        count += 1
        while f"{kind(element)}_{count}" in used:
            count += 1
        element.set("id", f"{kind(element)}_{count}")
        parent = element.getparent()
        if kind(element) in FLOW_NODES and parent is not None:
            # It has no id on the drawing: what happens there shows on what surrounds it.
            element.set(FOR, drawn_id(parent))


def _copy_shared_definitions(root: Element) -> None:
    shared = {part.get("id"): part for part in root
              if kind(part) in DEFINITIONS and part.get("id")}
    for reference in list(root.iter("{*}eventDefinitionRef")):
        event = reference.getparent()
        definition = shared.get(content(reference))
        if event is None or kind(reference) != "eventDefinitionRef":
            continue
        if definition is not None:
            copied = deepcopy(definition)
            copied.attrib.pop("id", "")
            copied.tail = None
            reference.addprevious(copied)
        event.remove(reference)
    for part in shared.values():
        root.remove(part)


def _drop_repeated_flows(root: Element) -> None:
    """Some tools write a flow of a sub-process again outside of it."""
    seen = set()
    for flow in list(root.iter("{*}sequenceFlow")):
        same = (flow.get("id"), flow.get("sourceRef"), flow.get("targetRef"))
        parent = flow.getparent()
        if same in seen and parent is not None:
            parent.remove(flow)
        seen.add(same)


def _place_border_events(root: Element) -> None:
    """A border event stands beside its activity; some tools put it inside, or anywhere.

    One inside that a flow leads to is no border event at all: it waits within.
    """
    targets = {flow.get("targetRef") for flow in root.iter("{*}sequenceFlow")}
    scopes = {element.get("id"): element.getparent() for element in root.iter()
              if kind(element) in ACTIVITIES}
    for event in list(root.iter("{*}boundaryEvent")):
        scope = scopes.get(event.get("attachedToRef"))
        around = event.getparent()
        if (event.get("id") in targets and around is not None
                and around.get("id") == event.get("attachedToRef")):
            event.tag = tag("intermediateCatchEvent")
            event.attrib.pop("attachedToRef", "")
        elif (scope is not None and event.getparent() is not scope
                and scope is not event and event not in scope.iterancestors()):
            scope.append(event)


def _place_flows(root: Element) -> None:
    """A flow stands where the nodes stand that it joins; ARIS writes some into another process."""
    nodes: dict[str, Element] = {}
    for element in root.iter():
        if kind(element) in FLOW_NODES:
            nodes.setdefault(element.get("id", ""), element)
    for flow in list(root.iter("{*}sequenceFlow")):
        source, target = (nodes.get(flow.get(end, "")) for end in ("sourceRef", "targetRef"))
        if source is None or target is None:
            continue
        scope = source.getparent()
        if scope is not None and scope is target.getparent() and scope is not flow.getparent():
            scope.append(flow)


def _settle_layout(root: Element) -> None:
    """A place that is no number would stop SpiffWorkflow, which sorts paths by height."""
    for bounds in root.iter("{*}Bounds"):
        for name in ("x", "y", "width", "height"):
            try:
                float(bounds.get(name, "0"))
            except ValueError:
                bounds.set(name, "0")


def _drop_lookalikes(root: Element) -> None:
    """A tool's own element with the name of a flow: SpiffWorkflow takes it for one."""
    for element in list(root.iter("{*}sequenceFlow", "{*}boundaryEvent")):
        parent = element.getparent()
        if not kind(element) and parent is not None:
            parent.remove(element)


def _clear_colliding_ids(root: Element) -> None:
    """SpiffWorkflow finds nodes by id among all elements: others with the same id step back."""
    nodes = {element.get("id") for element in root.iter() if kind(element) in FLOW_NODES}
    for process in root:
        if kind(process) != "process":
            continue
        for element in process.iterdescendants():
            # Two flows or nodes of one id are a fault of the drawing, which lint reports.
            if element.get("id") in nodes and kind(element) not in FLOW_NODES | {"sequenceFlow"}:
                element.attrib.pop("id", "")
