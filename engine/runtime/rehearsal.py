"""Playing a journey without a case: the same tokens, scripts and timers, and no database.

What can happen next is a `Move`; what happened is the trace, by drawn ids. Time stands still until
a move lets it jump. Where a drawing has several pools, each process that runs has tokens of its
own, and a message that one sends reaches the other.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from engine.infra.errors import Conflict, Invalid
from engine.intake.service_call import ServiceCall
from engine.runtime import timers
from engine.runtime.answers import refuse_company
from engine.runtime.business_time import CalendarOf, calendar_for, department_for
from engine.runtime.calls.reply import Reply, call_of, sent, take
from engine.runtime.calls.request import Request
from engine.runtime.document import Document
from engine.runtime.errors import ModelFault
from engine.runtime.fields import accept
from engine.runtime.model import MAX_MESSAGES, Fault, Sent, Thrown, Wait
from engine.runtime.ports import RunnableVersion
from engine.runtime.rehearsed import Happening as Happening
from engine.runtime.rehearsed import Move as Move
from engine.runtime.rehearsed import Problem as Problem
from engine.runtime.sandbox import Sandbox
from engine.runtime.spiff.events import caught_at
from engine.runtime.spiff.execution import Execution
from engine.worktime.calendar import WorkCalendar

#: More than a case's command has: how a rehearsal ends must not depend on how busy the machine is.
BUDGET_SECONDS = 2.0
_MOVES = {"user": "do", "manual": "do", "call": "do", "service": "do", "question": "answer",
          "message": "message", "signal": "message", "conditional": "data"}

#: A timer that is set: its due moment, what it is repeated by, the calendar that it counts on.
_Set = tuple[timers.Due, str | None, WorkCalendar | None]


class _Player:
    """One process being played: its tokens, its data, its timers."""

    def __init__(self, process: str, number: int, version: RunnableVersion, at: datetime,
                 data: dict[str, Any]) -> None:
        self.process = process
        self.key = process if number == 0 else f"{process}#{number + 1}"
        self.model = version.processes[process]
        self.document = Document(data, version)
        self.environment = self.document.environment(Sandbox(at, version.timezone))
        self.execution = Execution(self.model, self.environment)
        self.timers: dict[tuple[UUID, str], _Set] = {}
        #: Timers whose time could not be read: nobody knows when they are due.
        self.unset: set[tuple[UUID, str]] = set()
        self.inbox: Counter[str] = Counter()
        self.faults: dict[UUID | None, Fault] = {}

    @property
    def finished(self) -> bool:
        return self.execution.finished


class Rehearsal:
    """A journey played from its beginning at `at` (aware); `entry` is the process that is
    started, of those in `version.entries`, else the main one. Raises Invalid for another."""

    def __init__(self, version: RunnableVersion, *, at: datetime,
                 data: Mapping[str, Any] | None = None, entry: str | None = None,
                 calendar_of: CalendarOf | None = None) -> None:
        self.now = at
        self._calendar_of = calendar_of
        self.trace: list[Happening] = []
        self.problems: list[Problem] = []
        self._version = version
        self._data = accept(data or {}, version.fields, version.timezone)
        self._players: list[_Player] = []
        self._post: deque[tuple[_Player, Sent]] = deque()
        self._waits: dict[str, list[Wait]] = {}
        for process in version.company(version.entry(entry)):
            self._begin(process, None, self._data)
        self._carry_messages()

    @property
    def state(self) -> str:
        """open; or completed; or failed, with a problem that stops it; or stuck: tokens are left,
        and nothing can happen any more."""
        if all(player.finished for player in self._players):
            return "completed"
        if any(move.kind != "retry" for move in self.moves()):
            return "open"
        return "failed" if any(player.faults for player in self._players) else "stuck"

    @property
    def document(self) -> dict[str, Any]:
        """The data of the main process's case."""
        main = next((p for p in self._players if p.process == self._version.main),
                    self._players[0])
        return dict(main.document.values)

    def tokens(self) -> list[tuple[str, str]]:
        """Where tokens rest: (process, drawn element)."""
        return sorted({(player.process, element) for player in self._players
                       for element in player.execution.resting()})

    def moves(self) -> list[Move]:
        """All that can happen now; at most one of them lets time jump."""
        found: list[Move] = []
        for player in self._players:
            found += self._moves_of(player)
        due = self._next_timer()
        if due is not None:
            player, (_, element), when = due
            found.append(Move(f"{player.key}/time/{element}/0", "time", player.process, element,
                              self._name(element), due_at=when.at))
        return found

    def play(self, move: str, answers: Sequence[str] = (), data: Mapping[str, Any] | None = None,
             reply: Reply | None = None) -> None:
        """Let a move happen; a service replies `reply`, without one `data` is what it is about.

        Raises Conflict when it can't any more, Invalid for what it lacks.
        """
        wanted = next((each for each in self.moves() if each.id == move), None)
        if wanted is None:
            raise Conflict("This can't happen now: {move}.", move=move)
        if wanted.kind == "answer":
            flows = {answer.flow for answer in wanted.answers}
            if not answers or not set(answers) <= flows or (len(answers) > 1
                                                            and not wanted.several):
                raise Invalid("Choose one of the answers.", field="answers")
            refuse_company(wanted.answers, answers)
        player = next(p for p in self._players if wanted.id.startswith(f"{p.key}/"))
        written = accept(data or {}, self._version.fields, self._version.timezone)
        player.document.write(written)
        if wanted.kind == "time":
            self._fire(player, wanted)
        elif wanted.kind == "data":
            self._act(player, lambda execution: execution.proceed())
        elif wanted.id.startswith(f"{player.key}/thrown/"):
            self._throw(player, wanted)
        elif wanted.kind == "retry":
            self._retry(player, wanted)
        elif wanted.call is not None and reply is not None:
            self._reply(player, self._wait_of(player, wanted), wanted.call, reply)
        else:
            self._resume(player, wanted, tuple(answers))
        self._carry_messages()

    # --- moves ---------------------------------------------------------------------------

    def _moves_of(self, player: _Player) -> list[Move]:
        found = []
        counted: Counter[tuple[str, str]] = Counter()
        for wait in self._waits.get(player.key, ()):
            kind = _MOVES.get(wait.kind)
            if kind is None:
                continue
            element = player.model.by_drawn_id(wait.element)
            number = counted[kind, wait.element]
            counted[kind, wait.element] += 1
            asks = kind == "answer" and element is not None
            found.append(Move(
                f"{player.key}/{kind}/{wait.element}/{number}", kind, player.process,
                wait.element, self._name(wait.element),
                answers=element.answers if asks and element else (),
                several=bool(asks and element and element.several_answers), reason=wait.reason,
                inside=kind == "message" and (player.process, wait.element)
                in self._version.fed,
                call=call_of(self._version, wait.element) if wait.kind == "service" else None))
        found += [Move(f"{player.key}/thrown/{element}/{number}", "message", player.process,
                       element, self._name(element))
                  for number, (_, element, _) in enumerate(self._may_be_thrown(player))]
        found += [Move(f"{player.key}/retry/{fault.element}/{number}", "retry", player.process,
                       fault.element or "", self._name(fault.element or ""), reason=fault.message)
                  for number, fault in enumerate(player.faults.values())]
        return found

    def _may_be_thrown(self, player: _Player) -> list[tuple[UUID, str, Thrown]]:
        """What the cases that are waited for may throw, where the drawing catches it: token,
        event on its border, error or escalation."""
        return [(wait.token, element.id, thrown) for wait in self._waits.get(player.key, ())
                if wait.kind == "call"
                for spec, thrown in caught_at(player.execution.token(wait.token))
                if (element := player.model.element_of(spec)) is not None]

    def _throw(self, player: _Player, move: Move) -> None:
        token, element, thrown = self._may_be_thrown(player)[int(move.id.rsplit("/", 1)[1])]
        self._act(player, lambda execution: execution.throw(token, thrown),
                  event=(element, "message"))

    def _wait_of(self, player: _Player, move: Move) -> Wait:
        number = int(move.id.rsplit("/", 1)[1])
        return [wait for wait in self._waits[player.key] if wait.element == move.element
                and _MOVES.get(wait.kind) == move.kind][number]

    def _next_timer(self) -> tuple[_Player, tuple[UUID, str], timers.Due] | None:
        due = [(when.at, order, player, key, when) for order, player in enumerate(self._players)
               for key, (when, *_) in player.timers.items()]
        if not due:
            return None
        _, _, player, key, when = min(due, key=lambda each: each[:2])
        return player, key, when

    def _name(self, element: str) -> str:
        found = self._version.model.by_drawn_id(element)
        return found.name if found is not None else element

    # --- playing -------------------------------------------------------------------------

    def _begin(self, process: str, start: str | None, data: Mapping[str, Any]) -> _Player:
        number = sum(1 for player in self._players if player.process == process)
        player = _Player(process, number, self._version, self.now, dict(data))
        self._players.append(player)
        self._act(player, lambda execution: execution.start(start))
        return player

    def _resume(self, player: _Player, move: Move, answers: tuple[str, ...]) -> None:
        wait = self._wait_of(player, move)
        if move.kind == "message":
            message = wait.message or ""
            self._act(player, lambda execution: execution.deliver(message, wait.element),
                      event=(wait.element, "message"))
            return
        element = player.model.by_drawn_id(wait.element)
        kind = element.kind if element is not None else ""
        if move.kind == "answer" and wait.element in self._version.inserted:
            kind = "question"
        self.trace.append(Happening(player.process, wait.element, kind,
                                    "answered" if answers else "done", self.now, answers))
        self._act(player, lambda execution: execution.complete(wait.token, answers))

    def _reply(self, player: _Player, wait: Wait, call: ServiceCall, reply: Reply) -> None:
        """The service's answer, taken as a case takes it; one that can't be used is a problem,
        and the step waits on."""
        try:
            self._act(player, lambda execution: take(reply, call, player.document, execution,
                                                     wait.token),
                      event=(wait.element, "replied"))
        except ModelFault as fault:
            self._trouble(player, Fault(wait.token, wait.element, fault.kind, str(fault)))

    def request(self, move: Move) -> Request | None:
        """What the call of a move would send now. Raises ModelFault where the data give none."""
        player = next(p for p in self._players if move.id.startswith(f"{p.key}/"))
        if move.call is None:
            return None
        with Sandbox(self.now, self._version.timezone, BUDGET_SECONDS) as sandbox:
            player.environment.use(sandbox)
            return sent(move.call, player.execution, self._wait_of(player, move).token)

    def _fire(self, player: _Player, move: Move) -> None:
        found = self._next_timer()
        assert found is not None, "a move of time stands for a timer"  # noqa: S101
        _, (token, element), due = found
        _, interval, calendar = player.timers.pop((token, element))
        self.now = max(self.now, due.at)
        again = timers.next_cycle(
            interval, due.at, self.now, due.cycles_left, self._version.timezone, calendar) \
            if interval and due.cycles_left else None
        left = again.cycles_left + 1 if again is not None else 0
        self._act(player, lambda execution: execution.fire(token, element, left),
                  event=(element, "fired"),
                  again=(again, interval, calendar) if again is not None else None)

    def _retry(self, player: _Player, move: Move) -> None:
        token = list(player.faults)[int(move.id.rsplit("/", 1)[1])]
        del player.faults[token]
        if token is not None:
            self._act(player, lambda execution: execution.retry(token))

    def _act(self, player: _Player, act: Callable[[Execution], object],
             event: tuple[str, str] | None = None, again: _Set | None = None) -> None:
        """One command's worth of steps, and all that follows from it within this process."""
        events = dict([event] if event is not None else ())
        with Sandbox(self.now, self._version.timezone, BUDGET_SECONDS) as sandbox:
            player.environment.use(sandbox)
            execution = player.execution
            execution.renew()
            act(execution)
            events |= dict.fromkeys(self._take_from_inbox(player), "message")
            for passed in execution.passed:
                how = "started" if passed.kind == "startEvent" else "passed"
                how = events.pop(passed.element, how)
                rules = player.document.decided.pop(passed.token, {})
                if not passed.inserted:
                    self.trace.append(Happening(player.process, passed.element, passed.kind, how,
                                                self.now, rules=tuple(rules.items())))
            for fault in execution.faults:
                player.faults[fault.token] = fault
                self._trouble(player, fault)
            self._set_timers(player, sandbox, again)
        self._post.extend((player, message) for message in execution.sent)

    def _set_timers(self, player: _Player, sandbox: Sandbox, again: _Set | None) -> None:
        waits = player.execution.waits()
        self._waits[player.key] = waits
        timed = {(wait.token, wait.element): wait for wait in waits if wait.timer is not None}
        player.timers = {key: value for key, value in player.timers.items() if key in timed}
        for key, wait in timed.items():
            if key in player.timers or key in player.unset or wait.timer is None:
                continue
            if again is not None and wait.cycles_left is not None:
                player.timers[key] = again
                continue
            try:
                calendar = calendar_for(department_for(self._version, wait.element,
                                                       wait.timer.calendar), self._calendar_of)
                due, interval = timers.set_timer(
                    wait.timer, self.now, self._version.timezone,
                    lambda text, wait=wait: sandbox.evaluate(  # type: ignore[misc]
                        text, {**player.document.seen(), **wait.scope}, kind="timer"), calendar)
                player.timers[key] = due, interval, calendar
            except ModelFault as fault:
                player.unset.add(key)
                self._trouble(player, Fault(wait.token, wait.element, fault.kind, str(fault)))

    def _trouble(self, player: _Player, fault: Fault) -> None:
        self.problems.append(Problem(player.process, fault.element or "", fault.kind,
                                     fault.message))

    # --- messages between processes --------------------------------------------------------

    def _carry_messages(self) -> None:
        for _ in range(MAX_MESSAGES):
            if not self._post:
                return
            sender, message = self._post.popleft()
            data = dict(sender.document.values)
            for process, element in message.begins:
                self._begin(process, element, data)
            for process, element in message.to:
                self._deliver(process, element, data)
        if self._post:
            sender, message = self._post[0]
            self._trouble(sender, Fault(None, message.element, "circle", (
                f"{MAX_MESSAGES} messages went to and fro without waiting for anyone.")))
            self._post.clear()

    def _deliver(self, process: str, element: str, data: Mapping[str, Any]) -> None:
        there = [p for p in self._players if p.process == process and not p.finished]
        waiting = [p for p in there if any(w.element == element for w in self._waits[p.key])]
        for player in (waiting or there)[:1]:
            player.document.write(data)
            player.inbox[element] += 1
            self._act(player, lambda execution: execution.proceed())

    def _take_from_inbox(self, player: _Player) -> list[str]:
        """Hand over the messages that came before their step did; the elements they reached."""
        reached: list[str] = []
        while any(player.inbox.values()):
            wait = next((wait for wait in player.execution.waits()
                         if wait.message is not None and player.inbox[wait.element]), None)
            if wait is None:
                break
            player.inbox[wait.element] -= 1
            player.execution.deliver(wait.message or "", wait.element)
            reached.append(wait.element)
        return reached
