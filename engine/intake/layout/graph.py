"""One scope of a drawing (a process or sub-process) as a graph to be laid out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.intake.bpmn import (
    FLOW_NODES,
    SUB_PROCESSES,
    Element,
    children,
    content,
    is_event_sub_process,
    kind,
    name_of,
)
from engine.intake.layout.lanes import Lanes
from engine.intake.layout.shapes import (
    BORDER_LABEL,
    PADDING,
    PADDING_TOP,
    Box,
    Point,
    label_size,
    size_of,
)

REMARKS = frozenset({"textAnnotation", "dataObjectReference", "dataStoreReference", "dataInput",
                     "dataOutput"})


@dataclass
class Node:
    """A flow node with its size; `inside` is the layout of what is drawn in it."""

    id: str
    kind: str
    name: str
    width: float
    height: float
    band: int = 0
    inside: Layout | None = None
    border: list[Node] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    aside: bool = False  # an event sub-process: no arrow leads to it


@dataclass(frozen=True)
class Remark:
    """A note or a piece of data beside what it belongs to."""

    id: str
    kind: str
    name: str


@dataclass(frozen=True)
class Edge:
    """A sequence flow between two nodes of the scope; `leaves` is the border event, if any."""

    id: str
    name: str
    source: str
    target: str
    leaves: str = ""


@dataclass
class Layout:
    """Where everything stands, from (0, 0); `bands` are the tops and heights of the lanes."""

    width: float = 0
    height: float = 0
    shapes: dict[str, Box] = field(default_factory=dict)
    edges: dict[str, list[Point]] = field(default_factory=dict)
    labels: dict[str, Box] = field(default_factory=dict)
    bands: list[tuple[float, float]] = field(default_factory=list)
    expanded: set[str] = field(default_factory=set)

    def take(self, other: Layout, dx: float, dy: float) -> None:
        """Put `other` into this one, moved."""
        self.shapes.update((key, box.moved(dx, dy)) for key, box in other.shapes.items())
        self.labels.update((key, box.moved(dx, dy)) for key, box in other.labels.items())
        self.expanded |= other.expanded
        for key, line in other.edges.items():
            self.edges[key] = [Point(x + dx, y + dy) for x, y in line]


@dataclass
class Scope:
    """The nodes and edges directly in a process or sub-process; `bands` are its leaf lanes."""

    nodes: dict[str, Node]
    edges: list[Edge]
    loose: list[Remark]
    bands: int


def read_scope(element: Element, inside: dict[str, Layout], lanes: Lanes) -> Scope:
    """The graph of what stands directly in `element`.

    `inside` holds the layouts of its sub-processes, by id. Of two elements with one id the
    first counts.
    """
    nodes: dict[str, Node] = {}
    border: list[Element] = []
    for part in element:
        if kind(part) not in FLOW_NODES or not part.get("id") or part.get("id") in nodes:
            continue
        if kind(part) == "boundaryEvent":
            border.append(part)
            continue
        nodes[part.get("id", "")] = _node(part, inside.get(part.get("id", "")))
    hosts: dict[str, str] = {}
    for part in border:
        host = nodes.get(part.get("attachedToRef", ""))
        if host is None:
            nodes.setdefault(part.get("id", ""), _node(part, None))
        elif part.get("id") not in nodes and part.get("id") not in hosts:
            hosts[part.get("id", "")] = host.id
            host.border.append(_node(part, None))
    for key, band in lanes.band_of.items():
        if key in nodes:
            nodes[key].band = band
    for node in nodes.values():
        if len(node.border) > 1:
            node.width = max(node.width, 48 + border_step(node) * (len(node.border) - 1) + 50)
    edges = list(_edges(element, nodes, hosts))
    if lanes.count:
        _settle_unplaced(nodes, edges, set(lanes.band_of))
    loose = _read_remarks(element, nodes, hosts)
    return Scope(nodes, edges, loose, lanes.count)


def _node(part: Element, inside: Layout | None) -> Node:
    width, height = size_of(kind(part), name_of(part))
    if inside is not None:
        width = max(inside.width + 2 * PADDING, 140.0)
        height = inside.height + PADDING + PADDING_TOP
    return Node(part.get("id", ""), kind(part), name_of(part), width, height, inside=inside,
                aside=is_event_sub_process(part))


def border_step(node: Node) -> float:
    """How far apart the events on a node's border sit: names need room between them."""
    widths = [label_size(event.name, BORDER_LABEL)[0] for event in node.border if event.name]
    return max(widths) + 42.0 if widths else 46.0


