"""From an adapted scope to its net: what each node does with tokens, by BPMN 2.0.2, chapter 13.

A sub-process or called process is one node of the net around it: it is done, or left by one of
the events on its border, in the ways that exploring its own net has shown. An event on a border
that doesn't interrupt is a token beside it that may go on or be dropped. Loops run once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from engine.intake.bpmn import (
    DECIDE,
    DECISION,
    SUB_PROCESSES,
    THROWING,
    Element,
    children,
    content,
    definitions,
    is_true,
    kind,
)
from engine.intake.drawing import Drawing, condition_of
from engine.intake.prove.net import Net, Step

#: What is thrown and caught by code: kind of definition, code ("" catches every code).
Code = tuple[str, str]
#: The codes that the scopes around would catch, and whether that interrupts this one.
Caught = Mapping[Code, bool]

_CODED = {"errorEventDefinition": ("errorRef", "error", "errorCode"),
          "escalationEventDefinition": ("escalationRef", "escalation", "escalationCode"),
          "cancelEventDefinition": ("", "", "")}
_AT_ONCE = frozenset({"startEvent", "endEvent", "intermediateThrowEvent", "parallelGateway",
                      "scriptTask"})
#: Ways out of an inclusive gateway up to which every combination is played.
_MOST_COMBINED = 7


@dataclass(frozen=True)
class Inside:
    """What a sub-process can come to: whether it can be done, the codes by which it can be left
    (its text as Step.ends), and those thrown out of it while it goes on. Where it never `rests`,
    it is over before any event on its border could happen."""

    done: bool
    left_by: frozenset[str]
    thrown: frozenset[Code]
    rests: bool = True


def inner_scope(drawing: Drawing, node: Element) -> Element | None:
    """The scope that runs inside of `node`: its own, or that of the process it calls."""
    if kind(node) in SUB_PROCESSES:
        return node
    if kind(node) == "callActivity":
        called = node.get("calledElement")
        return next((each for each in drawing.running if each.get("id") == called), None)
    return None


def codes_caught(drawing: Drawing, host: Element, around: Caught) -> Caught:
    """What is caught of that which is thrown inside of `host`: nearer events come first."""
    found = dict(around)
    for event in drawing.boundary(host):
        code = _code(drawing, event)
        if code is not None:
            found[code] = is_true(event.get("cancelActivity", "true"))
    return found


def _code(drawing: Drawing, event: Element) -> Code | None:
    """What an event throws or catches by code; None where it doesn't."""
    for definition in definitions(event):
        names = _CODED.get(kind(definition))
        if names is None:
            continue
        attribute, root, code = names
        reference = definition.get(attribute, "") if attribute else ""
        found = next((each for each in children(drawing.root, root)
                      if each.get("id") == reference), None) if reference else None
        return kind(definition), found.get(code, "") if found is not None else ""
    return None


def thrown_beside(drawing: Drawing, node: Element, caught: Caught) -> set[Code]:
    """The code that `node` throws to a border around without ending anything."""
    code = _code(drawing, node) if kind(node) in THROWING else None
    catching = _catching(caught, code) if code is not None else None
    return {code} if code is not None and catching is not None and not caught[catching] else set()


def rests(drawing: Drawing, node: Element) -> bool:
    """Whether something or somebody may be waited for at this node."""
    name = kind(node)
    if name == "businessRuleTask":
        return DECISION not in node.attrib
    if name in ("exclusiveGateway", "inclusiveGateway"):
        # A person is asked as well where conditions may all fail.
        return DECIDE in node.attrib or (
            "default" not in node.attrib and len(drawing.outgoing(node)) > 1)
    return name not in _AT_ONCE


def net_of(drawing: Drawing, scope: Element, caught: Caught,
           inside: Callable[[Element], Inside | None]) -> Net:
    """The net of `scope`; `inside` tells what can come of a node that holds a scope."""
    return _Builder(drawing, scope, caught, inside).build()


