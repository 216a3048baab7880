"""Model tests: rehearsals that are kept in a pack, with the path and the end that they must have.

`rehearsals.toml` is explained in docs/rehearse.md.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.infra.errors import Invalid
from engine.intake.toml import inline
from engine.runtime.calls.reply import Reply, read_reply

FILE = "rehearsals.toml"
#: Kinds of moves by the word that stands for them in the file.
KINDS = {"do": "do", "answer": "answer", "message": "message", "time": "time",
         "condition": "data"}
STATES = ("completed", "stuck", "failed", "open")
#: A Monday morning in the journey's time zone, for tests that don't say when they begin.
BEGIN = datetime(2026, 3, 2, 9)  # noqa: DTZ001 - the zone is the journey's
MAX_TESTS, MAX_MOVES = 500, 1000
_KEYS = frozenset({"name", "at", "entry", "data", "moves", "path", "end", "result"})

Text = Mapping[str, str]


@dataclass(frozen=True)
class KeptMove:
    """One thing that happens: `kind` is do, answer, message, time or data, at a drawn element.

    `choose` are the flows that answer a question; `data` is what the person writes, or the
    message brings; `reply` is what the service answers that the step calls.
    """

    kind: str
    element: str
    choose: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    reply: Reply | None = None


@dataclass(frozen=True)
class ModelTest:
    """A rehearsal with what is expected of it.

    `path` are drawn ids in the order in which they must happen; `end` is a state (completed,
    stuck, failed, open) or the id of the end event that the journey must come to; `result` are
    values that the case's data must have in the end.
    """

    name: Text
    moves: tuple[KeptMove, ...] = ()
    path: tuple[str, ...] = ()
    end: str = "completed"
    data: Mapping[str, Any] = field(default_factory=dict)
    result: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    entry: str | None = None

    def begins(self, timezone: str) -> datetime:
        """When the case begins; `timezone` is the journey's."""
        at = self.at or BEGIN
        return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(timezone))


def read_tests(source: bytes) -> tuple[ModelTest, ...]:
    """The tests of a rehearsals.toml. Raises Invalid, naming the place."""
    try:
        content = tomllib.loads(source.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Invalid("rehearsals.toml is not UTF-8.", field=FILE) from error
    except tomllib.TOMLDecodeError as error:
        raise Invalid("rehearsals.toml can't be read: {reason}", field=FILE,
                      reason=str(error)) from error
    except RecursionError as error:
        raise Invalid("rehearsals.toml is nested too deeply.", field=FILE) from error
    _only(content, "rehearsals.toml", {"rehearsals"})
    listed = content.get("rehearsals", [])
    if not isinstance(listed, list):
        raise Invalid("rehearsals must be written as [[rehearsals]].", field=FILE)
    if len(listed) > MAX_TESTS:
        raise Invalid("rehearsals.toml holds more than {limit} rehearsals.", field=FILE,
                      limit=MAX_TESTS)
    return tuple(_test(each, f"rehearsals[{number}]")
                 for number, each in enumerate(listed, start=1))


def to_toml(tests: Sequence[ModelTest]) -> str:
    """The tests as rehearsals.toml; `read_tests` reads them back."""
    return "\n".join("\n".join(_written(test)) + "\n" for test in tests)


def _written(test: ModelTest) -> list[str]:
    lines = ["[[rehearsals]]", f"name = {inline(dict(test.name))}"]
    if test.at is not None:
        lines.append(f"at = {inline(test.at)}")
    if test.entry:
        lines.append(f"entry = {inline(test.entry)}")
    if test.data:
        lines.append(f"data = {inline(dict(test.data))}")
    lines += ["moves = [", *(f"  {inline(_move_table(move))}," for move in test.moves), "]"]
    if test.path:
        lines += ["path = [", *(f"  {inline(element)}," for element in test.path), "]"]
    lines.append(f"end = {inline(test.end)}")
    if test.result:
        lines.append(f"result = {inline(dict(test.result))}")
    return lines


def _move_table(move: KeptMove) -> dict[str, Any]:
    word = next(word for word, kind in KINDS.items() if kind == move.kind)
    table: dict[str, Any] = {word: move.element}
    if move.choose:
        table["choose"] = list(move.choose)
    if move.data:
        table["data"] = dict(move.data)
    if move.reply is not None:
        table["reply"] = move.reply.plain() or {"status": move.reply.status}
    return table


# --- reading strictly ------------------------------------------------------------------------

def _test(content: Any, path: str) -> ModelTest:
    table = _only(content, path, _KEYS)
    moves = table.get("moves", [])
    if not isinstance(moves, list) or len(moves) > MAX_MOVES:
        raise Invalid("{path}.moves must be a list of at most {limit} moves.", field=path,
                      path=path, limit=MAX_MOVES)
    at = table.get("at")
    if at is not None and not isinstance(at, datetime):
        raise Invalid("{path}.at must be a date and time such as 2026-03-02T09:00:00.",
                      field=path, path=path)
    return ModelTest(
        name=_name(table.get("name"), f"{path}.name"),
        moves=tuple(_move(each, f"{path}.moves[{number}]")
                    for number, each in enumerate(moves, start=1)),
        path=_texts(table.get("path", []), f"{path}.path"),
        end=_string(table.get("end", "completed"), f"{path}.end"),
        data=_table(table.get("data", {}), f"{path}.data"),
        result=_table(table.get("result", {}), f"{path}.result"), at=at,
        entry=_string(table["entry"], f"{path}.entry") if "entry" in table else None)


def _move(content: Any, path: str) -> KeptMove:
    table = _only(content, path, {*KINDS, "choose", "data", "reply"})
    words = [word for word in KINDS if word in table]
    if len(words) != 1:
        raise Invalid("{path} must say one thing that happens: do, answer, message, time or "
                      "condition, and the element's id.", field=path, path=path)
    choose = _texts(table.get("choose", []), f"{path}.choose")
    if bool(choose) != (words == ["answer"]):
        raise Invalid("{path}: an answer, and nothing else, needs choose = [ids of arrows].",
                      field=path, path=path)
    return KeptMove(KINDS[words[0]], _string(table[words[0]], f"{path}.{words[0]}"), choose,
                    _table(table.get("data", {}), f"{path}.data"),
                    read_reply(table["reply"]) if "reply" in table else None)


def _name(content: Any, path: str) -> dict[str, str]:
    if isinstance(content, str) and content:
        return {"en": content}
    table = _table(content if content is not None else {}, path)
    if not table or not set(table) <= {"en", "zh"} or not all(
            isinstance(value, str) for value in table.values()):
        raise Invalid("{path} must be a text, or texts for en and zh.", field=path, path=path)
    return table


def _only(content: Any, path: str, known: set[str] | frozenset[str]) -> dict[str, Any]:
    table = _table(content, path)
    for key in table:
        if key not in known:
            raise Invalid("{path} has the unknown key {key}; known are {known}.", field=path,
                          path=path, key=key, known=", ".join(sorted(known)))
    return table


def _table(content: Any, path: str) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise Invalid("{path} must be a table.", field=path, path=path)
    return content


def _texts(content: Any, path: str) -> tuple[str, ...]:
    if not isinstance(content, list) or not all(isinstance(each, str) for each in content):
        raise Invalid("{path} must be a list of ids.", field=path, path=path)
    return tuple(content)


def _string(content: Any, path: str) -> str:
    if not isinstance(content, str):
        raise Invalid("{path} must be text.", field=path, path=path)
    return content
