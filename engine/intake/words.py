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


def arrow(flow: Element, source: Element | None, target: Element | None) -> str:
    """How people call an arrow: by its name, else by the ends that it leads from and to."""
    ends = [called(end) for end in (source, target) if end is not None]
    return cut(name_of(flow)) or (f"{ends[0]} → {ends[1]}" if len(ends) == 2 else called(flow))


def process_name(process: Element) -> str:
    """The name of a process, else that of its pool; "" when neither has one."""
    pools = process.getroottree().iter("{*}participant")
    return name_of(process) or next((name_of(pool) for pool in pools if name_of(pool)
                                     and pool.get("processRef") == process.get("id")), "")
