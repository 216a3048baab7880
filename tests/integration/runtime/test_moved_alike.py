"""Property: a case that is moved to a copy of its drawing goes on as if it had stayed."""

from __future__ import annotations

import os
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.blocks import Block, blocks, drawing_of
from tests.support.graphs import random_graph
from tests.support.moved import Movable

EXAMPLES = 3000 if os.environ.get("BATON_LONG") else 30
_MOVES = 25
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


def _alike(drawing: bytes, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - choices, not cryptography
    stayed, moved = Movable(drawing), Movable(drawing)
    for _ in range(_MOVES):
        if not stayed.finished and not moved.faults:
            moved.move(drawing)
        assert (moved.moves, moved.finished) == (stayed.moves, stayed.finished)
        assert moved.faults == stayed.faults
        if not stayed.moves:
            return
        choice = random.choice(stayed.moves)
        stayed.act(choice)
        moved.act(choice)
        assert moved.passed == stayed.passed
