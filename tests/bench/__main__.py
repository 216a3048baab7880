"""Measures, and prints one table, line by line. Without sections, all of them.

    python -m tests.bench [engine] [http] [ages] [data] [timers] [parts] [ceiling] [floor] [map]
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench import map as map_bench
from tests.bench.bare import bare_step_and_commit, ceiling
from tests.bench.completions import over_http, through_the_engine
from tests.bench.growth import ages, data, timers
from tests.bench.office import sqlite, ten_steps
from tests.bench.parts import parts

_WIDTH = 78


def floor() -> Iterator[tuple[str, str]]:
    """What is below all this, and publishing."""
    with tempfile.TemporaryDirectory() as folder:
        seconds = bare_step_and_commit(ten_steps(), Path(folder))
    yield "bare SpiffWorkflow step + bare commit of a row, SQLite", f"{1000 * seconds:7.2f} ms"
    with sqlite() as office:
        taken = []
        for _ in range(10):
            started = time.perf_counter()
            office.publish(ten_steps())
            taken.append(time.perf_counter() - started)
    yield "upload and publish a model", f"{1000 * sorted(taken)[5]:7.1f} ms"


def mapped() -> Iterator[tuple[str, str]]:
    """The map of a real log."""
    measured = map_bench.measure()
    if measured is None:
        yield "map bpic2013_incidents", "corpus not here"
        return
    yield "map bpic2013_incidents", f"{measured['seconds']:7.2f} s"
    yield "… peak memory", f"{measured['peak_mb']:7.0f} MB"


SECTIONS: dict[str, Callable[[], Iterator[tuple[str, str]]]] = {
    "engine": through_the_engine, "http": over_http, "ages": ages, "data": data,
    "timers": timers, "parts": parts, "ceiling": ceiling, "floor": floor, "map": mapped}


def main(wanted: list[str]) -> None:
    """Measure and print."""
    unknown = [name for name in wanted if name not in SECTIONS]
    if unknown:
        sys.exit(f"There is no section {unknown[0]}; choose from {', '.join(SECTIONS)}.")
    for name in wanted or SECTIONS:
        for line, figure in SECTIONS[name]():
            sys.stdout.write(f"{line:<{_WIDTH}}  {figure}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
