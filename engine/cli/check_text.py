"""The report on a drawing as a person reads it in a terminal."""

from __future__ import annotations

import os
import re
import shutil
import unicodedata
from collections.abc import Iterator
from typing import TextIO

from engine.intake.model import Adaptation, Finding, Understanding
from engine.intake.settings import localized
from engine.intake.unnamed import Place

_VERDICTS = {
    "runs": {"en": "runs as drawn", "zh": "按图运行"},
    "runs_with_decisions": {"en": "runs, with decisions left to people",
                            "zh": "可以运行，部分由人员决定"},
    "cannot_run": {"en": "cannot run yet", "zh": "尚不能运行"},
}
_COLOURS = {"runs": "32", "runs_with_decisions": "36", "cannot_run": "31",
            "error": "31", "warning": "33", "info": "2", "rule": "2"}
_WORDS = {
    "error": {"en": "error", "zh": "错误"}, "warning": {"en": "warning", "zh": "警告"},
    "info": {"en": "note", "zh": "提示"},
    "as_drawn": {"en": "Nothing had to be adapted.", "zh": "无需任何调整。"},
}
_WIDEST, _INDENT = 110, 22


class Printer:
    """Writes one block for each file; in colour, and as wide as it is, on a terminal."""

    def __init__(self, out: TextIO, language: str) -> None:
        self._out = out
        self._language = language
        self._places: dict[str, Place | None] = {}
        tty = out.isatty()
        self._colours = tty and not os.environ.get("NO_COLOR")
        self._width = min(shutil.get_terminal_size().columns, _WIDEST) if tty else _WIDEST

    def show(self, file: str, found: Understanding) -> None:
        """Print the report on one file."""
        self._places = {step.id: step.place for step in found.steps}
        verdict = _VERDICTS[found.verdict][self._language]
        lines = [f"{self._paint(file, '1')}: {self._paint(verdict, _COLOURS[found.verdict])}"]
        for severity in ("error", "warning"):
            for finding in found.findings:
                if finding.severity == severity:
                    lines += self._finding(finding)
        for members in self._grouped(found.adaptations):
            lines += self._adaptations(members)
        for finding in found.findings:
            if finding.severity == "info":
                lines += self._finding(finding)
        if not found.adaptations and found.verdict == "runs":
            lines.append(f"  {_WORDS['as_drawn'][self._language]}")
        self._out.write("\n".join(lines) + "\n\n")

    def _grouped(self, adaptations: tuple[Adaptation, ...]) -> list[list[Adaptation]]:
        """Adaptations of one rule with one remedy, together, in the order of the report."""
        groups: dict[tuple[str, str], list[Adaptation]] = {}
        for each in adaptations:
            groups.setdefault((each.rule, localized(each.remedy, self._language)), []).append(each)
        return list(groups.values())

    def _adaptations(self, members: list[Adaptation]) -> Iterator[str]:
        head = members[0].rule
        for each in members:
            yield from self._row(head, "rule", self._at(
                each.name, each.element, localized(each.what, self._language)))
            head = ""
        yield from self._below(f"→ {localized(members[0].remedy, self._language)}")

    def _finding(self, finding: Finding) -> Iterator[str]:
        message = localized(finding.message, self._language)
        yield from self._row(_WORDS[finding.severity][self._language], finding.severity,
                             self._at(finding.name, finding.element, message))

    def _at(self, name: str, element: str, sentence: str) -> str:
        """The sentence, and before it what it is about, where it doesn't say so itself."""
        place = self._places.get(element)
        described = place.in_words()[self._language] if place is not None and not name else ""
        called = described or name or element
        if not called or called.lower() in sentence.lower():
            return sentence
        return f"{called[:1].upper() + called[1:] if described else called}: {sentence}"

    def _row(self, head: str, colour: str, body: str) -> Iterator[str]:
        title = f"  {head}" + " " * max(1, _INDENT - 2 - _columns(head))
        wrapped = self._wrapped(body)
        yield self._paint(title, _COLOURS[colour]) + wrapped[0]
        yield from (" " * _INDENT + line for line in wrapped[1:])

    def _below(self, text: str) -> Iterator[str]:
        for line in self._wrapped(text):
            yield " " * _INDENT + self._paint(line, "2")

    def _wrapped(self, text: str) -> list[str]:
        """`text` in lines as wide as there is room."""
        width, lines, line = max(30, self._width - _INDENT), [], ""
        for word in _words(text):
            if line and _columns(line + word.rstrip()) > width:
                lines.append(line.rstrip())
                line = ""
            line += word
        return [*lines, line.rstrip()]

    def _paint(self, text: str, colour: str) -> str:
        return f"\033[{colour}m{text}\033[0m" if self._colours else text


def _columns(text: str) -> int:
    """How many columns a terminal needs for `text`: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _words(text: str) -> list[str]:
    """Where a line may break: after spaces, and between Chinese characters."""
    return re.findall(r"[\u2e80-\u9fff\uf900-\ufaff][\uff00-\uffef\u3000-\u303f”]*|"
                      r"[^\s\u2e80-\u9fff\uf900-\ufaff]+\s*|\s+", text) or [""]
