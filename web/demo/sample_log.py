"""The event log that the demo imports: a real one where the corpus is at hand, else our own.

Our own is a permit office drawn by a seeded generator, as another system would export it.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

_CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "logs" / "receipt.xes.gz"
_STEPS = (("Register", "Front office", 0.3), ("Check documents", "Front office", 2.0),
          ("Assess plan", "Building control", 30.0), ("Fire safety advice", "Fire brigade", 60.0),
          ("Decide", "Management", 16.0), ("Send decision", "Front office", 4.0))


def sample_log() -> tuple[str, bytes]:
    """(file name, content) of the log."""
    if _CORPUS.is_file():
        return _CORPUS.name, _CORPUS.read_bytes()
    return "building-permits.csv", _permits()


def _permits(cases: int = 400) -> bytes:
    random = Random(26)  # noqa: S311 - demo data, no secrets
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(("case", "activity", "timestamp", "department", "channel", "deadline"))
    for number in range(1, cases + 1):
        at = datetime(2026, 1, 5, 8, tzinfo=UTC) + timedelta(hours=random.random() * 4000)
        deadline = at + timedelta(days=21)
        channel = random.choice(("desk", "post", "web"))
        for activity, department in _path(random):
            hours = next(step[2] for step in _STEPS if step[0] == activity)
            at += timedelta(hours=random.lognormvariate(0, 1.0) * hours)
            rows.writerow((f"P-{number:04d}", activity, at.isoformat(timespec="seconds"),
                           department, channel, deadline.isoformat(timespec="seconds")))
    return out.getvalue().encode()


def _path(random: Random) -> list[tuple[str, str]]:
    steps = [(name, department) for name, department, _ in _STEPS]
    if random.random() < 0.5:
        steps.remove(("Fire safety advice", "Fire brigade"))
    while random.random() < 0.35:  # plans come back for corrections, sometimes several times
        steps[3:3] = [("Check documents", "Front office"), ("Assess plan", "Building control")]
    return steps
