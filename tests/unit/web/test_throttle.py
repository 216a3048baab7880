"""Slowing down guesses, in bounded memory."""

from __future__ import annotations

from datetime import timedelta

from web.throttle import Throttle


def test_failures_older_than_the_window_are_forgotten(now):
    throttle = Throttle(now, limit=2, window=timedelta(minutes=10))
    throttle.failed("lin")
    now.advance(timedelta(minutes=6))
    throttle.failed("lin")
    assert throttle.wait("lin") == timedelta(minutes=4)
    now.advance(timedelta(minutes=5))
    assert throttle.wait("lin") is None


def test_one_persons_failures_do_not_stop_another(now):
    throttle = Throttle(now, limit=1)
    throttle.failed("lin", "10.0.0.1")
    assert throttle.wait("lin", "10.0.0.1") and throttle.wait("lin", "10.0.0.2") is None


def test_success_forgets_failures(now):
    throttle = Throttle(now, limit=1)
    throttle.failed("lin")
    throttle.succeeded("lin")
    assert throttle.wait("lin") is None


def test_memory_is_bounded(now):
    throttle = Throttle(now, limit=1, keys=100)
    for number in range(1000):
        throttle.failed(str(number))
    assert len(throttle._failures) == 100 and throttle.wait("999")
