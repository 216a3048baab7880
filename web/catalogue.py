"""The message catalogue: collected from code and templates, compiled from .po to .mo.

`python -m web.catalogue` (make messages) brings web/translations/*.po up to date with what
code and templates say; what it adds there has to be translated, a test sees to that.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
TRANSLATIONS = ROOT / "web" / "translations"
_MARKS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "noted": None, "lazy_ngettext": (1, 2)}


def compile_stale(folder: Path) -> None:
    """Compile each `<language>/LC_MESSAGES/messages.po` under `folder` whose .mo is older.

    Where the folder cannot be written to (an installed package) the .mo that came with it stays.
    """
    for po in folder.glob("*/LC_MESSAGES/messages.po"):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        catalogue = read(po)
        try:
            # Processes that start at once each write their own, and the last one stays.
            temporary = mo.with_suffix(f".{os.getpid()}.new")
            with temporary.open("wb") as target:
                write_mo(target, catalogue)
            temporary.replace(mo)
        except PermissionError:
            return


def read(po: Path) -> Catalog:
    """The catalogue in a .po file."""
    with po.open("rb") as source:
        return read_po(source)


def is_translated(message: Message | None) -> bool:
    """Whether the message has all its strings, and nobody doubts them."""
    if message is None or message.fuzzy:
        return False
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(strings)


def collect() -> Catalog:
    """Every message of code and templates, with the files (no lines: they change too often)."""
    found = Catalog(charset="utf-8")
    for path in sorted(ROOT.glob("web/templates/**/*.html")):
        _add(found, path, "jinja2", _MARKS)
    for path in sorted(ROOT.glob("web/**/*.py")):
        _add(found, path, "python", _MARKS)
    errors: dict[str, None] = dict.fromkeys(_error_names())
    for path in sorted(ROOT.glob("engine/**/*.py")):
        own = {"__init__": None} if path.name == "errors.py" else {}
        _add(found, path, "python", {**errors, **own, "said": None})
    return found


def _add(found: Catalog, path: Path, kind: str, marks: dict[str, tuple[int, ...] | None]) -> None:
    place = path.relative_to(ROOT).as_posix()
    if "node_modules" in place:
        return
    method = {"python": "python", "jinja2": "jinja2.ext:babel_extract"}[kind]
    options = {"silent": "false", "trimmed": "true"} if kind == "jinja2" else {}
    for _line, message, _comments, context in extract_from_file(
            method, path, keywords=marks, comment_tags=(), options=options):
        found.add(message, locations=[(place, None)], context=context)


def _error_names() -> Iterator[str]:
    """Names of the error classes of all rooms: what they are raised with is shown to people."""
    for path in ROOT.glob("engine/**/errors.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            plain = isinstance(node, ast.ClassDef) and [ast.unparse(base) for base in node.bases]
            if plain and (plain != ["Exception"] or node.name == "DomainError"):
                yield node.name


def main() -> int:
    """Update every .po file; messages that are gone go, new ones come untranslated."""
    found = collect()
    for po in TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"):
        kept = read(po)
        found.creation_date = kept.creation_date  # a date that changes says nothing
        kept.update(found, no_fuzzy_matching=True)
        kept.obsolete.clear()
        with po.open("wb") as target:
            write_po(target, kept, width=100, sort_output=True, ignore_obsolete=True)
        for message in kept:
            if message.id and not is_translated(message):
                sys.stdout.write(f"{po.parent.parent.name}: {message.id!r}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
