"""What a server does beside answering: timers, promises and jobs, in threads of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from engine.wiring import Baton


class Background:
    """Threads that are asked to stop and then waited for."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    @property
    def stopping(self) -> bool:
        """Whether the threads were asked to stop."""
        return self._stop.is_set()

    def work(self, baton: Baton) -> None:
        """Fire timers and watch promises until stopped."""
        self.run(lambda: baton.work_until(self._stop), "work")

    def jobs(self, baton: Baton) -> None:
        """Run background jobs until stopped."""
        self.run(lambda: baton.work_jobs(self._stop), "jobs")

    def run(self, act: Callable[[], object], name: str) -> None:
        """Run `act` in a thread."""
        thread = threading.Thread(target=act, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def stop(self) -> None:
        """Ask the threads to stop and wait for them a while."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=10)
