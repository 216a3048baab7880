"""Traces written by hand, for tests of the judge."""

from __future__ import annotations

from dataclasses import dataclass

from tests.support.token_game import Verdict, accepts


@dataclass(frozen=True)
class Line:
    """One line of a trace, as the judge reads it."""

    process: str
    element: str
    answers: tuple[str, ...] = ()


def told(text: str, process: str = "P") -> list[Line]:
    """"a g>g-b,g-c b": element ids in order, each with the answers given there."""
    lines = []
    for word in text.split():
        element, _, answers = word.partition(">")
        lines.append(Line(process, element, tuple(answers.split(",")) if answers else ()))
    return lines


def judge(drawing: bytes, text: str, **how: bool) -> Verdict:
    """The judge's verdict on a trace of the process P."""
    return accepts(drawing, told(text), process="P", **how)
