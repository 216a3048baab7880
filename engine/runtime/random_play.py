"""Playing a journey many times at random: what is never reached, where it gets stuck, how its
ways divide.

People's answers, their data, times and messages are chosen from what is possible, by a seed: the
same seed plays the same, on any machine. Within a run, what was chosen often is chosen less, and
after half of the moves that it may take everything possible gets its turn, so that circles end.
No run learns from another: how the ways divide says nothing but what chance does. Where several
processes can be started, one run in ten begins with another than the main one, in turn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from statistics import median
from typing import Any

from engine.infra.errors import DomainError
from engine.runtime.business_time import CalendarOf
from engine.runtime.calls.reply import Reply
from engine.runtime.plausible import Chooser, Pools
from engine.runtime.ports import RunnableVersion
from engine.runtime.rehearsal import Happening, Move, Rehearsal

MOST_MOVES = 500
#: A Monday morning, so that a run's times are the same whenever it is played.
BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
_TRIES = 5
#: What events weigh beside the steps and answers of people, which weigh 1: most often people act
#: before a timer does.
_EVENT = 0.25
#: How likely each further answer is, where several may be given.
_COMPANY = 1 / 3
#: How likely a service fails, where the journey says what its failures mean.
_FAILS = 0.25
#: One run of so many begins with another process than the main one, where the drawing has some.
_ELSEWHERE = 10


@dataclass(frozen=True)
class Reached:
    """An element of a process that runs."""

    process: str
    element: str
    name: str


@dataclass(frozen=True)
class Trouble:
    """A problem that some runs had; `first` is the first of them, counted from 0.

    `kind` is stuck (tokens rest at `element` and nothing can ever happen), endless (still open
    after all moves that a run may take), or a fault's: script, condition, decision, timer, …
    """

    process: str
    element: str
    name: str
    kind: str
    message: str
    runs: int
    first: int


@dataclass(frozen=True)
class Played:
    """One move as it was played: what `Rehearsal.play` takes."""

    move: str
    answers: tuple[str, ...]
    data: Mapping[str, Any]
    reply: Reply | None = None


@dataclass(frozen=True)
class Run:
    """One run, which starts the process `entry` with `data` and can be played again.

    `state` is completed, stuck, failed or endless.
    """

    state: str
    entry: str
    data: Mapping[str, Any]
    moves: tuple[Played, ...]
    trace: tuple[Happening, ...]
    troubles: tuple[tuple[str, str, str, str], ...] = ()


@dataclass(frozen=True)
class PlayReport:
    """What many runs showed. `visits` and `ways` count elements and flows by drawn id.

    `least`, `middle` and `most` are moves of a run: steps, answers, messages and jumps of time.
    `examples` are the runs that were the first with a problem, by number.
    """

    runs: int
    seed: int
    completed: int
    stuck: int
    failed: int
    never_reached: tuple[Reached, ...]
    least: int
    middle: float
    most: int
    problems: tuple[Trouble, ...]
    visits: Mapping[str, int]
    ways: Mapping[str, int]
    examples: Mapping[int, Run] = field(default_factory=dict)


def play_at_random(version: RunnableVersion, *, runs: int = 100, seed: int = 0,
                   most_moves: int = MOST_MOVES, at: datetime = BEGIN,
                   on: Callable[[int, int], None] | None = None,
                   stop: Callable[[], bool] = lambda: False,
                   calendar_of: CalendarOf | None = None) -> PlayReport:
    """Play `runs` runs from `at` on; `on(played, runs)` hears how far it is. Without `calendar_of`
    timers in business time count the time on the wall.

    `stop` is asked before every move: once it says so, the run is given up and no other begins,
    and the report is about the runs before.
    """
    pools = Pools(version)
    played = []
    for number in range(runs):
        random = Random(f"{seed}/{number}")  # noqa: S311 - play, not cryptography
        player = _Player(version, random, Chooser(pools, random), calendar_of)
        run = player.run(_entry(version, number), at, most_moves, stop)
        if run is None:
            break
        played.append(run)
        if on is not None:
            on(number + 1, runs)
    return _report(version, played, seed)


def _entry(version: RunnableVersion, number: int) -> str:
    """The process that a run starts."""
    main, *others = version.entries
    turn, place = divmod(number, _ELSEWHERE)
    return others[turn % len(others)] if others and place == _ELSEWHERE // 2 - 1 else main


class _Player:
    """Plays one run."""

    def __init__(self, version: RunnableVersion, random: Random, chooser: Chooser,
                 calendar_of: CalendarOf | None) -> None:
        self._version = version
        self._calendar_of = calendar_of
        self._random = random
        self._chooser = chooser
        self._used: Counter[tuple[str, ...]] = Counter()

    def run(self, entry: str, at: datetime, most_moves: int,
            stop: Callable[[], bool]) -> Run | None:
        """Play until nothing is left to happen, or `most_moves` have; None when stopped."""
        if stop():
            return None
        data = self._chooser.at_start(at)
        rehearsal = Rehearsal(self._version, at=at, data=data, entry=entry,
                              calendar_of=self._calendar_of)
        played: list[Played] = []
        while len(played) < most_moves and rehearsal.state == "open":
            possible = _worth(rehearsal.moves())
            if not possible:
                break
            if stop():
                return None
            in_turn = len(played) > most_moves // 2
            played.append(self._play(rehearsal, self._move(possible, in_turn), in_turn))
        state = rehearsal.state if rehearsal.state != "open" else (
            "endless" if len(played) >= most_moves else "stuck")
        return Run(state, entry, data, tuple(played), tuple(rehearsal.trace),
                   tuple(_troubles(rehearsal, state)))

    def _move(self, possible: Sequence[Move], in_turn: bool) -> Move:
        keys = [(move.process, move.element, move.kind) for move in possible]
        used = [self._used[key] for key in keys]
        if in_turn:
            index = used.index(min(used))
        else:
            weights = [self._weight(key) / (1 + count) ** 2
                       for key, count in zip(keys, used, strict=True)]
            index = self._random.choices(range(len(possible)), weights)[0]
        self._used[keys[index]] += 1
        return possible[index]

    def _weight(self, key: tuple[str, ...]) -> float:
        return 1.0 if key[-1] in ("do", "answer") else _EVENT

    def _play(self, rehearsal: Rehearsal, move: Move, in_turn: bool) -> Played:
        answers = self._answers(move, in_turn) if move.kind == "answer" else ()
        reply = self._failure(move)
        for _ in range(0 if reply is not None else _TRIES):
            data = {} if move.kind == "time" else (
                self._chooser.changed(rehearsal.now) if move.kind == "data"
                else self._chooser.at_step(move.element, rehearsal.now))
            try:
                rehearsal.play(move.id, answers, data)
            except DomainError:
                continue
            return Played(move.id, answers, data)
        rehearsal.play(move.id, answers, reply=reply)
        return Played(move.id, answers, {}, reply)

    def _failure(self, move: Move) -> Reply | None:
        """Now and then a service fails in one of the ways that its step has an error for."""
        known = sorted(move.call.errors) if move.call is not None else []
        if not known or self._random.random() >= _FAILS:
            return None
        failure = self._random.choice(known)
        return Reply(int(failure.replace("x", "0"))) if failure[0].isdigit() \
            else Reply(failure=failure)

    def _answers(self, move: Move, in_turn: bool) -> tuple[str, ...]:
        flows = [answer.flow for answer in move.answers]
        keys = [(move.process, move.element, "way", flow) for flow in flows]
        used = [self._used[key] for key in keys]
        if in_turn:
            chosen = {flows[used.index(min(used))]}
        else:
            weights = [1 / (1 + count) ** 2 for count in used]
            chosen = {self._random.choices(flows, weights)[0]}
            if move.several:
                chosen |= {flow for flow in flows
                           if self._random.random() < _COMPANY}
                chosen = self._alone_or_together(move, chosen)
        for flow, key in zip(flows, keys, strict=True):
            self._used[key] += flow in chosen
        return tuple(flow for flow in flows if flow in chosen)

    def _alone_or_together(self, move: Move, chosen: set[str]) -> set[str]:
        """The default is for when none of the others is chosen."""
        alone = {answer.flow for answer in move.answers if answer.alone} & chosen
        if not alone or len(chosen) == 1:
            return chosen
        return chosen - alone if self._random.random() < 0.5 else alone


def _worth(moves: Sequence[Move]) -> list[Move]:
    """What to choose from: a message that the drawing itself sends is only made up where nothing
    else can happen, and what failed is not tried again."""
    possible = [move for move in moves if move.kind != "retry"]
    return [move for move in possible if not move.inside] or possible


def _troubles(rehearsal: Rehearsal, state: str) -> list[tuple[str, str, str, str]]:
    found = [(p.process, p.element, p.kind, p.message) for p in rehearsal.problems]
    if state == "stuck":
        found += [(process, element, "stuck", "A token rests here, and nothing can ever happen.")
                  for process, element in rehearsal.tokens()]
    elif state == "endless":
        found += [(process, element, "endless", "The run was still going on after its last move.")
                  for process, element in rehearsal.tokens()]
    return list(dict.fromkeys(found))


def _report(version: RunnableVersion, played: Sequence[Run], seed: int) -> PlayReport:
    drawn = version.model.outline
    # A called process is played as a part of the one that calls it: ids alone tell what was seen.
    names = {each.id: each.name for each in drawn.elements}
    seen = {each.element for run in played for each in run.trace}
    troubles: dict[tuple[str, str, str, str], list[int]] = {}
    for number, run in enumerate(played):
        for trouble in run.troubles:
            troubles.setdefault(trouble, []).append(number)
    moves = sorted(len(run.moves) for run in played) or [0]
    states = Counter(run.state for run in played)
    visits, ways = _counts(version, played)
    return PlayReport(
        runs=len(played), seed=seed, completed=states["completed"], stuck=states["stuck"],
        failed=states["failed"] + states["endless"],
        never_reached=tuple(Reached(each.process, each.id, each.name) for each in drawn.elements
                            if each.id not in seen),
        least=moves[0], middle=median(moves), most=moves[-1],
        problems=tuple(
            Trouble(process, element, names.get(element, element), kind, message,
                    len(runs), runs[0])
            for (process, element, kind, message), runs in troubles.items()),
        visits=visits, ways=ways,
        examples={runs[0]: played[runs[0]] for runs in troubles.values()})


def _counts(version: RunnableVersion,
            played: Sequence[Run]) -> tuple[dict[str, int], dict[str, int]]:
    """How often each drawn element was passed and each drawn flow taken.

    The trace names elements; a flow was taken when its target follows its source and no other
    way in was left later. Answers name their flows themselves.
    """
    into: dict[str, list[tuple[str, str]]] = {}
    for flow, source, target in version.model.outline.flows:
        into.setdefault(target, []).append((flow, source))
    visits: Counter[str] = Counter()
    ways: Counter[str] = Counter()
    for run in played:
        left: dict[str, int] = {}
        answered: dict[str, tuple[str, ...]] = {}
        for order, each in enumerate(run.trace):
            visits[each.element] += 1
            came = [(left[source], flow, source) for flow, source in into.get(each.element, ())
                    if source in left and flow in answered.get(source, (flow,))]
            joins = each.kind in ("parallelGateway", "inclusiveGateway", "complexGateway")
            for _, flow, _ in (came if joins else sorted(came)[-1:]):
                ways[flow] += 1
            if joins:
                for _, _, source in came:
                    left.pop(source, None)
            left[each.element] = order
            answered.pop(each.element, None)
            if each.answers:
                answered[each.element] = each.answers
    return dict(visits), dict(ways)
