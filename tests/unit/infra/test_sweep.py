"""The sweep goes on, whatever a row does."""

from __future__ import annotations

from contextlib import nullcontext

from engine.infra.sweep import sweep


class Rows:
    """Rows that are due; those in `broken` fail, and can't be put off either."""

    name = "row"

    def __init__(self, due: list[str], broken: str = "") -> None:
        self.waiting, self.broken, self.done = due, broken, []

    def due(self, services: object, limit: int) -> list[str]:
        return self.waiting[:limit]

    def run(self, services: object, key: str) -> bool:
        if key in self.broken:
            raise ValueError("no such version")
        self.done.append(key)
        return True

    def fail(self, services: object, key: str, error: Exception) -> None:
        raise KeyError(key)


def test_a_row_that_can_not_even_be_put_off_stops_no_other(caplog):
    first, second = Rows(["a", "b"], broken="a"), Rows(["c"])
    assert sweep(nullcontext, nullcontext, (first, second)) == 2
    assert (first.done, second.done) == (["b"], ["c"])
    assert [line.getMessage() for line in caplog.records] == [
        "row a failed", "row a could not be put off"]
