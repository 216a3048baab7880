"""The working copy of a drawing: an index over its XML tree, and the edits that adapting needs.

The index is kept up by every edit, so that adapting a large drawing stays linear.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from copy import deepcopy

from lxml import etree

from engine.intake.bpmn import (
    DRAWN,
    FLOW_NODES,
    FOR,
    INSERTED,
    LOOPS,
    SUB_PROCESSES,
    Element,
    child,
    children,
    definitions,
    drawn_id,
    is_event_sub_process,
    kind,
    name_of,
    tag,
)

_REFERENCES = ("sourceRef", "targetRef", "attachedToRef", "default")
_MAKES_ROOM_FOR_FLOWS = ("documentation", "extensionElements", "auditing", "monitoring",
                         "categoryValueRef")


class Drawing:
    """The processes of a drawing that will run, with their nodes and flows."""

    def __init__(self, root: Element, running: Iterable[Element],
                 partners: Iterable[Element] = ()) -> None:
        self.root = root
        self.running = list(running)
        #: Those of them that run as cases of their own beside the chosen one.
        self.partners = list(partners)
        self._nodes: dict[str, Element] = {}
        self._out: dict[str, list[Element]] = {}
        self._in: dict[str, list[Element]] = {}
        self._lane_refs: dict[str, list[Element]] = {}
        self._boundary: dict[str, list[Element]] = {}
        self._first_process = next((part for part in root if kind(part) == "process"), None)
        self._ids = {element.get("id", "") for element in root.iter()}
        self._counters: dict[str, int] = {}
        #: Drawn ids that inserted nodes stand for.
        self.represented: set[str] = set()
        self._never: set[str] = set()
        self._message_names = {message.get("name", "") for message in children(root, "message")}
        for process in self.running:
            self._index(process)

    def _index(self, process: Element) -> None:
        for reference in process.iter(tag("flowNodeRef")):
            self._lane_refs.setdefault((reference.text or "").strip(), []).append(reference)
        ahead = deque([process])
        while ahead:
            for element in ahead.popleft():
                name = kind(element)
                if name in FLOW_NODES and element.get("id"):
                    self._nodes.setdefault(element.get("id", ""), element)
                if name == "boundaryEvent":
                    self._boundary.setdefault(element.get("attachedToRef", ""), []).append(element)
                elif name == "sequenceFlow":
                    self._out.setdefault(element.get("sourceRef", ""), []).append(element)
                    self._in.setdefault(element.get("targetRef", ""), []).append(element)
                elif name in SUB_PROCESSES:
                    ahead.append(element)

    # --- looking -------------------------------------------------------------------------

    def runs(self, process: Element) -> bool:
        """Whether `process` is one of those that run."""
        return any(each is process for each in self.running)

    def nodes(self, *kinds: str) -> list[Element]:
        """The flow nodes of these BPMN kinds (all when none is given), as they are now."""
        return [node for node in self._nodes.values() if not kinds or kind(node) in kinds]

    def node(self, node_id: str | None) -> Element | None:
        """The flow node with this id."""
        return self._nodes.get(node_id or "")

    def flows(self) -> list[Element]:
        """All sequence flows."""
        return [flow for flows in self._out.values() for flow in flows]

    def outgoing(self, node: Element) -> list[Element]:
        """The flows that leave `node`."""
        return list(self._out.get(node.get("id", ""), ()))

    def incoming(self, node: Element) -> list[Element]:
        """The flows that lead to `node`."""
        return list(self._in.get(node.get("id", ""), ()))

    def target(self, flow: Element) -> Element | None:
        """The node that `flow` leads to."""
        return self.node(flow.get("targetRef"))

    def source(self, flow: Element) -> Element | None:
        """The node that `flow` comes from."""
        return self.node(flow.get("sourceRef"))

    def scopes(self) -> list[Element]:
        """Every process and sub-process, outer ones first."""
        return [*self.running, *self.nodes(*SUB_PROCESSES)]

    def members(self, scope: Element) -> list[Element]:
        """The flow nodes that stand directly in `scope`."""
        return [part for part in scope if kind(part) in FLOW_NODES and part.get("id")]

    def boundary(self, activity: Element) -> list[Element]:
        """The boundary events that sit on `activity`."""
        return list(self._boundary.get(activity.get("id", ""), ()))

    def entries(self, scope: Element) -> list[Element]:
        """The nodes of `scope` that no flow leads to and that no event wakes."""
        return [node for node in self.members(scope)
                if kind(node) not in ("boundaryEvent", "startEvent")
                and not is_event_sub_process(node) and not self._in.get(node.get("id", ""))
                and node.get("id") not in self._never]

    # --- adding --------------------------------------------------------------------------

    def new_id(self, base: str) -> str:
        """An id that nothing in the file has yet, beginning with `base`."""
        count = self._counters.get(base, 0)
        candidate = base if not count else f"{base}_{count + 1}"
        while candidate in self._ids:
            count += 1
            candidate = f"{base}_{count + 1}"
        self._counters[base] = count
        self._ids.add(candidate)
        return candidate

    def add_node(self, scope: Element, name: str, base: str, stands_for: str,
                 beside: str = "") -> Element:
        """Insert a flow node of kind `name` that belongs to the drawn element `stands_for`.

        It comes into the lane of the node `beside`, which is the same one if none is given.
        """
        node = etree.SubElement(scope, tag(name))
        node.set("id", self.new_id(base))
        node.set(FOR, stands_for)
        node.set(INSERTED, "true")
        self.represented.add(stands_for)
        self._nodes[node.get("id", "")] = node
        for reference in self._lane_refs.get(beside or stands_for, [])[:1]:
            twin = etree.Element(reference.tag)
            twin.text = node.get("id")
            reference.addnext(twin)
            self._lane_refs.setdefault(node.get("id", ""), []).append(twin)
        return node

    def attach(self, event: Element, activity: Element) -> None:
        """Let `event` sit on the border of `activity`, in whose scope it stands."""
        event.set("attachedToRef", activity.get("id", ""))
        self._boundary.setdefault(activity.get("id", ""), []).append(event)

    def move_border(self, event: Element, activity: Element) -> None:
        """Let a boundary event sit on another activity of the same scope."""
        self._boundary[event.get("attachedToRef", "")].remove(event)
        self.attach(event, activity)

    def copy_into(self, scope: Element, node: Element) -> Element:
        """A copy of `node` with all that stands in it, under ids of their own, put into `scope`.

        The copies stand for what is drawn; the lane of `node` is theirs.
        """
        twin = deepcopy(node)
        twin.tail = None
        new: dict[str, str] = {}
        for part in twin.iter():
            old = part.get("id") if kind(part) else None
            if old is not None:
                new[old] = self.new_id(f"{old}_again")
                part.set("id", new[old])
                if kind(part) in FLOW_NODES or kind(part) == "sequenceFlow":
                    part.set(FOR, part.get(FOR) or old)
        for part in twin.iter():
            for reference in _REFERENCES:
                if part.get(reference) in new:
                    part.set(reference, new[part.get(reference, "")])
        scope.append(twin)
        self._nodes[twin.get("id", "")] = twin
        self._index(twin)
        for lane in self._lane_refs.get(node.get("id", ""), [])[:1]:
            again = etree.Element(lane.tag)
            again.text = twin.get("id")
            lane.addnext(again)
            self._lane_refs.setdefault(twin.get("id", ""), []).append(again)
        return twin

    def adopt(self, node: Element) -> None:
        """Take a node with a new id, already put into the tree, into the index."""
        self._nodes[node.get("id", "")] = node

    def add_flow(self, source: Element, target: Element, *, name: str = "",
                 stands_for: str = "") -> Element:
        """Insert a sequence flow within the scope of `source`."""
        scope = source.getparent()
        assert scope is not None, "a flow node always stands in a process"  # noqa: S101
        flow = etree.SubElement(scope, tag("sequenceFlow"))
        flow.set("id", self.new_id(f"{source.get('id')}_to_{target.get('id')}"[:80]))
        flow.set("sourceRef", source.get("id", ""))
        flow.set("targetRef", target.get("id", ""))
        flow.set(FOR, stands_for or drawn_id(source))
        flow.set(INSERTED, "true")
        if name:
            flow.set("name", name)
        self._out.setdefault(source.get("id", ""), []).append(flow)
        self._in.setdefault(target.get("id", ""), []).append(flow)
        return flow

    def add_root(self, name: str, base: str, /, **attributes: str) -> Element:
        """Insert an element beside the processes, such as a message."""
        element = etree.Element(tag(name))
        element.set("id", self.new_id(base))
        for key, value in attributes.items():
            element.set(key, value)
        # Before the first process: the schema wants root elements ahead of the diagrams.
        if self._first_process is not None:
            self._first_process.addprevious(element)
        else:
            self.root.append(element)
        return element

    def own_message(self, event: Element, name: str = "") -> Element:
        """A message that only `event` waits for, called `name` or like the event."""
        name = name or name_of(event) or event.get("id", "")
        if name in self._message_names:
            name = f"{name} ({event.get('id')})"
        self._message_names.add(name)
        return self.add_root("message", f"Message_{event.get('id')}"[:80], name=name)

    # --- changing ------------------------------------------------------------------------

    def retag(self, node: Element, name: str) -> None:
        """Make `node` another kind of element; what was drawn stays in `baton:drawn`."""
        if DRAWN not in node.attrib:
            node.set(DRAWN, kind(node))
        node.tag = tag(name)

    def by_hand(self, node: Element, *unneeded: str) -> None:
        """Make `node` a step that a person does, without the children that only fitted before."""
        for part in list(node):
            if kind(part) in unneeded:
                node.remove(part)
        self.retag(node, "userTask")

    def skip(self, node: Element, *unneeded: str) -> None:
        """Let the case pass `node` at once: a script that does nothing, whatever is on its border.
        """
        for part in list(node):
            if kind(part) in (*unneeded, "script") or kind(part) in LOOPS:
                node.remove(part)
        self.retag(node, "scriptTask")
        etree.SubElement(node, tag("script")).text = "pass"

    def skip_event(self, event: Element) -> None:
        """Let the case pass a catching event at once."""
        for part in definitions(event):
            event.remove(part)
        self.retag(event, "intermediateThrowEvent")

    def leave_from(self, flow: Element, source: Element) -> None:
        """Let `flow` start at `source` instead, in the same scope."""
        _forget(self._out, flow.get("sourceRef"), flow)
        flow.set("sourceRef", source.get("id", ""))
        self._out.setdefault(source.get("id", ""), []).append(flow)

    def lead_to(self, flow: Element, target: Element) -> None:
        """Let `flow` end at `target` instead, in the same scope."""
        _forget(self._in, flow.get("targetRef"), flow)
        flow.set("targetRef", target.get("id", ""))
        self._in.setdefault(target.get("id", ""), []).append(flow)

    def remove_flow(self, flow: Element) -> None:
        """Take a sequence flow out."""
        _forget(self._out, flow.get("sourceRef"), flow)
        _forget(self._in, flow.get("targetRef"), flow)
        _detach(flow)

    def remove_node(self, node: Element) -> None:
        """Take a node out, with its flows, its boundary events and all that stands in it."""
        # Forgotten first: a border event may sit on itself.
        for event in self._boundary.pop(node.get("id", ""), []):
            self.remove_node(event)
        self._forget_inside(node)
        for flow in [*self.outgoing(node), *self.incoming(node)]:
            if flow.getparent() is not None:
                self.remove_flow(flow)
        self._nodes.pop(node.get("id", ""), None)
        if kind(node) == "boundaryEvent" and node in self._boundary.get(
                node.get("attachedToRef", ""), ()):
            self._boundary[node.get("attachedToRef", "")].remove(node)
        _detach(node)

    def never(self, event: Element) -> None:
        """Take out an event that never happens; what only it leads to never begins."""
        for flow in self.outgoing(event):
            target = self.target(flow)
            if target is not None and all(each is flow for each in self.incoming(target)):
                self._never.add(target.get("id", ""))
        self.remove_node(event)

    def inside(self, scope: Element) -> Iterator[Element]:
        """All flow nodes within `scope`, at any depth."""
        for element in list(scope.iterdescendants()):
            if kind(element) in FLOW_NODES and element.get("id"):
                yield element

    def empty(self, scope: Element) -> None:
        """Take everything that runs out of a sub-process."""
        self._forget_inside(scope)
        for part in list(scope):
            if kind(part) in FLOW_NODES or kind(part) in ("sequenceFlow", "laneSet"):
                scope.remove(part)

    def _forget_inside(self, scope: Element) -> None:
        for node in self.inside(scope):
            for index in (self._nodes, self._out, self._in, self._boundary):
                index.pop(node.get("id", ""), None)

    def rename(self, node: Element, new_id: str) -> None:
        """Give `node` another id and let its flows, boundary events and lane follow."""
        old = node.get("id", "")
        for event in self._boundary.pop(old, []):
            event.set("attachedToRef", new_id)
            self._boundary.setdefault(new_id, []).append(event)
        for flow in self._out.pop(old, []):
            flow.set("sourceRef", new_id)
            self._out.setdefault(new_id, []).append(flow)
        for flow in self._in.pop(old, []):
            flow.set("targetRef", new_id)
            self._in.setdefault(new_id, []).append(flow)
        for reference in self._lane_refs.get(old, []):
            reference.text = new_id
        self._nodes.pop(old, None)
        node.set("id", new_id)
        self._nodes[new_id] = node

    def write_flow_references(self) -> None:
        """Write every node's `incoming` and `outgoing` anew, in the place the schema wants."""
        for node in self.nodes():
            for part in [*children(node, "incoming"), *children(node, "outgoing")]:
                node.remove(part)
            at = sum(1 for part in node if kind(part) in _MAKES_ROOM_FOR_FLOWS)
            for name, flows in (("outgoing", self.outgoing(node)), ("incoming",
                                                                    self.incoming(node))):
                for flow in reversed(flows):
                    reference = etree.Element(tag(name))
                    reference.text = flow.get("id")
                    node.insert(at, reference)


def _detach(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def condition_of(flow: Element) -> Element | None:
    """The condition expression of a sequence flow."""
    return child(flow, "conditionExpression")


def _forget(index: dict[str, list[Element]], node: str | None, flow: Element) -> None:
    """Take a flow out of an index, in which one of two nodes with one id may have lost its own."""
    if flow in index.get(node or "", ()):
        index[node or ""].remove(flow)
