"""What is drawn, as the token game needs it: nodes, flows and what encloses them."""

from __future__ import annotations

from dataclasses import dataclass, field

SUB_PROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
TASKS = frozenset({"task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask",
                   "scriptTask", "businessRuleTask"})
ACTIVITIES = SUB_PROCESSES | TASKS | {"callActivity"}
GATEWAYS = frozenset({"exclusiveGateway", "inclusiveGateway", "parallelGateway",
                      "complexGateway", "eventBasedGateway"})
EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent",
                    "intermediateThrowEvent", "boundaryEvent"})
NODES = ACTIVITIES | GATEWAYS | EVENTS


@dataclass(frozen=True)
class Flow:
    """A sequence flow."""

    id: str
    source: str
    target: str
    conditional: bool


@dataclass(frozen=True)
class Trigger:
    """An event definition: its kind ("error", "timer", …) and what it refers to."""

    kind: str
    about: str = ""


@dataclass(frozen=True)
class Rounds:
    """How often an activity is done: at least, at most (None: unknown), and all at once or not."""

    least: int
    most: int | None
    parallel: bool


@dataclass(frozen=True)
class Node:
    """A flow node; `scope` is the process or sub-process in which it stands."""

    id: str
    kind: str
    scope: str
    triggers: tuple[Trigger, ...] = ()
    default: str = ""
    attached_to: str = ""
    interrupts: bool = True
    by_event: bool = False
    undoes: bool = False
    instantiates: bool = False
    all_events: bool = False
    sequential: bool = False
    rounds: Rounds | None = None
    calls: str = ""

    def has(self, kind: str) -> bool:
        """Whether the node carries an event definition of this kind."""
        return any(trigger.kind == kind for trigger in self.triggers)


@dataclass
class Chart:
    """The whole file; `messages` are message flows as (id, source, target)."""

    nodes: dict[str, Node] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    processes: list[str] = field(default_factory=list)
    messages: list[tuple[str, str, str]] = field(default_factory=list)
    handlers: dict[str, str] = field(default_factory=dict)  # activity → what undoes it

    def __post_init__(self) -> None:
        self.out: dict[str, list[Flow]] = {}
        self.into: dict[str, list[Flow]] = {}
        self.inside: dict[str, list[Node]] = {}
        self.borders: dict[str, list[Node]] = {}
        for flow in self.flows.values():
            self.out.setdefault(flow.source, []).append(flow)
            self.into.setdefault(flow.target, []).append(flow)
        for node in self.nodes.values():
            self.inside.setdefault(node.scope, []).append(node)
            if node.kind == "boundaryEvent":
                self.borders.setdefault(node.attached_to, []).append(node)

    def outgoing(self, node: str) -> list[Flow]:
        return self.out.get(node, [])

    def incoming(self, node: str) -> list[Flow]:
        return self.into.get(node, [])

    def border(self, activity: str) -> list[Node]:
        return self.borders.get(activity, [])

    def members(self, scope: str) -> list[Node]:
        """The nodes directly in a scope."""
        return self.inside.get(scope, [])

    def body(self, node: Node) -> str:
        """The scope that runs while an activity goes on; "" when it is one step."""
        if node.kind in SUB_PROCESSES:
            return node.id if self.members(node.id) else ""
        if node.kind == "callActivity" and node.calls in self.processes:
            return node.calls if self.members(node.calls) else ""
        return ""

    def process_of(self, node: str) -> str:
        """The process in which a node stands, at whatever depth."""
        scope = self.nodes[node].scope
        while scope in self.nodes:
            scope = self.nodes[scope].scope
        return scope

    def holds(self, activity: Node, element: str) -> bool:
        """Whether something can happen to `element` within `activity` (or it is the same)."""
        seen: set[str] = set()
        ahead = [activity]
        while ahead:
            each = ahead.pop()
            if element == each.id or element in {b.id for b in self.border(each.id)}:
                return True
            body = self.body(each)
            if body and body not in seen:
                seen.add(body)
                ahead += self.members(body)
        return False

    def calls_itself(self, process: str) -> bool:
        """Whether a process comes back to itself through its call activities."""
        ahead, seen = [process], set()
        while ahead:
            scope = ahead.pop()
            for node in self.members(scope):
                body = self.body(node)
                if body == process and node.kind == "callActivity":
                    return True
                if body and body not in seen:
                    seen.add(body)
                    ahead.append(body)
        return False

    def link_target(self, throw: Node) -> Node | None:
        """The catching link of the same name in the same scope."""
        names = {trigger.about for trigger in throw.triggers if trigger.kind == "link"}
        for node in self.members(throw.scope):
            if node.kind == "intermediateCatchEvent" and any(
                    trigger.kind == "link" and trigger.about in names
                    for trigger in node.triggers):
                return node
        return None
