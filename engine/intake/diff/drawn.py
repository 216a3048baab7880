"""What is on a drawing, as plain texts that can be compared element by element."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from engine.intake import layout, unnamed
from engine.intake.bpmn import (
    DEFINITIONS,
    FLOW_NODES,
    LOOPS,
    PLACE,
    SUB_PROCESSES,
    Element,
    child,
    children,
    content,
    kind,
    name_of,
)
from engine.intake.layout.diagram import Ids, Plane, planes
from engine.intake.layout.shapes import Point
from engine.intake.normal import give_ids
from engine.intake.read import read_drawing

_REMARKS = frozenset({"textAnnotation", "dataObjectReference", "dataStoreReference"})
_NAMED = frozenset({"message", "signal", "error", "escalation"})
_LONGEST = 400
#: What is told by itself, or is a matter of the layout or of writing.
_TOLD = frozenset({"id", "name", "attachedToRef", "sourceRef", "targetRef", "default",
                   "processRef", PLACE})
_USUAL = frozenset({
    "isForCompensation=false", "startQuantity=1", "completionQuantity=1", "isInterrupting=true",
    "cancelActivity=true", "parallelMultiple=false", "triggeredByEvent=false", "instantiate=false",
    "implementation=##unspecified", "implementation=##WebService", "gatewayDirection=Unspecified",
    "gatewayDirection=Diverging", "gatewayDirection=Converging", "isCollection=false"})
_TOLD_PARTS = frozenset({"documentation", "incoming", "outgoing", "conditionExpression",
                         "flowNodeRef", "laneSet", "childLaneSet", "sequenceFlow", "text",
                         "association"}) | DEFINITIONS | LOOPS | FLOW_NODES | _REMARKS


@dataclass(frozen=True)
class Drawn:
    """One element: `sort` is step, flow, lane, pool, message or note; `facts` its texts.

    `around` is what it stands in; `called` what people call it, with or without a name.
    """

    id: str
    sort: str
    kind: str
    name: str
    facts: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    target: str = ""
    around: str = ""
    place: Point | None = None
    called: str = ""


def read(data: bytes, language: str = "en") -> dict[str, Drawn]:
    """All that is drawn, by id; what has no name is called by its place, in `language`.

    Raises Invalid or TooLarge for what can't be read.
    """
    root = read_drawing(data)
    layout.draw(layout.repair, root)
    give_ids(root)
    unnamed.mark(root)
    places = dict(_places(root))
    lanes = _lanes(root)
    named = {part.get("id", ""): name_of(part) or part.get("errorCode", "") for part in root
             if kind(part) in _NAMED}
    defaults = {element.get("default") for element in root.iter() if element.get("default")}
    found: dict[str, Drawn] = {}
    for element in root.iter():
        key = element.get("id", "")
        sort = _sort(element)
        if not sort or not key or key in found:
            continue
        facts = dict(_facts(element, sort, lanes, named))
        if key in defaults:
            facts["default"] = "yes"
        found[key] = Drawn(
            key, sort, kind(element), _name(element), facts, element.get("sourceRef", ""),
            element.get("targetRef", ""), _around(element), places.get(key),
            _called(element, language))
    return found


def _sort(element: Element) -> str:
    name = kind(element)
    if name in FLOW_NODES:
        return "step"
    return {"sequenceFlow": "flow", "lane": "lane", "participant": "pool",
            "messageFlow": "message"}.get(name, "note" if name in _REMARKS else "")


def _name(element: Element) -> str:
    if kind(element) == "textAnnotation":
        return _cut(content(child(element, "text")))
    return _cut(name_of(element))


def _called(element: Element, language: str) -> str:
    place = unnamed.place_of(element)
    return place.in_words()[language] if place else _name(element)


def _around(element: Element) -> str:
    """The id of the sub-process or lane that it stands in; "" on the outermost level."""
    kinds = {"lane"} if kind(element) == "lane" else SUB_PROCESSES
    return next((each.get("id", "") for each in element.iterancestors()
                 if kind(each) in kinds), "")


def _lanes(root: Element) -> dict[str, str]:
    """The innermost lane of each node."""
    found: dict[str, str] = {}
    depth: dict[str, int] = {}
    for reference in root.iter("{*}flowNodeRef"):
        around = [each for each in reference.iterancestors() if kind(each) == "lane"]
        node = content(reference)
        if around and len(around) > depth.get(node, 0):
            depth[node], found[node] = len(around), around[0].get("id", "")
    return found


def _facts(element: Element, sort: str, lanes: Mapping[str, str],
           named: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    documentation = " ".join(content(each) for each in children(element, "documentation"))
    if documentation.strip():
        yield "documentation", _cut(documentation)
    condition = child(element, "conditionExpression")
    if condition is not None:
        yield "condition", _cut(content(condition))
    if element.get("attachedToRef"):
        yield "attached", element.get("attachedToRef", "")
    if element.get("id", "") in lanes:
        yield "lane", lanes[element.get("id", "")]
    for part in element:
        if kind(part) in DEFINITIONS:
            yield "definition", _spelled(part, named)
        elif kind(part) in LOOPS:
            yield "repetition", _spelled(part, named)
    if sort == "step":
        yield "details", _details(element)


def _spelled(part: Element, named: Mapping[str, str]) -> str:
    """A definition in words: its kind, what it names or sets, and the texts in it."""
    said = [named.get(each.partition("=")[2], each) for each in _attributes(part, {"id"})]
    texts = [" ".join(str(text).split()) for text in part.itertext() if str(text).strip()]
    return _cut(" ".join([kind(part), *filter(None, said), *texts]))


def _details(element: Element) -> str:
    """Everything else that is written at a step, in one line that only serves comparing."""
    said = [each for each in _attributes(element, _TOLD) if each not in _USUAL]
    said += [_canonical(part) for part in element if kind(part) not in _TOLD_PARTS]
    return " ".join(said)


def _canonical(part: Element) -> str:
    words = []
    for each in part.iter():
        words.append(etree.QName(each).localname)
        words += _attributes(each, {"id"})
        words.append(" ".join((each.text or "").split()))
    return " ".join(words)


def _attributes(element: Element, without: Collection[str]) -> list[str]:
    pairs = sorted((str(name), str(value)) for name, value in element.attrib.items())
    return [f"{name}={value}" for name, value in pairs if name not in without]


def _places(root: Element) -> Iterator[tuple[str, Point]]:
    for element in planes(root):
        for key, box in Plane(element, Ids(element)).boxes.items():
            yield key, box.middle


def _cut(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= _LONGEST else line[:_LONGEST - 1] + "…"