def ends_text(code: Code) -> str:
    """A code as Step.ends has it."""
    return f"{code[0]} {code[1]}"


class _Builder:
    def __init__(self, drawing: Drawing, scope: Element, caught: Caught,
                 inside: Callable[[Element], Inside | None]) -> None:
        self._drawing = drawing
        self._scope = scope
        self._caught = caught
        self._inside = inside
        self._net = Net()
        self._members = drawing.members(scope)
        self._at: dict[str, int] = {}
        self._on: dict[str, int] = {}

    def build(self) -> Net:
        for node in self._members:
            node_id = node.get("id", "")
            if _joins(node, self._drawing):
                for flow in self._drawing.incoming(node):
                    self._on[flow.get("id", "")] = self._net.place(node_id, flow.get("id", ""))
            else:
                self._at[node_id] = self._net.place(node_id)
        starts = [node for node in self._members if kind(node) == "startEvent"]
        self._net.begins = tuple(self._at[node.get("id", "")]
                                 for node in starts or self._drawing.entries(self._scope)
                                 if node.get("id", "") in self._at)
        for node in self._members:
            if kind(node) != "boundaryEvent":
                self._net.steps += self._steps(node)
        for node in self._members:
            if kind(node) == "boundaryEvent":
                self._net.steps.append(self._onward(node, self._at_node(node)))
        return self._net

    def _steps(self, node: Element) -> Iterator[Step]:
        name = kind(node)
        if name in ("exclusiveGateway", "eventBasedGateway"):
            for flow in _possible(self._drawing.outgoing(node)):
                yield self._along(node, self._at_node(node), [flow])
            if not self._drawing.outgoing(node):
                yield self._onward(node, self._at_node(node))
        elif name == "inclusiveGateway":
            yield from self._inclusive(node)
        elif name == "parallelGateway":
            yield self._onward(node, self._arrivals(node))
        elif name in ("endEvent", "intermediateThrowEvent"):
            yield self._throwing(node)
        else:
            yield from self._activity(node)

    def _at_node(self, node: Element) -> tuple[int, ...]:
        return (self._at[node.get("id", "")],)

    def _arrivals(self, node: Element) -> tuple[int, ...]:
        if node.get("id", "") in self._at:
            return self._at_node(node)
        return tuple(self._on[flow.get("id", "")] for flow in self._drawing.incoming(node))

    def _onward(self, node: Element, takes: tuple[int, ...]) -> Step:
        return self._along(node, takes, self._drawing.outgoing(node))

    def _along(self, node: Element, takes: tuple[int, ...], flows: Sequence[Element],
               ends: str = "", join: int | None = None) -> Step:
        led = [(self._place_after(flow), flow.get("id", "")) for flow in flows]
        known = [(place, flow) for place, flow in led if place is not None]
        return Step(node.get("id", ""), takes, tuple(place for place, _ in known),
                    tuple(flow for _, flow in known), ends, join)

    def _place_after(self, flow: Element) -> int | None:
        place = self._on.get(flow.get("id", ""))
        return place if place is not None else self._at.get(flow.get("targetRef", ""))

    def _inclusive(self, node: Element) -> Iterator[Step]:
        takes = self._arrivals(node)
        join = None
        if len(takes) > 1:
            join = len(self._net.joins)
            self._net.joins.append(takes)
        flows = self._drawing.outgoing(node)
        if len(flows) < 2:
            yield self._along(node, takes, flows, join=join)
            return
        if join is not None:
            decided = self._net.place(node.get("id", ""))
            yield Step(node.get("id", ""), takes, (decided,), ("",), join=join)
            takes = (decided,)
        for chosen in self._combinations(node, flows):
            yield self._along(node, takes, chosen)

    def _combinations(self, node: Element, flows: list[Element]) -> Iterator[list[Element]]:
        default = [flow for flow in flows if flow.get("id") == node.get("default")]
        if node.get(DECIDE) == "person":
            default = []
        others = [flow for flow in flows if flow not in default]
        always = [flow for flow in others if content(condition_of(flow)) == "True"]
        free = [flow for flow in _possible(others) if flow not in always]
        if default and not always:
            yield default
        self._net.whole = self._net.whole and len(free) <= _MOST_COMBINED
        for count in range(len(free) + 1):
            if len(free) > _MOST_COMBINED and 1 < count < len(free):
                continue
            for some in combinations(free, count):
                if always or some:
                    yield [*always, *some]

    def _throwing(self, node: Element) -> Step:
        if children(node, "terminateEventDefinition"):
            return self._along(node, self._at_node(node), (), "terminate")
        code = _code(self._drawing, node)
        if code is not None and self._leaves(code):
            return self._along(node, self._at_node(node), (), ends_text(code))
        return self._onward(node, self._at_node(node))

    def _leaves(self, code: Code) -> bool:
        """Whether what throws this is over: something around ends for it, or the case does for an
        error that nothing catches."""
        caught = _catching(self._caught, code)
        return code[0] == "errorEventDefinition" if caught is None else self._caught[caught]

    def _activity(self, node: Element) -> Iterator[Step]:
        """Done, or left by an event on the border; those that don't interrupt go beside it."""
        inside = self._inside(node) or Inside(True, frozenset(), frozenset(),
                                              rests(self._drawing, node))
        takes = self._at_node(node)
        beside, instead, coded = self._border(node)
        if not inside.rests:
            beside, instead = [], []
        beside += [event for code in sorted(inside.thrown)
                   if (event := _catcher(coded, code)) is not None]
        maybe = []
        for event in dict.fromkeys(beside):
            place = self._net.place(event.get("id", ""))
            maybe.append(place)
            yield Step(event.get("id", ""), (place,), self._at_node(event), ("",))
            yield Step(node.get("id", ""), (place,), ())
        if maybe:
            begun = self._net.place(node.get("id", ""))
            yield Step(node.get("id", ""), takes, (begun, *maybe), ("",) * (1 + len(maybe)))
            takes = (begun,)
        if inside.done:
            yield self._onward(node, takes)
        for event in instead:
            yield Step(node.get("id", ""), takes, self._at_node(event), ("",))
        for text in sorted(inside.left_by):
            kind_, _, value = text.partition(" ")
            catcher = _catcher(coded, (kind_, value))
            if catcher is not None:
                yield Step(node.get("id", ""), takes, self._at_node(catcher), ("",))
            elif kind_ in _CODED:
                yield Step(node.get("id", ""), takes, (), ends=text)

    def _border(self, node: Element) -> tuple[list[Element], list[Element], dict[Code, Element]]:
        """Events that happen beside the activity, instead of it, and those caught by code."""
        beside: list[Element] = []
        instead: list[Element] = []
        coded: dict[Code, Element] = {}
        for event in self._drawing.boundary(node):
            code = _code(self._drawing, event)
            if event.get("id", "") not in self._at:
                continue
            if code is not None and self._inside(node) is not None:
                coded.setdefault(code, event)
            elif is_true(event.get("cancelActivity", "true")):
                instead.append(event)
            else:
                beside.append(event)
        return beside, instead, coded


def _joins(node: Element, drawing: Drawing) -> bool:
    return kind(node) in ("parallelGateway", "inclusiveGateway") \
        and len(drawing.incoming(node)) > 1


def _possible(flows: Sequence[Element]) -> list[Element]:
    """The flows whose condition may hold; where none may, all of them: a person is asked."""
    return [flow for flow in flows if content(condition_of(flow)) != "False"] or list(flows)


def _catching(caught: Caught, code: Code) -> Code | None:
    return next((each for each in (code, (code[0], "")) if each in caught), None)


def _catcher(events: Mapping[Code, Element], code: Code) -> Element | None:
    return events.get(code, events.get((code[0], "")))
