"""Drawings changed as tools, editors, people and attackers change them."""

from __future__ import annotations

from copy import deepcopy
from random import Random

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
VENDORS = ("http://camunda.org/schema/1.0/bpmn", "http://camunda.org/schema/zeebe/1.0",
           "http://flowable.org/bpmn", "http://activiti.org/bpmn", "http://www.signavio.com",
           "urn:baton:bpmn:1", "urn:nobody")
ODD_IDS = ("", " ", "a b", "首次", "\"'", "a/b#c", "P.EndJoin", "Start", "End", "Root", "x" * 3000,
           "t.BoundaryEventSplit", "None", "${x}", "1", "-", "a:b", "\u202eabc", "<&>")
TEXTS = ("", "true", "${approved}", "${a > 1 && b != 'x'}", "= a > 1", "x > 1", "R/PT1H", "R3/PT1S",
         "PT2H", "P-1D", "2026-03-02T09:00:00", "R/2026-01-01/P1D", "0 0 * * *", "import os",
         "x = 1", "while True: pass", "9" * 400, "(" * 400, "é首😀", "0", "-1", "1000000", "None")
NODES = ("task", "userTask", "serviceTask", "sendTask", "receiveTask", "scriptTask",
         "businessRuleTask", "manualTask", "callActivity", "subProcess", "transaction",
         "adHocSubProcess", "exclusiveGateway", "inclusiveGateway", "parallelGateway",
         "complexGateway", "eventBasedGateway", "startEvent", "endEvent", "boundaryEvent",
         "intermediateCatchEvent", "intermediateThrowEvent")
DEFINITIONS = ("message", "timer", "signal", "error", "escalation", "conditional", "link",
               "compensate", "terminate", "cancel")
REFERENCES = ("sourceRef", "targetRef", "attachedToRef", "calledElement", "messageRef",
              "signalRef", "errorRef", "escalationRef", "activityRef", "default", "processRef",
              "bpmnElement", "operationRef", "itemSubjectRef", "dataObjectRef")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1",
             "cp1252", "gb18030", "gbk", "shift_jis", "ascii")

Element = etree._Element


def mutated(data: bytes, random: Random, count: int) -> bytes:
    """`data` after `count` changes of its elements, still well-formed."""
    root = etree.fromstring(data)
    for _ in range(count):
        every = [each for each in root.iter() if isinstance(each.tag, str)]
        random.choice(CHANGES)(random, random.choice(every), every)
    return etree.tostring(root)


def spelled(data: bytes, random: Random) -> bytes:
    """The same drawing in some encoding, declared rightly, wrongly or not at all."""
    text = etree.tostring(etree.fromstring(data), encoding="unicode")
    encoding = random.choice(ENCODINGS)
    declared = random.choice((encoding, random.choice(ENCODINGS), "nonsense", ""))
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    return (head + text).encode(encoding, random.choice(("xmlcharrefreplace", "replace")))


def torn(data: bytes, random: Random) -> bytes:
    """The file cut off, or with bytes lost, doubled or changed."""
    at, length = random.randrange(len(data)), random.randrange(1, 60)
    return random.choice((
        data[:at], data[at:], data[:at] + data[at + length:],
        data[:at] + data[at:at + length] * 2 + data[at + length:],
        data[:at] + bytes(random.randrange(256) for _ in range(3)) + data[at + 3:]))


def _set(element: Element, name: str, value: str) -> None:
    try:
        element.set(name, value)
    except ValueError:  # control characters can't stand in XML at all
        element.set(name, "?")


def drop_attribute(random: Random, element: Element, every: list[Element]) -> None:
    if element.attrib:
        del element.attrib[random.choice(sorted(map(str, element.attrib)))]


def swap_ids(random: Random, element: Element, every: list[Element]) -> None:
    other = random.choice(every)
    one, two = element.get("id"), other.get("id")
    for target, value in ((element, two), (other, one)):
        if value is not None:
            _set(target, "id", value)


def odd_id(random: Random, element: Element, every: list[Element]) -> None:
    """A strange id, with everything that pointed at the old one pointing at it."""
    old, new = element.get("id"), random.choice(ODD_IDS)
    for each in every:
        for name, value in list(each.attrib.items()):
            if value == old and old and (name == "id" or random.random() < 0.9):
                _set(each, str(name), new)
        if each.text == old and old:
            each.text = new
    if old is None:
        _set(element, "id", new)


def refer(random: Random, element: Element, every: list[Element]) -> None:
    """A reference to nothing, to itself, or to anything else."""
    ids = [each.get("id", "") for each in random.choices(every, k=5)]
    _set(element, random.choice(REFERENCES), random.choice(
        ["nowhere", element.get("id", "x"), *ids]))


