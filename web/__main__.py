"""The `baton` command: what the engine's commands do, and the web's `serve` and `demo`."""

from __future__ import annotations

import sys

from engine.cli.main import run
from web import serve
from web.demo import command as demo


def main() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(more=(serve, demo)))


if __name__ == "__main__":
    main()
