"""Files that commands read drawings from, one after the other."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from engine.infra.errors import DomainError, Invalid
from engine.intake.dialects.propose import completed
from engine.intake.drop import Dropped, sort_out
from engine.intake.pack import Pack, from_path, is_zip


def packs(paths: Iterable[Path], unusable: list[Path]) -> Iterator[tuple[Path, Pack]]:
    """The packs, zips and drawings at `paths`; a zip or folder of several drawings gives each.

    Those that can't be read are named on stderr and added to `unusable`; the others go on.
    """
    for path in paths:
        try:
            found = _read(path)
        except DomainError as error:
            refuse(path, error, unusable)
            continue
        for each in found:
            where = path if len(found) == 1 else path.parent / each.name
            try:
                pack = completed(each.pack())
            except DomainError as error:
                refuse(where, error, unusable)
            else:
                yield where, pack


def refuse(path: Path, error: DomainError, unusable: list[Path]) -> None:
    """Say on stderr why `path` can't be used, in one line."""
    sys.stderr.write(f"baton: {path}: {' '.join(str(error).split())}\n")
    unusable.append(path)


def _read(path: Path) -> list[Dropped]:
    if not path.exists():
        raise Invalid("There is no such file.")
    try:
        try:
            return [Dropped(path.name, from_path(path))]
        except Invalid:
            several = sort_out(_files(path)) if path.is_dir() or _is_zip(path) else []
            if len(several) < 2:
                raise
            return several
    except OSError as error:
        raise Invalid("It can't be read: {reason}", reason=error.strerror or str(error)) from error


def _files(path: Path) -> list[tuple[str, bytes]]:
    if path.is_file():
        return [(path.name, path.read_bytes())]
    return [(str(each.relative_to(path.parent)), each.read_bytes())
            for each in sorted(path.rglob("*")) if each.is_file()]


def _is_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return is_zip(file.read(4))
