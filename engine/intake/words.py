"""Sentences in English and Chinese, with drawn names filled in at a bounded length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from engine.intake.bpmn import Element, drawn_id, name_of
from engine.intake.unnamed import place_of

#: A text by language code: {"en": …, "zh": …}.
Text: TypeAlias = Mapping[str, str]

_LONGEST = 120


@dataclass(frozen=True)
class Called:
    """What people call something: a name, which sentences quote, or a description of it."""

    en: str
    zh: str
    is_name: bool = True

    def __str__(self) -> str:
        return self.en if self.en == self.zh else f"{self.en} {self.zh}"


def text(en: str, zh: str, **values: object) -> dict[str, str]:
    """Both languages of one sentence, with its {placeholders} filled from `values`.

    The quotation marks around a placeholder go where the value is a description, no name.
    """
    if not values:
        return {"en": en, "zh": zh}
    return {"en": _filled(en, "en", values), "zh": _filled(zh, "zh", values)}


def _filled(sentence: str, language: str, values: Mapping[str, object]) -> str:
    short, drawn = {}, sentence
    for key, value in values.items():
        if isinstance(value, Called):
            if not value.is_name:
                sentence = sentence.replace(f"“{{{key}}}”", f"{{{key}}}")
            value = value.en if language == "en" else value.zh
        short[key] = cut(str(value))
    filled = sentence.format(**short)
    return filled if sentence[:1] == drawn[:1] else filled[:1].upper() + filled[1:]


def cut(value: str, longest: int = _LONGEST) -> str:
    """`value` on one line, shortened so that a hostile name can't flood a page."""
    line = " ".join(value[:longest * 4].split())
    return line if len(line) <= longest else line[:longest - 1] + "…"


def called(element: Element) -> Called:
    """How people call a drawn element: by its name, else by where it stands, else by its id."""
    name = cut(name_of(element))
    place = None if name else place_of(element)
    if place is None:
        name = name or cut(drawn_id(element))
        return Called(name, name)
    words = place.in_words()
    if place.relation == "called":
        return Called(words["en"], words["zh"])
    return Called(f"the {words['en']}", words["zh"], is_name=False)


def listed(elements: Iterable[Element]) -> Called:
    """How people call several elements, for the middle of a sentence."""
    all_of_them = [called(each) for each in elements]
    quoted = [(f"“{each.en}”", f"“{each.zh}”") if each.is_name else (each.en, each.zh)
              for each in all_of_them]
    return Called(", ".join(dict.fromkeys(en for en, _ in quoted)),
                  "、".join(dict.fromkeys(zh for _, zh in quoted)), is_name=False)


def arrow(flow: Element, source: Element | None, target: Element | None) -> str:
    """How an arrow is told from others: by its name, else by the ends that it leads from and to."""
    ends = [cut(name_of(end) or drawn_id(end)) for end in (source, target) if end is not None]
    named = cut(name_of(flow))
    return named or (" → ".join(ends) if len(ends) == 2 else cut(drawn_id(flow)))


def process_name(process: Element) -> str:
    """The name of a process, else that of its pool; "" when neither has one."""
    pools = process.getroottree().iter("{*}participant")
    return name_of(process) or next((name_of(pool) for pool in pools if name_of(pool)
                                     and pool.get("processRef") == process.get("id")), "")
