"""`baton work`: the worker process for timers, promises and background jobs."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from typing import Any

from engine.cli.migrate import say_backup
from engine.infra.settings import Settings
from engine.wiring import START_WAITS, Baton


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("work", help="run timers, promises and background jobs")
    parser.add_argument("--once", action="store_true", help="do what is due now, then stop")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Work until told to stop (Ctrl C or SIGTERM)."""
    baton = Baton(Settings.read())
    say_backup(baton.prepare(patience=0 if options.once else START_WAITS))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if options.once:
        sys.stdout.write(f"{baton.work_once()} due things done.\n")
    else:
        sys.stdout.write("Working. Ctrl C stops.\n")
        sys.stdout.flush()
        jobs = threading.Thread(target=baton.work_jobs, args=(stop,), name="jobs",
                                daemon=True)  # one that does not end is claimed again
        jobs.start()
        baton.work_until(stop)
        jobs.join(timeout=30)
    baton.close()
    return 0
