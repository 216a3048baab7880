"""The `baton` command: what the engine's commands do, and the web's `serve` and `demo`."""

from __future__ import annotations

import sys

from engine.cli.main import run

MORE = {"serve": "web.serve", "demo": "web.demo.command"}


def main() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(more=MORE))


if __name__ == "__main__":
    main()
