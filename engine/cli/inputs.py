"""Files that commands read drawings from, one after the other."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from engine.infra.errors import DomainError, Invalid
from engine.intake.dialects.propose import completed
from engine.intake.pack import Pack, from_path


def packs(paths: Iterable[Path], unusable: list[Path]) -> Iterator[tuple[Path, Pack]]:
    """The packs, zips and drawings at `paths`.

    Those that can't be read are named on stderr and added to `unusable`; the others go on.
    """
    for path in paths:
        try:
            pack = _read(path)
        except DomainError as error:
            refuse(path, error, unusable)
        else:
            yield path, pack


def refuse(path: Path, error: DomainError, unusable: list[Path]) -> None:
    """Say on stderr why `path` can't be used, in one line."""
    sys.stderr.write(f"baton: {path}: {' '.join(str(error).split())}\n")
    unusable.append(path)


def _read(path: Path) -> Pack:
    if not path.exists():
        raise Invalid("There is no such file.")
    try:
        return completed(from_path(path))
    except OSError as error:
        raise Invalid("It can't be read: {reason}", reason=error.strerror or str(error)) from error
