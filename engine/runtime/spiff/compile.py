"""Adapted XML to a model that can be run: specs, and what is known of each element."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.event_definitions.conditional import ConditionalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import (
    CycleTimerEventDefinition,
    DurationTimerEventDefinition,
    TimerEventDefinition,
)
from SpiffWorkflow.exceptions import SpiffWorkflowException

from engine.intake.unnamed import place_of
from engine.runtime.errors import CannotCompile
from engine.runtime.model import Answer, Element, TimerRule, Trigger
from engine.runtime.spiff.loops import listen
from engine.runtime.spiff.outline import Outline, outline
from engine.runtime.spiff.parser import BATON, AdaptedParser
from engine.runtime.spiff.specs import Condition, TimerDefinition
from engine.runtime.spiff.undo import Undoable, undone_by

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_TIMERS = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}


@dataclass(frozen=True)
class CompiledModel:
    """One journey version ready to run; `elements` by the id inside (an alias or the drawn id)."""

    spec: Any
    subprocess_specs: dict[str, Any]
    elements: dict[str, Element]
    #: Spec names by answer: (gateway's inside id, drawn flow id) → name of the spec it leads to.
    answer_specs: dict[tuple[str, str], str]
    #: Ids inside that stand for nothing on the drawing.
    inserted: frozenset[str]
    #: Names of the drawing's processes by id; one without a name is called like its pool.
    processes: Mapping[str, str] = field(default_factory=dict)
    #: What the drawing's timers say about whose business time they count.
    calendars: frozenset[str] = frozenset()
    #: What is drawn, for those who play it.
    outline: Outline = field(default_factory=Outline)

    def element_of(self, task_spec: Any) -> Element | None:
        """The drawn element behind a task spec; None for SpiffWorkflow's own helpers."""
        return self.elements.get(task_spec.bpmn_id or "")

    def drawn(self, task_spec: Any) -> str:
        """The id of the drawn element that a spec stands for, or is a loop around."""
        element = self.element_of(task_spec) or self.elements.get(
            getattr(task_spec, "repeats", None) or "")
        return element.id if element is not None else str(task_spec.name)

    def done_elsewhere(self, task_spec: Any) -> str:
        """What does a step in a person's stead: another case, an outside service, or nothing."""
        element = self.element_of(task_spec)
        return "" if element is None else "call" if element.calls else element.outside

    def by_drawn_id(self, element: str) -> Element | None:
        """The element that the designer knows by this id."""
        return self._by_drawn_id.get(element)

    @cached_property
    def undoable(self) -> Undoable:
        """By id inside, the activities that compensation may undo, and from where."""
        return undone_by([self.spec, *self.subprocess_specs.values()])

    @cached_property
    def _by_drawn_id(self) -> dict[str, Element]:
        # What is drawn before what was inserted for its sake.
        ordered = sorted(self.elements, key=lambda inside: inside in self.inserted)
        found: dict[str, Element] = {}
        for inside in ordered:
            found.setdefault(self.elements[inside].id, self.elements[inside])
        return found


def compile_model(adapted: bytes, process: str) -> CompiledModel:
    """Compile the `process` of an adapted drawing. Raises CannotCompile, naming the reason."""
    return compile_processes(adapted, process)[process]


def compile_processes(adapted: bytes, main: str) -> dict[str, CompiledModel]:
    """Compile `main`, and beside it every other process that runs as a case of its own, by id.

    Raises CannotCompile, naming the reason.
    """
    root = etree.fromstring(adapted, _hardened())
    elements, inserted = _elements(root)
    parser = AdaptedParser()
    try:
        parser.add_bpmn_xml(root)
        drawn = outline(root)
        return {process: _compiled(parser, process, root, elements, inserted, drawn)
                for process in _cases(root, main)}
    except ValidationException as error:
        raise CannotCompile("The model can't be run: {reason}",
                            reason=_validation(error)) from error
    except (SpiffWorkflowException, KeyError, ValueError, AttributeError, RecursionError) as error:
        raise CannotCompile("The model can't be run: {reason}",
                            reason=str(error) or type(error).__name__) from error


