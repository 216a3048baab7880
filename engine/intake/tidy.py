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
_REFERENCES = ("evaluatesToTypeRef", "itemSubjectRef", "itemRef", "structureRef", "dataStoreRef",
               "dataObjectRef", "operationRef", "messageRef", "signalRef", "errorRef",
               "escalationRef", "default", "categoryValueRef")
_ID = re.compile(r"[^\W\d][\w.-]*")
_TIES = frozenset({"association", "messageFlow", "sequenceFlow"})
#: What the runtime and the journey's settings know by its id, however odd that is.
_KNOWN_BY_ID = FLOW_NODES | {"process", "sequenceFlow", "participant", "lane"}
_NAMING = frozenset({"flowNodeRef", "incoming", "outgoing", "outMessageRef", "resourceRef"})


def tidy(root: Element) -> None:
    """Take attributes, ties and references out of an adapted tree that fit nothing in it."""
    part_processes(root)
    ids = {element.get("id") for element in root.iter() if element.get("id")}
    used = {str(value) for element in root.iter() for name, value in element.attrib.items()
            if name != "id"} | {content(element) for element in root.iter()}
    for element in list(root.iter()):
        name = kind(element)
        if not name:
            continue
        if name in FLOW_NODES:
            for attribute, kinds in _ONLY_ON.items():
                if name not in kinds:
                    element.attrib.pop(attribute, "")
        for attribute in _REFERENCES:
            if element.get(attribute) is not None and not _points(element.get(attribute), ids):
                del element.attrib[attribute]
        if not _ID.fullmatch(element.get("id", "_")) and name not in _KNOWN_BY_ID:
            _drop_id(element, used)
        around = element.getparent()
        if around is None:
            continue
        ends = {element.get("sourceRef"), element.get("targetRef")}
        lost = name in _NAMING and not _points(content(element), ids)
        if lost or (name in _TIES and not ends <= ids):
            around.remove(element)


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


def _drop_id(element: Element, used: set[str]) -> None:
    """An id that XML doesn't allow makes tools drop the element; nobody asks for this one."""
    if element.get("id") not in used:
        del element.attrib["id"]
