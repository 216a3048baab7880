"""The language that a command speaks: asked for, else the terminal's."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping


def add_language(parser: argparse.ArgumentParser) -> None:
    """Declare --language (and --lang, as `baton map` calls it)."""
    parser.add_argument("--language", "--lang", choices=("en", "zh"), default=None,
                        help="default: as LC_ALL, LC_MESSAGES or LANG say, else English")


def language(options: argparse.Namespace, environ: Mapping[str, str] | None = None) -> str:
    """`en` or `zh`: --language, else the first locale variable that is set, else English."""
    if options.language:
        return str(options.language)
    env = os.environ if environ is None else environ
    said = next((env[key] for key in ("LC_ALL", "LC_MESSAGES", "LANG") if env.get(key)), "")
    return "zh" if said.lower().startswith("zh") else "en"
