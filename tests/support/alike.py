"""One random history of a drawing, played in three ways between which nobody may see a difference.

`whole`: nothing is ever dropped, and SpiffWorkflow walks as deep as it must. `compacted`: what is
finished is dropped between any two steps. `restored`: it is also stored and read back before each
move.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from random import Random
from typing import Any
from unittest.mock import patch

from SpiffWorkflow.bpmn.util.task import BpmnTaskIterator
from SpiffWorkflow.util.task import TaskIterator

from engine.intake.rule import Known
from engine.intake.settings import FieldSettings, JourneySettings
from engine.intake.understand import understand
from engine.runtime.rehearsal import Move, Rehearsal
from engine.runtime.spiff import snapshot
from engine.runtime.versions import RunnableVersion, runnable
from tests.support.every_block import FIELDS, VALUES
from tests.support.played import BEGIN

WAYS = ("whole", "compacted", "restored")
#: A history ends when so much can be done at once: tokens multiply without end in some drawings.
_MANY = 10
_EXECUTION = "engine.runtime.spiff.execution"


def histories(drawing: bytes, seed: int, moves: int) -> list[list[Any]]:
    """What was offered before each move of a random history and how it ended, in the three ways;
    nothing for a drawing that can't run."""
    found = understand(drawing, known=Known(frozenset(), frozenset(FIELDS)))
    if found.verdict == "cannot_run":
        return []
    version = runnable(found, JourneySettings(
        key="alike", name={}, prefix="A",
        fields={key: FieldSettings(label={}, type=type_) for key, type_ in FIELDS.items()}))
    return [_history(version, seed, moves, way) for way in WAYS]


def _history(version: RunnableVersion, seed: int, moves: int, way: str) -> list[Any]:
    random, offered = Random(seed), []
    with _playing(way):
        game = Rehearsal(version, at=BEGIN, data=VALUES)
        for _ in range(moves):
            if way == "restored":
                _restore(game)
            work = _work(game)
            offered.append([*(line for line, _ in work), game.tokens(), game.document])
            if not work or len(work) > _MANY or _circles(game):
                break
            _, move = random.choice(work)
            flows = [answer.flow for answer in move.answers]
            game.play(move.id, [random.choice(flows)] if flows else [],
                      {"n": random.randint(0, 4)} if random.random() < 0.2 else None)
    return [*offered, game.state, [(each.element, each.kind) for each in game.problems],
            [(each.element, each.how, each.at) for each in game.trace]]


def _circles(game: Rehearsal) -> bool:
    return any(each.kind == "circle" for each in game.problems)


def _work(game: Rehearsal) -> list[tuple[str, Move]]:
    """All that can be done or can happen, in words and in an order that all ways share."""
    found = []
    for move in (each for each in game.moves() if each.kind != "retry"):
        waits: dict[str, Any] = {}
        if move.kind != "time":
            player = next(each for each in game._players if move.id.startswith(f"{each.key}/"))
            wait = game._wait_of(player, move)
            waits = {"scope": wait.scope, "message": wait.message}
        found.append((json.dumps([move.process, move.element, move.kind, move.reason,
                                  str(move.due_at), waits], sort_keys=True), move))
    return sorted(found, key=lambda pair: pair[0])


@contextmanager
def _playing(way: str) -> Iterator[None]:
    with ExitStack() as patches:
        # What runs in circles is stopped early: kept whole, it takes minutes.
        patches.enter_context(patch(f"{_EXECUTION}.MAX_STEPS", 100))
        patches.enter_context(patch(f"{_EXECUTION}.MAX_ROUNDS", 20))
        if way != "whole":
            patches.enter_context(patch(f"{_EXECUTION}._COMPACT_EVERY", -1))
        else:
            patches.enter_context(patch(f"{_EXECUTION}.compact"))
            for iterator, depth in ((TaskIterator, (None, 10**6, True, None)),
                                    (BpmnTaskIterator, (None, 10**6, True, False, None))):
                patches.enter_context(patch.object(iterator.__init__, "__defaults__", depth))
        yield


def _restore(game: Rehearsal) -> None:
    for player in game._players:
        execution = player.execution
        execution._workflow = snapshot.restore(execution.state(), player.model, execution._engine)