def circle(random: Random, element: Element, every: list[Element]) -> None:
    """A call of the process around, a border event on itself, an arrow to where it came from."""
    kind = etree.QName(element).localname
    around = [each.get("id", "") for each in element.iterancestors()]
    if kind == "sequenceFlow":
        _set(element, "targetRef", element.get("sourceRef", ""))
    elif kind == "boundaryEvent":
        _set(element, "attachedToRef", random.choice([element.get("id", ""), *around, ""]))
    elif around and kind.endswith("Task"):
        element.tag = f"{{{BPMN}}}callActivity"
        _set(element, "calledElement", random.choice(around))


def change_tag(random: Random, element: Element, every: list[Element]) -> None:
    element.tag = f"{{{random.choice([BPMN, BPMN, BPMN, 'urn:wrong'])}}}{random.choice(NODES)}"


def define(random: Random, element: Element, every: list[Element]) -> None:
    """An event definition, where one may stand and where none may."""
    part = etree.SubElement(element, f"{{{BPMN}}}{random.choice(DEFINITIONS)}EventDefinition")
    if random.random() < 0.5:
        inner = etree.SubElement(part, f"{{{BPMN}}}" + random.choice(
            ("timeDuration", "timeDate", "timeCycle", "condition", "source", "target")))
        inner.text = random.choice(TEXTS)


def loop(random: Random, element: Element, every: list[Element]) -> None:
    part = etree.SubElement(element, f"{{{BPMN}}}" + random.choice(
        ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics")))
    _set(part, random.choice(("isSequential", "loopMaximum", "behavior", "testBefore")),
         random.choice(("true", "3", "0", "None")))
    for name in random.sample(("loopCardinality", "completionCondition", "loopCondition",
                               "loopDataInputRef", "inputDataItem"), 2):
        etree.SubElement(part, f"{{{BPMN}}}{name}").text = random.choice(TEXTS)


def condition(random: Random, element: Element, every: list[Element]) -> None:
    name = random.choice(("conditionExpression", "script", "documentation", "extensionElements"))
    etree.SubElement(element, f"{{{BPMN}}}{name}").text = random.choice(TEXTS)


def mark(random: Random, element: Element, every: list[Element]) -> None:
    """An attribute that BPMN or a vendor knows, with a value that nobody expects."""
    known = ("triggeredByEvent", "cancelActivity", "isInterrupting", "isExecutable", "name",
             "isForCompensation", "eventGatewayType", "instantiate", "gatewayDirection")
    vendor = ("assignee", "candidateUsers", "dueDate", "priority", "formKey", "topic", "type",
              "decisionRef", "calledDecision", "for", "inserted", "decide", "drawn", "expression")
    name = random.choice(known) if random.random() < 0.6 else (
        f"{{{random.choice(VENDORS)}}}{random.choice(vendor)}")
    _set(element, name, random.choice(("true", "false", "", *TEXTS, *ODD_IDS)))


def drop(random: Random, element: Element, every: list[Element]) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def repeat(random: Random, element: Element, every: list[Element]) -> None:
    """A copy, with its ids or with new ones."""
    if len(every) > 2000:
        return
    copy = deepcopy(element)
    if random.random() < 0.5:
        for number, each in enumerate(copy.iter(etree.Element)):
            if each.get("id"):
                _set(each, "id", f"{each.get('id')}_{number}_{random.randrange(999)}")
    random.choice(every).append(copy)


def move(random: Random, element: Element, every: list[Element]) -> None:
    target = random.choice(every)
    if element.getparent() is not None and element not in (target, *target.iterancestors()):
        target.append(element)


def nest(random: Random, element: Element, every: list[Element]) -> None:
    for _ in range(random.choice([2, 20, 120])):
        element = etree.SubElement(element, element.tag, {"id": f"deep{random.randrange(99)}"})


def flood(random: Random, element: Element, every: list[Element]) -> None:
    element.text = random.choice(["x" * 100_000, "首" * 20_000, " " * 50_000, "a\nb" * 9999])
    _set(element, "name", element.text[:random.choice([10, 50_000])])


def join(random: Random, element: Element, every: list[Element]) -> None:
    """Arrows from anywhere to anywhere."""
    ids = [each.get("id") for each in every if each.get("id")]
    for _ in range(random.choice([1, 3, 12])):
        etree.SubElement(element, f"{{{BPMN}}}sequenceFlow", {
            "id": f"f{random.randrange(10**6)}", "sourceRef": random.choice(ids or ["x"]),
            "targetRef": random.choice(ids or ["x"])})


CHANGES = (drop_attribute, swap_ids, odd_id, refer, circle, change_tag, define, loop, condition,
           mark, drop, repeat, move, nest, flood, join)