def _edges(element: Element, nodes: dict[str, Node], hosts: dict[str, str]) -> Iterator[Edge]:
    seen = set()
    for flow in children(element, "sequenceFlow"):
        source, target = flow.get("sourceRef", ""), flow.get("targetRef", "")
        target = hosts.get(target, target)
        start = hosts.get(source, source)
        if start in nodes and target in nodes and flow.get("id") and flow.get("id") not in seen:
            seen.add(flow.get("id"))
            yield Edge(flow.get("id", ""), name_of(flow), start, target,
                       source if source in hosts else "")
    for tie in children(element, "association"):
        # What undoes a step is tied to the event on its border: it stands where a flow leads.
        source, target = tie.get("sourceRef", ""), tie.get("targetRef", "")
        if source in hosts and target in nodes and tie.get("id") and tie.get("id") not in seen:
            seen.add(tie.get("id"))
            yield Edge(tie.get("id", ""), "", hosts[source], target, source)


def _settle_unplaced(nodes: dict[str, Node], edges: list[Edge], placed: set[str]) -> None:
    """What no lane names stands in the lane of what comes before or after it."""
    for _ in range(3):
        for edge in edges:
            source, target = edge.source, edge.target
            if source in placed and target not in placed:
                nodes[target].band = nodes[source].band
                placed.add(target)
            elif target in placed and source not in placed:
                nodes[source].band = nodes[target].band
                placed.add(source)


def _read_remarks(element: Element, nodes: dict[str, Node], hosts: dict[str, str]) -> list[Remark]:
    """Give each note and piece of data to the node it is tied to; returns those of none."""
    remarks = {part.get("id", ""): Remark(part.get("id", ""), kind(part), remark_name(part))
               for part in element if kind(part) in REMARKS and part.get("id")}
    for part in element:
        if kind(part) == "ioSpecification":
            remarks.update((each.get("id", ""), Remark(each.get("id", ""), kind(each),
                                                       name_of(each)))
                           for each in part if kind(each) in REMARKS and each.get("id"))
    owner: dict[str, str] = {}
    for one, other in _ties(element):
        for remark, node in ((one, other), (other, one)):
            node = hosts.get(node, node)
            if remark in remarks and node in nodes:
                owner.setdefault(remark, node)
    flows = {edge.id: edge.source for edge in _edges(element, nodes, hosts)}
    for one, other in _ties(element):
        for remark, flow in ((one, other), (other, one)):
            if remark in remarks and flow in flows:
                owner.setdefault(remark, flows[flow])
    for remark, node in owner.items():
        nodes[node].remarks.append(remarks[remark])
    return [remark for key, remark in remarks.items() if key not in owner]


def _ties(element: Element) -> Iterator[tuple[str, str]]:
    for part in element:
        if kind(part) == "association":
            yield part.get("sourceRef", ""), part.get("targetRef", "")
        for each in part if kind(part) in FLOW_NODES else ():
            if kind(each) in ("dataInputAssociation", "dataOutputAssociation"):
                for end in (*children(each, "sourceRef"), *children(each, "targetRef")):
                    yield content(end), part.get("id", "")


def remark_name(part: Element) -> str:
    """What a note says, or the name of a piece of data."""
    if kind(part) == "textAnnotation":
        return " ".join(content(next(iter(children(part, "text")), None)).split())
    return name_of(part)


def sub_scopes(element: Element) -> list[Element]:
    """The sub-processes directly in `element` that have something drawn in them."""
    return [part for part in element if kind(part) in SUB_PROCESSES and part.get("id")
            and any(kind(each) in FLOW_NODES or kind(each) in REMARKS for each in part)]
