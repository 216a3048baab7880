"""`baton serve`: the web, and the timers and promises with it."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from typing import Any

from engine.cli.migrate import say_backup
from engine.infra.errors import Invalid
from engine.infra.settings import Settings
from engine.wiring import START_WAITS, Baton
from web.app import create_app
from web.background import Background
from web.server import Server

log = logging.getLogger("baton.serve")


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("serve", help="serve the pages and the REST API")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=None, help="default: PORT, else 8000")
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--no-work", action="store_true",
                        help="leave timers and promises to `baton work` processes")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop (Ctrl C or SIGTERM)."""
    baton = Baton(Settings.read())
    say_backup(baton.prepare(patience=START_WAITS))
    # The pages first: Python before 3.11.8 can't parse in two threads at once while it starts.
    server = listening(baton, options.host, options.port or port(), options.threads)
    background = Background()
    if not options.no_work:
        background.work(baton)
        background.jobs(baton)
    serve(server, baton, background)
    return 0


def port() -> int:
    """The port to listen on: PORT from the environment, else 8000. Raises Invalid."""
    text = os.environ.get("PORT", "8000")
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Invalid("PORT is {value}; give a number between 1 and 65535.", value=text)
    return int(text)


def listening(baton: Baton, host: str, listen: int, threads: int = 8) -> Server:
    """The pages and the REST API, on their port. Raises Invalid where it can't be used."""
    try:
        return Server(create_app(baton), host, listen, threads, baton.settings.proxy)
    except OSError as error:
        raise Invalid("Port {port} can't be used ({reason}); set PORT to another.", port=listen,
                      reason=error.strerror or str(error)) from error


def serve(server: Server, baton: Baton, background: Background) -> None:
    """Answer requests until SIGTERM or Ctrl C; end what runs, in bounded time."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    sys.stdout.write(f"Baton is at {server.address}\n")
    sys.stdout.flush()
    try:
        if not server.run(stop):
            log.warning("some requests were still running when the server had to stop")
    finally:
        background.stop()
        server.close()
        baton.close()
