"""The corpus of real logs, where there is one."""

from __future__ import annotations

from pathlib import Path

import pytest

LOGS = Path(__file__).parents[3].parent / "shared" / "corpus" / "logs"


@pytest.fixture
def corpus():
    """Paths of real logs by name; skips where they are absent."""
    def path(name: str) -> Path:
        found = LOGS / f"{name}.xes.gz"
        if not found.exists():
            pytest.skip(f"NO CORPUS: ../shared/corpus/logs/{found.name} is not here")
        return found
    return path
