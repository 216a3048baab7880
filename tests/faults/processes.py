"""The processes of one installation under test: started, killed, started again."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
#: How long a process may take to come up on the slowest of machines; reached, it is a fault.
PATIENCE = 120.0


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Nursery:
    """Our end of tests/faults/nursery.py; use as a context manager."""

    def __enter__(self) -> Nursery:
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self

    def __exit__(self, *_exc: object) -> None:
        self._process.communicate(timeout=60)

    def ask(self, **request: Any) -> Any:
        """Have it do something. Raises RuntimeError when it is gone."""
        with self._lock:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(f"{json.dumps(request)}\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the nursery has ended")
        return json.loads(answer)


class Process:
    """One `baton serve` or `baton work` that comes up again as often as it is started."""

    def __init__(self, nursery: Nursery, name: str, arguments: Sequence[str],
                 environment: dict[str, str], log: Path) -> None:
        self.name = name
        self.port = free_port() if arguments[0] == "serve" else None
        self.log = log
        self._nursery = nursery
        self._arguments = [*arguments, *(["--port", str(self.port)] if self.port else [])]
        self._environment = environment
        self._pid = 0

    @property
    def is_web(self) -> bool:
        """Whether it answers requests."""
        return self.port is not None

    def start(self) -> None:
        """Start it; it isn't up yet when this returns."""
        self._pid = self._nursery.ask(do="start", arguments=self._arguments, log=str(self.log),
                                      environment=self._environment)

    def wait_until_up(self) -> None:
        """Wait until it answers. Raises RuntimeError when it doesn't come up."""
        until = time.monotonic() + PATIENCE
        while self.is_web and not self._answers():
            if time.monotonic() > until or self.has_ended():
                raise RuntimeError(f"{self.name} did not come up; see {self.log}")
            time.sleep(0.05)

    def has_ended(self) -> bool:
        """Whether it has ended by itself, or by our signal."""
        if self._pid and self._nursery.ask(do="look", pid=self._pid):
            self._pid = 0
        return not self._pid

    def order(self, moment: str) -> None:
        """Have it kill itself `before` or `after` its next commit."""
        if self._pid:
            os.kill(self._pid, signal.SIGUSR1 if moment == "before" else signal.SIGUSR2)

    def kill(self, number: int = signal.SIGKILL) -> None:
        """End it (-9 unless said otherwise) and wait until it is gone."""
        if self._pid:
            os.kill(self._pid, number)
            self._nursery.ask(do="bury", pid=self._pid)
            self._pid = 0

    def _answers(self) -> bool:
        try:
            address = f"http://127.0.0.1:{self.port}/login"
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - this machine
        except (urllib.error.URLError, OSError):
            return False
        return True
