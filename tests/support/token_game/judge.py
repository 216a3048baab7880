"""The judge: plays a trace on a drawing and names the first happening that isn't allowed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from tests.support.token_game.automatic import automatic, optional
from tests.support.token_game.catching import broadcast
from tests.support.token_game.chart import ACTIVITIES, Chart
from tests.support.token_game.drawn import read
from tests.support.token_game.entering import begin
from tests.support.token_game.happening import Told, happen, possibly_begun
from tests.support.token_game.marking import Case, Outcome, Rules, Scope

#: More markings than this at one moment, and the judge gives up.
MOST_MARKINGS = 4000
_DEEP = 4


class Happening(Protocol):
    """What the judge needs of a line of the trace."""

    @property
    def process(self) -> str: ...
    @property
    def element(self) -> str: ...
    @property
    def answers(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Verdict:
    """Whether the drawing allows the trace; else the happening (by index) that it doesn't allow.

    `decided` is False when there were too many markings to tell.
    """

    ok: bool
    why: str = ""
    index: int = -1
    decided: bool = True

    def __bool__(self) -> bool:
        return self.ok


class _TooMany(Exception):
    pass


def accepts(drawing: bytes, trace: Sequence[Happening], *, process: str = "",
            completed: bool = True, strict: bool = False) -> Verdict:
    """Whether `drawing` allows `trace`, played on `process` (else on that of the first happening).

    `completed`: the case has ended, so that no token may be left. `strict`: what a message flow
    of the file leads to happens after its message was sent; else a person may report it earlier.
    """
    game, trace = _game(drawing, trace, process, strict)
    index = 0
    try:
        cases = game.beginning()
        for index, happening in enumerate(trace):
            after = game.after(cases, happening)
            if not after:
                return Verdict(False, f"{happening.element!r} can't happen here: "
                                      f"{_tell(cases)}", index)
            cases = after
    except _TooMany:
        return Verdict(False, f"more than {MOST_MARKINGS} markings", index, decided=False)
    if completed and not any(not case.running for case in cases):
        return Verdict(False, f"ended, but tokens are left: {_tell(cases)}", len(trace))
    return Verdict(True)


def possible(drawing: bytes, trace: Sequence[Happening], *, process: str = "",
             told: Iterable[str] = ()) -> frozenset[str]:
    """The elements to which something may happen next, after a trace that the drawing allows,
    in the processes that have begun. `told`: elements that don't pass in silence either.
    """
    game, trace = _game(drawing, trace, process, strict=False, told=told)
    cases = game.beginning()
    for happening in trace:
        cases = game.after(cases, happening)
    game.all_begun = True
    return frozenset(each for each in [*game.chart.nodes, *game.chart.flows]
                     if game.after(cases, _Next(game.process_of(each), each)))


@dataclass(frozen=True)
class _Next:
    process: str
    element: str
    answers: tuple[str, ...] = ()


def _game(drawing: bytes, trace: Sequence[Happening], process: str, strict: bool,
          told: Iterable[str] = ()) -> tuple[_Game, list[Happening]]:
    chart = read(drawing)
    main = process or (trace[0].process if trace else chart.processes[0])
    trace = [each for each in trace if not _is_beside_the_drawing(chart, each)]
    rules = Rules(chart, frozenset([*told, *(each.element for each in trace)]))
    return _Game(rules, main, strict), trace


def _is_beside_the_drawing(chart: Chart, happening: Happening) -> bool:
    """A question that is no gateway and whose answers are no arrows: where to begin, whether to
    go round again, what comes next in ad hoc work. The answer shows in what happens next.
    """
    flow = chart.flows.get(happening.element)
    if flow is not None and chart.nodes[flow.source].kind in ACTIVITIES and any(
            each.conditional for each in chart.outgoing(flow.source)) \
            and not chart.nodes[flow.source].rounds:
        return False
    return (happening.element not in chart.nodes and bool(happening.answers)
            and not set(happening.answers) & chart.flows.keys())


class _Game:
    def __init__(self, rules: Rules, main: str, strict: bool) -> None:
        self.chart = rules.chart
        self._rules = rules
        self._main = main
        self._strict = strict
        self.all_begun = False  # no further process begins
        self._called = {node.calls for node in rules.chart.nodes.values()}

    def beginning(self) -> set[Case]:
        """The markings with which the main process begins."""
        return self.settled(Case((scope,), begun=(self._main,))
                            for scope in begin(self._rules, self._main))

    def after(self, cases: set[Case], happening: Happening) -> set[Case]:
        """The markings after a happening."""
        told = Told(happening.element, happening.answers)
        chart = self._rules.chart
        if told.element not in chart.nodes and told.element not in chart.flows:
            return set()
        found: set[Case] = set()
        for case in self._ready(cases, told):
            for received in self._received(case, told.element):
                found |= self._happened(received, told)
        for case in cases:
            for received in self._received(case, told.element):
                found |= self._happened_in_new(received, told)
        return self.settled(found)

    def _happened(self, case: Case, told: Told) -> set[Case]:
        return {each for index, scope in enumerate(case.running)
                for each in self._with(case, index, happen(self._rules, scope, told))}

    def _happened_in_new(self, case: Case, told: Told) -> set[Case]:
        """The cases in which another process of the file begins with this happening."""
        process = self.process_of(told.element)
        if self.all_begun or process in self._called or process == self._main \
                or not self._may_begin(case, process, told.element):
            return set()
        begun = tuple(sorted({*case.begun, process}))
        new = self.settled(Case((scope,)) for scope in begin(self._rules, process))
        return {Case(tuple(sorted([*case.running, *after.running])),
                     tuple(sorted([*case.sent, *after.sent])), begun)
                for each in self._ready(new, told) for after in self._happened(each, told)}

    def settled(self, cases: Iterable[Case]) -> set[Case]:
        """The markings at rest that come after what happens by itself."""
        seen: set[Case] = set()
        rest: set[Case] = set()
        ahead = list(cases)
        while ahead:
            case = ahead.pop()
            if case in seen:
                continue
            seen.add(case)
            if len(seen) > MOST_MARKINGS:
                raise _TooMany
            moved = self._automatic(case)
            if moved is None:
                rest.add(case)
                moved = [each for index, scope in enumerate(case.running)
                         for each in self._with(case, index, optional(self._rules, scope))]
            ahead += moved
        return rest

    def _automatic(self, case: Case) -> list[Case] | None:
        for index, scope in enumerate(case.running):
            if scope.empty:
                left = case.running[:index] + case.running[index + 1:]
                return [Case(left, case.sent, case.begun)]
            outcomes = automatic(self._rules, scope)
            if outcomes is not None:
                return list(self._with(case, index, outcomes))
        return None

    def _with(self, case: Case, index: int, outcomes: Iterable[Outcome]) -> Iterator[Case]:
        """The case after one of its processes has moved."""
        for scope, thrown in outcomes:
            running = [*case.running[:index], scope, *case.running[index + 1:]]
            sent = list(case.sent)
            for trigger in thrown:
                if trigger.kind == "signal":
                    running = [broadcast(self._rules, each, trigger) for each in running]
                elif trigger.kind == "message":
                    sent.append(trigger.about)
            yield Case(tuple(sorted(running)), tuple(sorted(sent)), case.begun)

    def _ready(self, cases: set[Case], told: Told) -> set[Case]:
        """The cases, and those in which something has begun so that this can happen in it."""
        found, newest = set(cases), set(cases)
        for _ in range(_DEEP):
            begun = {each for case in newest for index, scope in enumerate(case.running)
                     for each in self._with(case, index, (
                         (after, ()) for after in possibly_begun(self._rules, scope,
                                                                 told.element)))}
            newest = self.settled(begun) - found
            if not newest:
                break
            found |= newest
            if len(found) > MOST_MARKINGS:
                raise _TooMany
        return found

    def process_of(self, element: str) -> str:
        """The process in which a node or flow stands."""
        chart = self._rules.chart
        flow = chart.flows.get(element)
        return chart.process_of(flow.source if flow is not None else element)

    def _may_begin(self, case: Case, process: str, element: str) -> bool:
        """A partner begins once, or with each message that its start event receives."""
        starts = {each.id for each in self._rules.chart.members(process)
                  if each.kind == "startEvent" or each.instantiates}
        if starts & self._rules.told and element not in starts:
            return False
        return process not in case.begun or any(
            target in (element, process) for _, _, target in self._rules.chart.messages)

    def _received(self, case: Case, element: str) -> Iterator[Case]:
        """The case after the message was taken that `element` waits for, if it waits for one."""
        node = self._rules.chart.nodes.get(element)
        if node is None or node.kind not in ("startEvent", "intermediateCatchEvent",
                                             "boundaryEvent", "receiveTask"):
            yield case
            return
        feeding = [flow for flow, source, target in self._rules.chart.messages
                   if target == element and self._runs(source)]
        under_way = [flow for flow in feeding if flow in case.sent]
        for flow in under_way:
            sent = list(case.sent)
            sent.remove(flow)
            yield Case(case.running, tuple(sent), case.begun)
        if not under_way and not (feeding and self._strict):
            yield case

    def _runs(self, source: str) -> bool:
        """Whether what a message flow comes from is in a process of the file with steps in it."""
        chart: Chart = self._rules.chart
        return source in chart.nodes or bool(chart.members(source))


def _tell(cases: set[Case]) -> str:
    """Where the tokens are in the markings, for a person to read."""
    places = sorted({place for case in cases for scope in case.running
                     for place in _places(scope)})
    return f"tokens {', '.join(places) or 'nowhere'}"


def _places(scope: Scope) -> Iterator[str]:
    yield from (f"{place} {name}" for place, name in scope.tokens)
    for step in scope.steps:
        yield f"in {step.node}"
        for inner in step.inner:
            yield from _places(inner)
