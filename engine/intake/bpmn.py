"""The words of BPMN 2.0 XML: namespaces, tags, and the kinds of elements by what they are."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

from lxml import etree

#: One XML element, as lxml gives it.
Element: TypeAlias = etree._Element

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
BATON = "urn:baton:bpmn:1"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"

#: Attributes that Baton writes into the adapted copy (docs/adaptations.md explains each).
FOR = f"{{{BATON}}}for"
INSERTED = f"{{{BATON}}}inserted"
DRAWN = f"{{{BATON}}}drawn"
DECIDE = f"{{{BATON}}}decide"
DECISION = f"{{{BATON}}}decision"
#: On a start event: the message, signal or time (`timeCycle R/P1D`) that starts cases there.
MESSAGE = f"{{{BATON}}}message"
SIGNAL = f"{{{BATON}}}signal"
TIMER = f"{{{BATON}}}timer"
#: On a timer's definition: whose business time its durations count.
CALENDAR = f"{{{BATON}}}calendar"
CONDITION = f"{{{BATON}}}condition"
UNDOES = f"{{{BATON}}}undoes"
PARTNER = f"{{{BATON}}}partner"
SENDS = f"{{{BATON}}}sends"
BEGINS = f"{{{BATON}}}begins"
CALLS = f"{{{BATON}}}calls"
#: "service": the step waits for the answer of a call that a worker makes.
OUTSIDE = f"{{{BATON}}}outside"
#: Where an element without a name stands (unnamed.py).
PLACE = f"{{{BATON}}}place"
#: On arrows between pools: the process that theirs became one with.
JOINED = f"{{{BATON}}}joined"

TASKS = frozenset({
    "task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask",
    "businessRuleTask",
})
SUB_PROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
ACTIVITIES = TASKS | SUB_PROCESSES | {"callActivity"}
GATEWAYS = frozenset({
    "exclusiveGateway", "inclusiveGateway", "parallelGateway", "complexGateway",
    "eventBasedGateway",
})
CATCHING = frozenset({"intermediateCatchEvent", "boundaryEvent", "startEvent"})
THROWING = frozenset({"intermediateThrowEvent", "endEvent"})
EVENTS = CATCHING | THROWING
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS

#: Elements of a process that hold or move data; Baton keeps case data in one document of its own.
DATA = frozenset({
    "dataObject", "dataObjectReference", "dataStoreReference", "dataInputAssociation",
    "dataOutputAssociation", "ioSpecification", "property", "dataInput", "dataOutput",
    "inputSet", "outputSet", "ioBinding",
})
#: What else may stand in a process without being run.
REMARKS = frozenset({
    "documentation", "extensionElements", "auditing", "monitoring", "laneSet", "textAnnotation",
    "association", "group", "supportedInterfaceRef", "supports", "resourceRole", "performer",
    "humanPerformer", "potentialOwner", "correlationSubscription", "sequenceFlow", "artifact",
    "completionCondition", "incoming", "outgoing", "standardLoopCharacteristics",
    "multiInstanceLoopCharacteristics", "categoryValueRef", "callableElement",
})
CHOREOGRAPHY = frozenset({
    "choreography", "globalChoreographyTask", "choreographyTask", "callChoreography",
    "subChoreography",
})
LOOPS = frozenset({"standardLoopCharacteristics", "multiInstanceLoopCharacteristics"})
CONVERSATIONS = frozenset({
    "conversation", "subConversation", "callConversation", "globalConversation",
})
DEFINITIONS = frozenset({
    "messageEventDefinition", "timerEventDefinition", "signalEventDefinition",
    "errorEventDefinition", "escalationEventDefinition", "conditionalEventDefinition",
    "linkEventDefinition", "compensateEventDefinition", "terminateEventDefinition",
    "cancelEventDefinition", "eventDefinitionRef",
})


def tag(name: str) -> str:
    """The full tag of the BPMN element `name`."""
    return f"{{{MODEL}}}{name}"


def kind(element: Element) -> str:
    """The local name of a BPMN element; "" for elements of other namespaces."""
    return _local(element.tag)


@lru_cache(maxsize=2000)
def _local(name: str) -> str:
    return name[len(MODEL) + 2:] if name.startswith(f"{{{MODEL}}}") else ""


def child(element: Element, name: str) -> Element | None:
    """The first BPMN child called `name`."""
    return element.find(tag(name))


def children(element: Element, name: str) -> list[Element]:
    """All BPMN children called `name`."""
    return element.findall(tag(name))


def content(element: Element | None) -> str:
    """The text of an element without the white space around it; "" when there is none."""
    return (element.text or "").strip() if element is not None else ""


def name_of(element: Element) -> str:
    """The drawn name on one line; "" when there is none."""
    return " ".join(element.get("name", "").split())


def definitions(event: Element) -> list[Element]:
    """The event definitions that stand in an event."""
    return [part for part in event if kind(part) in DEFINITIONS]


def is_true(value: str | None) -> bool:
    """An XML boolean that is set."""
    return value is not None and value.strip().lower() in ("true", "1")


def is_event_sub_process(element: Element) -> bool:
    """A sub-process that an event starts, not a flow."""
    return kind(element) in SUB_PROCESSES and is_true(element.get("triggeredByEvent"))


def drawn_id(element: Element) -> str:
    """The id on the drawing that this element stands for, whatever its own id is."""
    return element.get(FOR) or element.get("id") or ""
