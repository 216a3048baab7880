"""What was acknowledged survives kill -9, and due timers fire once after it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from engine.infra.settings import Settings
from engine.journal.facts import TimerFired
from engine.people.access import SYSTEM
from engine.wiring import Baton
from tests.support.bpmn import Drawing

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Server:
    """`baton serve` in a process of its own."""

    def __init__(self, home: Path) -> None:
        self.port = free_port()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "web", "serve"], cwd=ROOT, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "BATON_HOME": str(home), "PORT": str(self.port)})

    def wait(self, seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/login", timeout=2)  # noqa: S310
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise TimeoutError("the server didn't come up")

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def start_case(home: Path) -> tuple[Baton, UUID]:
    """A case that waits three seconds and then for a person."""
    baton = Baton(Settings.read({"BATON_HOME": str(home)}))
    baton.migrate()
    drawing = (Drawing().start().timer("Wait", "PT3S").user("Go").end()
               .path("Begin", "Wait", "Go", "Finish"))
    with baton.command() as services:
        services.people.departments.create("desk", "Desk", by=SYSTEM)
        draft = services.intake.upload("wait.bpmn", drawing.xml(), by=None)
        services.intake.change(draft.id, replace(draft.settings, department="desk"), by=None)
        version = services.intake.publish(draft.id, by=None)
    with baton.command() as services:
        case = services.cases.start(version.id)
    return baton, case.id


def test_a_timer_fires_once_after_the_server_was_killed(home: Path) -> None:
    baton, case = start_case(home)
    first = Server(home)
    first.wait()
    first.kill()
    time.sleep(3)  # the moment may pass while nobody is there
    second, third = Server(home), Server(home)  # two workers race for the same due timer
    try:
        until = time.monotonic() + 60
        items: list[str] = []
        while not items and time.monotonic() < until:
            time.sleep(0.2)
            with baton.query() as services:
                items = [item.element for item in services.work.of_case(case)]
        time.sleep(1.5)
        with baton.query() as services:
            items = [item.element for item in services.work.of_case(case)]
            fired = [f for f in services.journal.read_case(case) if isinstance(f, TimerFired)]
    finally:
        second.kill()
        third.kill()
        baton.close()
    assert items == ["Go"]
    assert len(fired) == 1
