"""Running model tests: what happens, compared with what was kept, and the first difference told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.infra.errors import DomainError
from engine.intake.words import Text, text
from engine.runtime.business_time import CalendarOf
from engine.runtime.fields import accept
from engine.runtime.model_tests import STATES, KeptMove, ModelTest
from engine.runtime.ports import RunnableVersion
from engine.runtime.random_play import Played
from engine.runtime.rehearsal import Happening, Move, Rehearsal

_STATE_WORDS = {
    "completed": text("completed", "走完"), "stuck": text("stuck", "卡住"),
    "failed": text("stopped by a fault", "因故障停止"), "open": text("still open", "仍未结束"),
}
_KIND_WORDS = {
    "do": text("be done", "完成"), "answer": text("be answered", "回答"),
    "message": text("arrive", "到达"), "time": text("come due next", "作为下一个到期"),
    "data": text("come true", "成立"),
}


@dataclass(frozen=True)
class Outcome:
    """One test's end. `deviation` says what was different first, None when nothing was; `move`
    is the number (from 1) of the move at which it showed, None where it showed afterwards."""

    test: ModelTest
    deviation: Text | None
    move: int | None
    state: str
    path: tuple[str, ...]
    trace: tuple[Happening, ...]

    @property
    def passed(self) -> bool:
        """Whether all was as expected."""
        return self.deviation is None


def run_test(version: RunnableVersion, test: ModelTest,
             calendar_of: CalendarOf | None = None) -> Outcome:
    """Play a test on a version. Never raises for what the version does differently. Without
    `calendar_of` timers in business time count the time on the wall."""
    names = {each.id: each.name for each in version.model.outline.elements}
    try:
        rehearsal = Rehearsal(version, at=test.begins(version.timezone), data=test.data,
                              entry=test.entry, calendar_of=calendar_of)
    except DomainError as error:
        return Outcome(test, text("It can't begin: {reason}", "无法开始：{reason}", reason=error),
                       None, "failed", (), ())
    deviation: Text | None = None
    at_move: int | None = None
    for number, move in enumerate(test.moves, start=1):
        deviation = _moved(rehearsal, move, number, names)
        if deviation is not None:
            at_move = number
            break
    found = _path(rehearsal.trace, test.path)
    if deviation is None:
        deviation = (_wrong_path(test.path, found, names) or _wrong_end(test.end, rehearsal, names)
                     or _wrong_result(test.result, rehearsal, version))
    return Outcome(test, deviation, at_move, rehearsal.state, found, tuple(rehearsal.trace))


def kept(version: RunnableVersion, name: Mapping[str, str], *, at: datetime,
         data: Mapping[str, Any], moves: Sequence[Played], entry: str | None = None,
         calendar_of: CalendarOf | None = None) -> ModelTest:
    """A test of what was just played: its moves, the steps and events they led to, and the end.

    Raises Conflict or Invalid when the moves don't fit the version.
    """
    rehearsal = Rehearsal(version, at=at, data=data, entry=entry, calendar_of=calendar_of)
    listed = []
    for each in moves:
        move = next((m for m in rehearsal.moves() if m.id == each.move), None)
        rehearsal.play(each.move, each.answers, each.data, each.reply)
        if move is not None:
            listed.append(KeptMove(move.kind, move.element, tuple(each.answers), dict(each.data),
                                   each.reply))
    path = tuple(each.element for each in rehearsal.trace if _group(each) in ("step", "event"))
    return ModelTest(name=dict(name), moves=tuple(listed), path=path, end=rehearsal.state,
                     data=dict(data), at=at, entry=entry)


# --- differences, in words ---------------------------------------------------------------------

def _moved(rehearsal: Rehearsal, move: KeptMove, number: int,
           names: Mapping[str, str]) -> Text | None:
    """Let the move happen; or say why it couldn't."""
    possible = [each for each in rehearsal.moves() if each.kind != "retry"]
    found = next((each for each in possible
                  if each.kind == move.kind and each.element == move.element), None)
    if found is None:
        return _impossible(move, number, possible, names)
    try:
        rehearsal.play(found.id, move.choose, move.data, move.reply)
    except DomainError as error:
        return text("Move {number}, “{name}”: {reason}", "第 {number} 步“{name}”：{reason}",
                    number=number, name=_name(move.element, names), reason=error)
    return None


def _impossible(move: KeptMove, number: int, possible: Sequence[Move],
                names: Mapping[str, str]) -> Text:
    there = list(dict.fromkeys(each.name or each.element for each in possible))
    word = _KIND_WORDS[move.kind]
    values = {"number": number, "name": _name(move.element, names), "can": word["en"],
              "can_zh": word["zh"]}
    if not there:
        return text("Move {number}: “{name}” can't {can} here, for nothing can happen any more.",
                    "第 {number} 步：“{name}”此时无法{can_zh}，因为已没有可发生的事。", **values)
    return text("Move {number}: “{name}” can't {can} here. What can happen: {there}.",
                "第 {number} 步：“{name}”此时无法{can_zh}。可能发生的有：{there}。", **values,
                there=", ".join(there[:6]))


