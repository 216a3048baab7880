"""The message catalogues: compiled from .po to .mo when the .po is newer."""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_stale(folder: Path) -> None:
    """Compile each `<language>/LC_MESSAGES/messages.po` under `folder` whose .mo is older.

    Where the folder cannot be written to (an installed package) the .mo that came with it stays.
    """
    for po in folder.glob("*/LC_MESSAGES/messages.po"):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        with po.open("rb") as source:
            catalogue = read_po(source)
        try:
            temporary = mo.with_suffix(".mo.new")
            with temporary.open("wb") as target:
                write_mo(target, catalogue)
            temporary.replace(mo)
        except PermissionError:
            return
