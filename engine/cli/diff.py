"""`baton diff OLD NEW`: what a second version of a drawing or pack does differently."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.cli.diff_words import ASPECTS, BY_LIKENESS, KINDS, NONE, SAME, STATES, said
from engine.cli.language import add_language, language
from engine.infra.errors import DomainError, Invalid
from engine.intake import pack as packs
from engine.intake.diff import Change, Comparison, Difference, compare
from engine.intake.read import read_drawing

_SIGNS = {"added": "+", "removed": "-", "changed": "~", "moved": ">"}


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("diff", help="compare two drawings or packs")
    parser.add_argument("old", type=Path, help="a .bpmn file, a pack folder, or a .zip of one")
    parser.add_argument("new", type=Path, help="the later version of it")
    parser.add_argument("--json", action="store_true", help="all differences as JSON")
    add_language(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the differences; returns 0 where there are none, 1 where there are some."""
    old, new = _read(options.old), _read(options.new)
    settings = ((old.settings, new.settings)
                if old.settings is not None and new.settings is not None else None)
    found = compare(old.drawing, new.drawing, settings=settings, files=(old.files, new.files),
                    language=language(options))
    if options.json:
        sys.stdout.write(json.dumps(_plain(found), ensure_ascii=False, indent=1) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in _lines(found, language(options)))
    return 0 if found.same else 1


def _plain(found: Comparison) -> dict[str, Any]:
    return {"same": found.same, "matched_by": "likeness" if found.by_likeness else "id",
            "counts": found.counts(), **{key: value for key, value in asdict(found).items()
                                         if key not in ("by_likeness", "names")}}


def _read(path: Path) -> packs.Pack:
    try:
        pack = packs.from_path(path)
        read_drawing(pack.drawing)
    except DomainError as error:
        raise Invalid("{path}: {reason}", path=str(path), reason=str(error)) from error
    return pack


def _lines(found: Comparison, language: str) -> Iterator[str]:
    if found.same:
        yield SAME[language]
        return
    if found.by_likeness:
        yield BY_LIKENESS[language]
    for each in found.differences:
        yield f"{_SIGNS[each.state]} {_what(each, language)}"
        for change in each.changes:
            yield f"    {_how(change, language)}"
    none = NONE[language]
    for one in found.settings:
        yield f"~ {one.section} {one.key}: {one.old or none} → {one.new or none}"


def _what(each: Difference, language: str) -> str:
    name = f" “{each.name}”" if each.name else ""
    if "“" in each.name:
        name = f": {each.name}"
    return (f"{said(STATES, each.state, language)} {said(KINDS, each.kind, language)}"
            f"{name} ({each.new or each.old})")


def _how(change: Change, language: str) -> str:
    aspect = said(ASPECTS, change.aspect, language)
    if not change.old and not change.new:
        return aspect
    old, new = (said(KINDS, value, language) or NONE[language]
                for value in (change.old, change.new))
    return f"{aspect}: {old} → {new}"
