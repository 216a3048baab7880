"""The adapted copy without what no longer fits, so that BPMN tools open it without a warning.

A step that became another kind of step keeps no attribute of the first; an association with
something that was taken out goes; a reference to nothing goes.
"""

from __future__ import annotations

import re

from engine.intake.bpmn import (
    FLOW_NODES,
    SUB_PROCESSES,
    TASKS,
    Element,
    content,
    is_true,
    kind,
)

_MESSAGING = frozenset({"sendTask", "receiveTask"})
#: Attributes that only these kinds of flow nodes have.
_ONLY_ON = {
    "triggeredByEvent": SUB_PROCESSES,
    "ordering": frozenset({"adHocSubProcess"}),
    "cancelRemainingInstances": frozenset({"adHocSubProcess"}),
    "method": frozenset({"transaction"}),
    "protocol": frozenset({"transaction"}),
    "calledElement": frozenset({"callActivity"}),
    "messageRef": _MESSAGING,
    "operationRef": _MESSAGING | {"serviceTask"},
    "instantiate": frozenset({"receiveTask", "eventBasedGateway"}),
    "implementation": TASKS - {"task", "manualTask", "scriptTask"},
    "scriptFormat": frozenset({"scriptTask"}),
    "attachedToRef": frozenset({"boundaryEvent"}),
    "cancelActivity": frozenset({"boundaryEvent"}),
    "isInterrupting": frozenset({"startEvent"}),
    "parallelMultiple": frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent"}),
    "eventGatewayType": frozenset({"eventBasedGateway"}),
    "default": frozenset({"exclusiveGateway", "inclusiveGateway", "complexGateway",
                          "callActivity"}) | TASKS | SUB_PROCESSES,
}
_REFERENCES = frozenset({
    "evaluatesToTypeRef", "itemSubjectRef", "itemRef", "structureRef", "dataStoreRef",
    "dataObjectRef", "operationRef", "messageRef", "signalRef", "errorRef", "escalationRef",
    "default", "categoryValueRef"})
_ID = re.compile(r"[^\W\d][\w.-]*")
_TIES = frozenset({"association", "messageFlow", "sequenceFlow"})
#: What the runtime and the journey's settings know by its id, however odd that is.
_KNOWN_BY_ID = FLOW_NODES | {"process", "sequenceFlow", "participant", "lane"}
_NAMING = frozenset({"flowNodeRef", "incoming", "outgoing", "outMessageRef", "resourceRef"})


def tidy(root: Element) -> None:
    """Take attributes, ties and references out of an adapted tree that fit nothing in it."""
    part_processes(root)
    ids = {element.get("id") for element in root.iter() if element.get("id")}
    odd = []
    for element in list(root.iter()):
        name = kind(element)
        if not name:
            continue
        for attribute in element.keys():  # noqa: SIM118 - an element iterates over its children
            misfit = name in FLOW_NODES and name not in _ONLY_ON.get(str(attribute), FLOW_NODES)
            if misfit or (attribute in _REFERENCES
                          and not _points(element.get(attribute), ids)):
                del element.attrib[attribute]
        if not _ID.fullmatch(element.get("id", "_")) and name not in _KNOWN_BY_ID:
            odd.append(element)
        if _is_lost(element, name, ids):
            around = element.getparent()
            if around is not None:
                around.remove(element)
    _drop_ids(root, odd)


def _is_lost(element: Element, name: str, ids: set[str | None]) -> bool:
    """A tie or a name of something that is not there."""
    if name in _NAMING:
        return not _points(content(element), ids)
    return name in _TIES and not {element.get("sourceRef"), element.get("targetRef")} <= ids


def part_processes(root: Element) -> None:
    """Give processes and global tasks of one id ids of their own: tools drop the second.

    The one that runs keeps it, else the first process.
    """
    ids = {element.get("id") for element in root.iter()}
    several: dict[str, list[Element]] = {}
    for process in root:
        if kind(process).startswith(("process", "global")) and process.get("id"):
            several.setdefault(process.get("id", ""), []).append(process)
    for key, found in several.items():
        keeps = max(found, key=lambda each: (is_true(each.get("isExecutable")),
                                             kind(each) == "process"))
        number = 2
        for process in found:
            if process is keeps:
                continue
            while f"{key}_{number}" in ids:
                number += 1
            process.set("id", f"{key}_{number}")
            ids.add(f"{key}_{number}")


def _points(value: str | None, ids: set[str | None]) -> bool:
    return value in ids or (value or "").rpartition(":")[2] in ids


def _drop_ids(root: Element, odd: list[Element]) -> None:
    """An id that XML doesn't allow makes tools drop the element; it goes where nobody asks for it.
    """
    if not odd:
        return
    used = {str(value) for element in root.iter() for name, value in element.attrib.items()
            if name != "id"} | {content(element) for element in root.iter()}
    for element in odd:
        if element.get("id") not in used:
            del element.attrib["id"]
