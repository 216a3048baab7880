"""Property: what is dropped of a case makes no difference, nor does storing it between steps."""

from __future__ import annotations

import os
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.alike import WAYS, histories
from tests.support.blocks import Block
from tests.support.every_block import every_block, every_drawing
from tests.support.graphs import random_graph
from tests.support.intake import drawn, flow, look
from tests.support.play import Play

EXAMPLES = 5000 if os.environ.get("BATON_LONG") else 40
_MOVES = 40
_SETTINGS = settings(max_examples=EXAMPLES, deadline=None, derandomize=not os.environ.get(
    "BATON_LONG"), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@_SETTINGS
@given(block=every_block(), seed=st.integers(0, 999))
def test_blocks_of_any_kind_go_on_alike_whether_compacted_stored_or_kept_whole(
        block: Block, seed: int):
    _alike(every_drawing(block), seed)


@_SETTINGS
@given(random=st.randoms(use_true_random=False), seed=st.integers(0, 999))
def test_any_graph_goes_on_alike_whether_compacted_stored_or_kept_whole(random: Random, seed: int):
    _alike(random_graph(random, every=True), seed)


def _alike(drawing: bytes, seed: int) -> None:
    for whole, *others in zip(*histories(drawing, seed, _MOVES), strict=False):
        for way, other in zip(WAYS[1:], others, strict=True):
            assert other == whole, way


def test_a_signal_does_not_reach_what_stands_behind_a_join_that_waits():
    signal = '<signalEventDefinition signalRef="S"/>'
    case = Play(look(drawn(
        '<startEvent id="s"/><parallelGateway id="f"/><task id="a"/><task id="b"/><task id="c"/>'
        f'<parallelGateway id="j"/><intermediateCatchEvent id="x">{signal}'
        f'</intermediateCatchEvent><intermediateThrowEvent id="y">{signal}'
        "</intermediateThrowEvent>" + "".join(flow(*pair.split()) for pair in (
            "s f", "f a", "f b", "f c", "a j", "b j", "j x", "c y")),
        roots='<signal id="S" name="go"/>')))
    assert case.do("a").do("c").waiting == ["b"] and "x" not in case.passed
    assert case.do("b").waiting == ["x"]
