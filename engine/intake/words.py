"""Sentences in English and Chinese, with drawn names filled in at a bounded length."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from engine.intake.bpmn import Element, drawn_id, name_of

#: A text by language code: {"en": …, "zh": …}.
Text: TypeAlias = Mapping[str, str]

_LONGEST = 120


def text(en: str, zh: str, **values: object) -> dict[str, str]:
    """Both languages of one sentence, with its {placeholders} filled from `values`."""
    if not values:
        return {"en": en, "zh": zh}
    short = {key: cut(str(value)) for key, value in values.items()}
    return {"en": en.format(**short), "zh": zh.format(**short)}


def cut(value: str, longest: int = _LONGEST) -> str:
    """`value` on one line, shortened so that a hostile name can't flood a page."""
    line = " ".join(value[:longest * 4].split())
    return line if len(line) <= longest else line[:longest - 1] + "…"


def called(element: Element) -> str:
    """How people call a drawn element: by its name, else by its id."""
    return cut(name_of(element) or drawn_id(element))
