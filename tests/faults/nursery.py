"""A process that has imported Baton once and forks the processes of an installation from it.

Importing takes seconds of processor time, a fork none: so two hundred kills fit into minutes. Each
child then is what `baton serve` or `baton work` is: it opens its own database, pool and threads.

It reads one JSON line a request and answers with one. When its input ends it kills what it bore.

A child that gets SIGUSR1 kills itself (-9) right before its next commit; one that gets SIGUSR2
right after it, before anyone is told: the two moments that chance hits most seldom.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

from engine.cli import work as _work  # noqa: F401 - imported before forks
from engine.cli.main import run
from web import serve as _serve  # noqa: F401 - same
from web.__main__ import MORE


def main() -> None:
    """Answer requests until the input ends."""
    born: set[int] = set()
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["do"] == "start":
            answer = _bear(asked)
            born.add(answer)
        else:
            answer = _ended(asked["pid"], wait=asked["do"] == "bury")
            if answer:
                born.discard(asked["pid"])
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()
    for pid in born:
        os.kill(pid, signal.SIGKILL)


def _bear(asked: dict[str, Any]) -> int:
    """The id of a new process that runs one `baton` command."""
    pid = os.fork()
    if pid:
        return pid
    try:
        with Path(asked["log"]).open("ab") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        with Path(os.devnull).open("rb") as nothing:
            os.dup2(nothing.fileno(), 0)
        os.environ.update(asked["environment"])
        _arm()
        code = run(asked["arguments"], more=MORE)
    except BaseException:  # noqa: BLE001 - a child must never go on as the nursery
        sys.excepthook(*sys.exc_info())
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _ended(pid: int, *, wait: bool) -> bool:
    """Whether a child has ended; with `wait` not before it has."""
    return os.waitpid(pid, 0 if wait else os.WNOHANG)[0] == pid


def _arm() -> None:
    """Have this process die at a commit when it is told to."""
    moment = [""]
    commit = DefaultDialect.do_commit

    def do_commit(dialect: DefaultDialect, connection: Any) -> None:
        if moment[0] == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        commit(dialect, connection)
        if moment[0] == "after":
            os.kill(os.getpid(), signal.SIGKILL)

    DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]
    signal.signal(signal.SIGUSR1, lambda *_: moment.__setitem__(0, "before"))
    signal.signal(signal.SIGUSR2, lambda *_: moment.__setitem__(0, "after"))


if __name__ == "__main__":
    main()
