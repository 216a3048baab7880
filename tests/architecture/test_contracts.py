"""The arrows between the rooms hold (import-linter, contracts in pyproject.toml)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_the_import_contracts_are_kept():
    command = Path(sys.executable).parent / "lint-imports"
    result = subprocess.run([command, "--no-cache"], capture_output=True, text=True,
                            cwd=Path(__file__).parents[2], check=False)
    assert result.returncode == 0, result.stdout[-3000:]
