"""Rehearsals that tests play: at random, or by what is wanted next."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

from engine.runtime.rehearsal import Move, Rehearsal
from engine.runtime.versions import RunnableVersion

BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def at_random(version: RunnableVersion, seed: int, most_moves: int = 300) -> Rehearsal:
    """A rehearsal in which one of the possible moves is made until none is left; seeds take turns
    with the processes at which a person may begin.

    Drawings may go round for ever: after a while every fork is taken the way least taken.
    """
    random = Random(seed)
    game = Rehearsal(version, at=BEGIN, entry=version.entries[seed % len(version.entries)])
    taken: dict[str, int] = {}
    for _ in range(most_moves):
        moves = [move for move in game.moves() if move.kind != "retry"]
        if not moves:
            break
        # What another process of the drawing may still send, nobody need report.
        moves = [move for move in moves if not move.inside] or moves
        move = min(moves, key=lambda each: (taken.get(each.id, 0) // 3, random.random()))
        taken[move.id] = taken.get(move.id, 0) + 1
        game.play(move.id, _answers(move, random, taken))
    return game


def _answers(move: Move, random: Random, taken: dict[str, int]) -> list[str]:
    """The answers taken least often; several at times, where that may be."""
    alone = [answer.flow for answer in move.answers if answer.alone]
    chosen = sorted((answer.flow for answer in move.answers),
                    key=lambda flow: (taken.get(f"{move.id} {flow}", 0), random.random()))
    if chosen and (not move.several or chosen[0] in alone):
        chosen = chosen[:1]
    elif chosen:
        chosen = [flow for flow in chosen if flow not in alone]
        chosen = chosen[:random.randint(1, len(chosen))]
    for flow in chosen:
        taken[f"{move.id} {flow}"] = taken.get(f"{move.id} {flow}", 0) + 1
    return chosen
