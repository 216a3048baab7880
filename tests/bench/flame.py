"""A flame graph as a table: which part of one completion's time is spent below which function.

    py-spy record -r 500 -f raw -o stacks -- python -m tests.bench.flame sqlite  (or postgres)
    python -m tests.bench.flame < stacks

Frames of libraries are named by their package and stand below ours that called them.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator

from tests.bench.office import postgres, sqlite, ten_steps
from tests.bench.parts import CASES, completing

#: Where a completion over HTTP begins, and how far down it is shown, in percent.
_BEGIN = "full_dispatch_request"
_LEAST = 1.5
_FRAME = re.compile(r"(?P<name>.+) \((?P<file>[^)]*?)(:\d+)?\)$")
_OURS = re.compile(r"^(?!sqlalchemy).*?((?:engine|web)/.*)\.py$")
_PACKAGES = ("sqlalchemy", "psycopg", "SpiffWorkflow", "marshmallow", "flask", "werkzeug",
             "webargs", "apiflask", "json", "prometheus_client")


def tree(lines: Iterable[str]) -> Iterator[str]:
    """The lines of the table, of stacks as py-spy writes them."""
    found: Counter[tuple[str, ...]] = Counter()
    for line in lines:
        stack, _, count = line.rpartition(" ")
        frames = stack.split(";")
        begun = next((place for place, each in enumerate(frames) if _BEGIN in each), None)
        if begun is None:
            continue
        path = _path(frames[begun + 1:])
        for depth in range(len(path) + 1):
            found[path[:depth]] += int(count)
    whole = found[()]
    yield from _below((), found, whole)


def _path(frames: Iterable[str]) -> tuple[str, ...]:
    path: list[str] = []
    for frame in frames:
        name = _named(frame)
        if name is not None and (not path or path[-1] != name):
            path.append(name)
    return tuple(path)


def _named(frame: str) -> str | None:
    read = _FRAME.match(frame)
    if read is None:
        return None
    if ours := _OURS.search(read["file"]):
        return f"{read['name']}  {ours[1]}"
    return next((f"({each})" for each in _PACKAGES if each in read["file"]), None)


def _below(path: tuple[str, ...], found: Counter[tuple[str, ...]], whole: int) -> Iterator[str]:
    share = 100 * found[path] / whole
    if path:
        yield f"{share:5.1f} %  {'  ' * (len(path) - 1)}{path[-1]}"
    children = [each for each in found if len(each) == len(path) + 1 and each[:-1] == path]
    for child in sorted(children, key=lambda each: -found[each]):
        if 100 * found[child] / whole >= _LEAST:
            yield from _below(child, found, whole)


def completions(database: str) -> None:
    """Something to look at: completions over HTTP, one after the other."""
    with {"sqlite": sqlite, "postgres": postgres}[database]() as office:
        if office is None:
            sys.exit("NO POSTGRESQL")
        version = office.publish(ten_steps())
        for _ in range(CASES):
            office.start(version)
        complete = completing(office)
        for _ in range(5):
            for item in office.open_items():
                complete(item)


if __name__ == "__main__":
    if sys.argv[1:]:
        completions(sys.argv[1])
    for shown in tree(sys.stdin) if not sys.argv[1:] else ():
        sys.stdout.write(shown + "\n")