def _wrong_path(expected: Sequence[str], found: Sequence[str],
                names: Mapping[str, str]) -> Text | None:
    if not expected:
        return None
    for index, wanted in enumerate(expected):
        if index >= len(found):
            return text("After {after}, “{wanted}” was expected, and nothing more happened.",
                        "在{after}之后应到“{wanted}”，但没有再发生任何事。",
                        after=_after(found, index, names), wanted=_name(wanted, names))
        if found[index] != wanted:
            return text("After {after}, “{wanted}” was expected, and “{came}” happened.",
                        "在{after}之后应到“{wanted}”，实际发生的是“{came}”。",
                        after=_after(found, index, names), wanted=_name(wanted, names),
                        came=_name(found[index], names))
    if len(found) > len(expected):
        return text("After the last of the path, “{came}” happened, too.",
                    "路径结束之后又发生了“{came}”。", came=_name(found[len(expected)], names))
    return None


def _after(found: Sequence[str], index: int, names: Mapping[str, str]) -> str:
    return f"“{_name(found[index - 1], names)}”" if index else "…"


def _wrong_end(expected: str, rehearsal: Rehearsal, names: Mapping[str, str]) -> Text | None:
    state = rehearsal.state
    if expected in STATES:
        if state == expected:
            return None
        rest = ", ".join(_name(element, names) for _, element in rehearsal.tokens())
        values = {"wanted": _STATE_WORDS[expected]["en"], "came": _STATE_WORDS[state]["en"],
                  "wanted_zh": _STATE_WORDS[expected]["zh"], "came_zh": _STATE_WORDS[state]["zh"]}
        if not rest:
            return text("It should be {wanted} in the end, and is {came}.",
                        "结束时应为“{wanted_zh}”，实际为“{came_zh}”。", **values)
        return text("It should be {wanted} in the end, and is {came}, at {rest}.",
                    "结束时应为“{wanted_zh}”，实际为“{came_zh}”，停在：{rest}。",
                    **values, rest=rest)
    ends = [each.element for each in rehearsal.trace if each.kind == "endEvent"]
    if state == "completed" and ends and ends[-1] == expected:
        return None
    came = _name(ends[-1], names) if ends else "…"
    if state != "completed":
        return text("It should end at “{wanted}”, and is {came}.",
                    "应结束于“{wanted}”，实际状态为“{came_zh}”。", wanted=_name(expected, names),
                    came=_STATE_WORDS[state]["en"], came_zh=_STATE_WORDS[state]["zh"])
    return text("It should end at “{wanted}”, and ended at “{came}”.",
                "应结束于“{wanted}”，实际结束于“{came}”。",
                wanted=_name(expected, names), came=came)


def _wrong_result(expected: Mapping[str, Any], rehearsal: Rehearsal,
                  version: RunnableVersion) -> Text | None:
    document = rehearsal.document
    for key, value in expected.items():
        try:
            wanted = accept({key: value}, version.fields, version.timezone)[key]
        except DomainError as error:
            return text("{reason}", "{reason}", reason=error)
        if document.get(key) != wanted:
            return text("{key} should be {wanted} in the end, and is {came}.",
                        "结束时 {key} 应为 {wanted}，实际为 {came}。", key=key,
                        wanted=_shown(wanted), came=_shown(document.get(key)))
    return None


# --- paths -------------------------------------------------------------------------------------

def _path(trace: Iterable[Happening], expected: Sequence[str]) -> tuple[str, ...]:
    """What a path that names such elements must name: all steps where it names a step, all
    events where it names an event, all gateways where it names a gateway."""
    seen = list(trace)
    kinds = {each.element: _group(each) for each in seen}
    groups = {kinds[element] for element in expected if element in kinds} or {"step"}
    return tuple(each.element for each in seen
                 if _group(each) in groups or each.element in expected)


def _group(happening: Happening) -> str:
    kind = happening.kind
    if kind == "startEvent":
        return "start"
    if kind.endswith("Event"):
        return "event"
    if kind.endswith(("ubProcess", "transaction")) and happening.how == "passed":
        return "around"  # its steps say more
    return "gateway" if kind.endswith("Gateway") or kind == "question" else "step"


def _name(element: str, names: Mapping[str, str]) -> str:
    return " ".join(names.get(element, element).split())


def _shown(value: Any) -> str:
    return str(value) if value is not None else "∅"