def _cases(root: Any, main: str) -> list[str]:
    """The main process and its partners; called ones run inside of those."""
    return [main] + [each.get("id") for each in root.iter(f"{BPMN}process")
                     if each.get(f"{BATON}partner") == "true" and each.get("id") != main]


def _compiled(parser: AdaptedParser, process: str, root: Any, elements: dict[str, Element],
              inserted: frozenset[str], drawn: Outline) -> CompiledModel:
    spec = parser.get_spec(process)
    subprocess_specs = parser.get_subprocess_specs(process)
    for each in [spec, *subprocess_specs.values()]:
        listen(each)
        for task_spec in each.task_specs.values():
            _replace_events(task_spec, root)
    answers = {(inside, answer.flow): _spec_name(answer.target, spec, subprocess_specs)
               for inside, element in elements.items() for answer in element.answers}
    calendars = frozenset(node.get(f"{BATON}calendar") for node in root.iter()
                          if node.get(f"{BATON}calendar"))
    return CompiledModel(spec, subprocess_specs, elements, answers, inserted, _process_names(root),
                         calendars, drawn)


def _process_names(root: Any) -> dict[str, str]:
    pools = {pool.get("processRef"): pool.get("name") for pool in root.iter(f"{BPMN}participant")}
    return {each.get("id"): each.get("name") or pools.get(each.get("id")) or each.get("id")
            for each in root.iter(f"{BPMN}process")}


def _hardened() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False,
                           huge_tree=False, remove_comments=True, remove_pis=True)


def _validation(error: ValidationException) -> str:
    where = getattr(error, "tag", None)
    sentence = str(error).split("\n")[0]
    return f"{sentence} ({where})" if where else sentence


def _spec_name(target: str, spec: Any, subprocess_specs: dict[str, Any]) -> str:
    """Where a flow to `target` leads: before an activity with boundary events stands a split."""
    split = f"{target}.BoundaryEventSplit"
    for each in [spec, *subprocess_specs.values()]:
        if split in each.task_specs:
            return split
    return target


def _elements(root: Any) -> tuple[dict[str, Element], frozenset[str]]:
    lanes = _lanes(root)
    pools = {pool.get("processRef"): pool.get("id") for pool in root.iter(f"{BPMN}participant")}
    flows = _flows(root)
    elements: dict[str, Element] = {}
    inserted: set[str] = set()
    # Only what stands in a process: a file may hold anything anywhere else.
    for node in (each for process in root.iter(f"{BPMN}process") for each in process.iter()):
        inside = node.get("id") if isinstance(node.tag, str) else None
        if inside is None or not _is_flow_node(node):
            continue
        drawn = node.get(f"{BATON}for", inside)
        if node.get(f"{BATON}inserted") == "true":
            inserted.add(inside)
        local = etree.QName(node).localname
        question = local in ("exclusiveGateway", "inclusiveGateway")
        elements[inside] = Element(
            id=drawn, kind=node.get(f"{BATON}drawn", local), name=node.get("name") or drawn,
            lanes=(*_lanes_of(node, lanes), *_pool_of(node, pools)),
            answers=tuple(_answers(flows.get(inside, ()), node.get("default"))) if question else (),
            several_answers=question and local == "inclusiveGateway",
            asks=node.get(f"{BATON}decide") == "person",
            sends=_targets(node, "sends"), begins=_targets(node, "begins"),
            calls=node.get(f"{BATON}calls", ""), outside=node.get(f"{BATON}outside", ""),
            trigger=_trigger(node), place=place_of(node))
    return elements, frozenset(inserted)


def _trigger(node: Any) -> Trigger | None:
    """What intake noted on a start event (rule `starts`)."""
    process = next((each.get("id") for each in node.iterancestors(f"{BPMN}process")), "")
    for name in ("message", "signal"):
        if node.get(f"{BATON}{name}"):
            return Trigger(name, process, node.get(f"{BATON}{name}"))
    kind, _, time = node.get(f"{BATON}timer", "").partition(" ")
    if kind in _TIMERS:
        return Trigger("timer", process, timer=TimerRule(_TIMERS[kind], time,
                                                         node.get(f"{BATON}calendar", "")))
    return None


