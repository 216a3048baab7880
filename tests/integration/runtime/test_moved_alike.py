"""Properties of moving: to a copy of its drawing a case goes on as if it had stayed; to another
drawing it is refused with a reason, or never gets stuck there."""

from __future__ import annotations

import os
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.blocks import Block, blocks, drawing_of
from tests.support.graphs import random_graph
from tests.support.moved import Movable, Refused, renamed

EXAMPLES = 2000 if os.environ.get("BATON_LONG") else 12
_MOVES = 25
#: A random circle multiplies tokens without end: what is then to be done tells nothing new.
_MANY = 12
_SETTINGS = settings(max_examples=EXAMPLES, deadline=None, derandomize=not os.environ.get(
    "BATON_LONG"), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@_SETTINGS
@given(block=blocks(), seed=st.integers(0, 999))
def test_blocks_of_any_kind_go_on_alike_after_every_move(block: Block, seed: int):
    _alike(drawing_of(block), seed)


@_SETTINGS
@given(random=st.randoms(use_true_random=False), seed=st.integers(0, 999))
def test_any_graph_goes_on_alike_after_every_move(random: Random, seed: int):
    _alike(random_graph(random), seed)


@_SETTINGS
@given(block=blocks(), seed=st.integers(0, 999))
def test_a_copy_with_other_ids_is_as_good_when_each_is_named(block: Block, seed: int):
    drawing = drawing_of(block)
    other, ids = renamed(drawing)
    random = Random(seed)  # noqa: S311 - choices, not cryptography
    stayed, moved = Movable(drawing), Movable(drawing)
    for _ in range(random.randrange(8)):
        if stayed.moves:
            choice = random.choice(stayed.moves)
            stayed.act(choice)
            moved.act(choice)
    if stayed.finished:
        return
    moved.move(other, *({"from": old, "to": new} for old, new in ids.items()
                        if old in _elements(moved)))
    back = {new: old for old, new in ids.items()}
    for _ in range(_MOVES):
        named = sorted(_back(move, back) for move in moved.moves)
        assert (named, moved.finished) == (stayed.moves, stayed.finished)
        if not stayed.moves:
            return
        choice = random.choice(stayed.moves)
        moved.act(next(move for move in moved.moves if _back(move, back) == choice))
        stayed.act(choice)


@_SETTINGS
@given(before=blocks(8), after=blocks(8), seed=st.integers(0, 999))
def test_on_another_drawing_a_case_is_refused_or_never_gets_stuck(
        before: Block, after: Block, seed: int):
    random = Random(seed)  # noqa: S311 - choices, not cryptography
    case = Movable(drawing_of(before))
    for _ in range(random.randrange(8)):
        if case.moves:
            case.act(random.choice(case.moves))
    if case.finished or case.faults:
        return
    try:
        case.move(drawing_of(after))
    except Refused as refused:
        assert all(refused.args[0])
        return
    for _ in range(_MOVES * 2):
        assert case.moves or case.finished, case.resting
        if case.finished:
            return
        case.act(random.choice(case.moves))


def _alike(drawing: bytes, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - choices, not cryptography
    stayed, moved = Movable(drawing), Movable(drawing)
    for _ in range(_MOVES):
        if not stayed.finished and not moved.faults:
            moved.move(drawing)
        assert (moved.moves, moved.finished) == (stayed.moves, stayed.finished)
        assert moved.faults == stayed.faults
        if not 0 < len(stayed.moves) <= _MANY:
            return
        choice = random.choice(stayed.moves)
        stayed.act(choice)
        moved.act(choice)
        assert moved.passed == stayed.passed


def _elements(case: Movable) -> set[str]:
    return {element.id for element in case.model.elements.values()}


def _back(move: str, ids: dict[str, str]) -> str:
    """A move as it is called on the first drawing."""
    for mark in ("!", "?"):
        if move.endswith(mark):
            return _named(move[:-1], ids) + mark
    element, colon, answer = move.partition(":")
    return _named(element, ids) + colon + _named(answer, ids)


def _named(name: str, ids: dict[str, str]) -> str:
    """An id, or what intake made of one, such as t1_again."""
    base, _, more = name.rpartition("_")
    return ids.get(name) or (f"{ids[base]}_{more}" if base in ids else name)
