"""Under which hash a message and the step that waits for it meet."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.runtime.correlation import hashed, spell


@given(st.integers())
def test_a_whole_number_and_its_digits_are_the_same_key(number):
    assert hashed({"id": number}) == hashed({"id": str(number)})


@pytest.mark.parametrize(("value", "spelt"), [
    (4711.0, "4711"), (Decimal("9.50"), "9.5"), (Decimal("1E+3"), "1000"), (100, "100"),
    (Decimal("0.00"), "0"), (True, "true"), (" A-1 ", "A-1")])
def test_a_value_is_spelt_as_people_write_it(value, spelt):
    assert spell("id", value) == spelt


def test_long_numbers_that_differ_in_their_last_digit_are_different_keys():
    assert hashed({"id": 10**29 + 1}) != hashed({"id": 10**29 + 2})
