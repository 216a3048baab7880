"""Times that a timer can be set to: ISO 8601 as it stands, or an expression that gives one."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime

from engine.intake.expressions import readable

_NUMBER = r"\d+(?:[.,]\d+)?"
_DURATION = re.compile(
    rf"P(?=.)(?:\d+Y)?(?:\d+M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(?:T(?=.)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?")
_CYCLE = re.compile(r"R-?\d*/([^/]+)(?:/([^/]+))?")
_FEEL_CYCLE = re.compile(r"=\s*cycle\(\s*(?:(\d+)\s*,\s*)?duration\(\s*\"([^\"]+)\"\s*\)\s*\)")
_FEEL_LITERAL = re.compile(
    r"""(?:=|[$#]\{)\s*(?:"([^"]+)"|(?:duration|date|date and time)\(\s*"([^"]+)"\s*\))\s*\}?""")
_LONGEST = 200


def readable_time(kind: str, text: str, known: Collection[str] = ()) -> str | None:
    """`text` of a timeDate, timeDuration or timeCycle as the runtime takes it, else None.

    Dates without a zone are those of the organisation; a lone name counts as a field only when
    it is `known` to be one.
    """
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    if kind == "timeDuration" and _is_duration(text):
        return text
    if kind == "timeDate" and _is_date(text):
        return text
    if kind == "timeCycle" and _is_cycle(text):
        return text
    if _looks_literal(text):
        return None
    literal = _literal_within(text)
    return readable_time(kind, literal, known) if literal else readable(text, known)


def _literal_within(text: str) -> str:
    """ISO 8601 that stands in an expression: `= "PT1H"`, `= cycle(3, duration("PT1H"))`."""
    cycle = _FEEL_CYCLE.fullmatch(text)
    if cycle:
        return f"R{cycle[1] or ''}/{cycle[2]}"
    match = _FEEL_LITERAL.fullmatch(text)
    return match[1] or match[2] if match else ""


def _is_duration(text: str) -> bool:
    return bool(_DURATION.fullmatch(text)) and any(letter.isdigit() for letter in text)


def _is_date(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_cycle(text: str) -> bool:
    if _is_duration(text):
        return True
    match = _CYCLE.fullmatch(text)
    if not match or text.startswith("R0/"):
        return False
    parts = [part for part in match.groups() if part]
    return any(_is_duration(part) for part in parts) and all(
        _is_duration(part) or _is_date(part) for part in parts)


def _looks_literal(text: str) -> bool:
    """A date or duration that is spelled wrongly would be arithmetic (2024-13-01) or a name."""
    return bool(re.match(r"(\d|P[\dT]|R\d*/|\+|-)", text))
