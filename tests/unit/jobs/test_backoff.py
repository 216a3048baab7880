"""How long a job rests between its tries."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.jobs.backoff import Patience


def test_rests_double_until_the_longest() -> None:
    patience = Patience(6, timedelta(seconds=10), timedelta(seconds=60))
    rests = [patience.rest_after(tries) for tries in range(1, 7)]
    assert [rest and rest.total_seconds() for rest in rests] == [10, 20, 40, 60, 60, None]


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_any_number_of_tries_ends_and_no_rest_is_longer_than_the_longest(
        allowed: int, tries: int) -> None:
    rest = Patience(tries=allowed).rest_after(tries)
    assert (rest is None) == (tries >= allowed)
    assert rest is None or rest <= Patience().longest_rest