def _targets(node: Any, attribute: str) -> tuple[tuple[str, str], ...]:
    """(process, element) of each address in the attribute."""
    found = (each.partition("/") for each in node.get(f"{BATON}{attribute}", "").split())
    return tuple((process, element) for process, _, element in found)


def _is_flow_node(node: Any) -> bool:
    return node.tag.startswith(BPMN) and etree.QName(node).localname.endswith(
        ("Task", "task", "Event", "Gateway", "subProcess", "SubProcess", "transaction",
         "callActivity"))


def _flows(root: Any) -> dict[str, list[Any]]:
    """Sequence flows by the id of what they leave."""
    found: dict[str, list[Any]] = {}
    for process in root.iter(f"{BPMN}process"):
        for flow in process.iter(f"{BPMN}sequenceFlow"):
            found.setdefault(flow.get("sourceRef"), []).append(flow)
    return found


def _answers(flows: Iterable[Any], default: str | None) -> Iterator[Answer]:
    for flow in flows:
        flow_id = flow.get("id")
        drawn = flow.get(f"{BATON}for", flow_id)
        yield Answer(drawn, flow.get("name") or "", flow.get("targetRef"), flow_id == default)


def _lanes(root: Any) -> dict[str, tuple[str, ...]]:
    """Lane ids of each element that a lane names, innermost first."""
    found: dict[str, tuple[str, ...]] = {}
    for reference in root.iter(f"{BPMN}flowNodeRef"):
        path = tuple(a.get("id") for a in reference.iterancestors(f"{BPMN}lane"))
        name = (reference.text or "").strip()
        if len(path) > len(found.get(name, ())):
            found[name] = path
    return found


def _lanes_of(node: Any, lanes: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """An element's lanes; inside a sub-process those of the sub-process."""
    for each in [node, *node.iterancestors()]:
        if each.get("id") in lanes:
            return lanes[each.get("id")]
        attached = each.get("attachedToRef")
        if attached in lanes:
            return lanes[attached]
    return ()


def _pool_of(node: Any, pools: dict[str, str]) -> tuple[str, ...]:
    """The pool around an element: what no lane of it says goes by the pool."""
    process = next((a.get("id") for a in node.iterancestors(f"{BPMN}process")), None)
    return (pools[process],) if process in pools else ()


def _replace_events(task_spec: Any, root: Any) -> None:
    definition = getattr(task_spec, "event_definition", None)
    if isinstance(definition, TimerEventDefinition):
        task_spec.event_definition = _timer(task_spec.bpmn_id, definition, root)
    elif isinstance(definition, ConditionalEventDefinition):
        task_spec.event_definition = Condition(definition.expression)
    elif isinstance(definition, MultipleEventDefinition):
        # An event-based gateway holds its events' definitions in the order of its outputs.
        definition.event_definitions = [
            _timer(output.bpmn_id if output is not None else task_spec.bpmn_id, each, root)
            if isinstance(each, TimerEventDefinition) else each
            for each, output in _with_outputs(definition.event_definitions, task_spec.outputs)]


def _with_outputs(definitions: list[Any], outputs: list[Any]) -> Iterator[tuple[Any, Any]]:
    same = len(definitions) == len(outputs)
    for index, definition in enumerate(definitions):
        yield definition, outputs[index] if same else None


def _timer(element: str, definition: TimerEventDefinition, root: Any) -> TimerDefinition:
    kind = ("cycle" if isinstance(definition, CycleTimerEventDefinition) else
            "duration" if isinstance(definition, DurationTimerEventDefinition) else "date")
    node = next((n for n in root.iter() if isinstance(n.tag, str) and n.get("id") == element), None)
    parts = [] if node is None else [each for each in node.iter() if isinstance(each.tag, str)]
    calendar = next((each.get(f"{BATON}calendar") for each in parts
                     if each.get(f"{BATON}calendar")), "")
    if not calendar and any(each.get(f"{BATON}business") == "true" for each in parts):
        calendar = "step"
    text = (definition.expression or "").strip()
    return TimerDefinition(element, TimerRule(kind, text, calendar))
