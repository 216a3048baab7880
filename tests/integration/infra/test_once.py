"""The same command twice is one command, on both databases."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from engine.infra.db import Database
from engine.infra.errors import Conflict, Invalid
from engine.infra.now import SetNow
from engine.infra.once import once, purge_once

ANNA, BEN = UUID(int=1), UUID(int=2)


class Till:
    """Counts how often its command was carried out."""

    def __init__(self, database: Database, now: SetNow) -> None:
        self.database, self.now, self.runs = database, now, 0

    def pay(self, key: str | None, amount: Any = 5, by: UUID | None = ANNA) -> Any:
        with self.database.write() as session:
            return once(session, self.now, by, key, {"pay": amount}, self._run)

    def _run(self) -> dict[str, Any]:
        self.runs += 1
        return {"receipt": self.runs, "lines": ("a", "b")}


@pytest.fixture
def till(database: Database, now: SetNow) -> Till:
    return Till(database, now)


def test_the_second_time_the_first_answer_comes_back(till: Till) -> None:
    first = till.pay("k1")
    assert first == till.pay("k1") == {"receipt": 1, "lines": ["a", "b"]}
    assert till.runs == 1


def test_a_result_of_nothing_is_a_result_too(till: Till) -> None:
    ran = []
    for _ in range(2):
        with till.database.write() as session:
            assert once(session, till.now, ANNA, "k1", {}, lambda: ran.append(1)) is None
    assert ran == [1]


def test_keys_belong_to_their_actors(till: Till) -> None:
    assert till.pay("k1", by=ANNA)["receipt"] == 1
    assert till.pay("k1", by=BEN)["receipt"] == 2
    assert till.pay("k1", by=None)["receipt"] == 3


def test_without_a_key_each_time_counts(till: Till) -> None:
    till.pay(None)
    till.pay(None)
    assert till.runs == 2


def test_the_same_key_with_other_content_is_a_conflict(till: Till) -> None:
    till.pay("k1", amount={"a": 1, "b": 2})
    assert till.pay("k1", amount={"b": 2, "a": 1})["receipt"] == 1
    with pytest.raises(Conflict, match="another request"):
        till.pay("k1", amount={"a": 1, "b": 3})
    assert till.runs == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "a\nb"])
def test_a_key_is_short_and_visible(till: Till, key: str) -> None:
    with pytest.raises(Invalid):
        till.pay(key)


def test_a_refused_command_may_be_tried_again_under_its_key(till: Till) -> None:
    def refuse() -> Any:
        raise Invalid("Not enough money.")

    # Even where the rest of the command goes on and is committed.
    with till.database.write() as session, pytest.raises(Invalid):
        once(session, till.now, ANNA, "k1", {"pay": 5}, refuse)
    assert till.pay("k1")["receipt"] == 1


def test_a_command_that_breaks_leaves_no_answer(till: Till) -> None:
    def break_down() -> Any:
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError), till.database.write() as session:
        once(session, till.now, ANNA, "k1", {"pay": 5}, break_down)
    assert till.pay("k1")["receipt"] == 1


def test_after_thirty_days_a_key_is_free_again(till: Till) -> None:
    till.pay("k1")
    till.now.advance(timedelta(days=30))
    assert till.pay("k1")["receipt"] == 1
    till.now.advance(timedelta(seconds=1))
    assert till.pay("k1", amount=6)["receipt"] == 2
    till.now.advance(timedelta(days=31))
    with till.database.write() as session:
        assert purge_once(session, till.now) == 1
        assert purge_once(session, till.now) == 0


def test_two_that_come_at_the_same_time_are_one(till: Till) -> None:
    answers: list[Any] = []
    threads = [threading.Thread(target=lambda: answers.append(till.pay("k1")))
               for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert till.runs == 1
    assert answers == [{"receipt": 1, "lines": ["a", "b"]}] * 4
