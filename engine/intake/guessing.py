"""Which department a lane or a pool means, guessed by its name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from engine.intake.words import Text

#: Words that say nothing about which department is meant.
_FILLERS = frozenset({"the", "and", "of", "for", "a", "dept", "department", "team", "unit",
                      "group", "office", "division"})
_FILLERS_ZH = re.compile(r"(部门|部|团队|小组|组|科|处|中心)$")
_SHORTEST_STEM = 4
_SHARE = 0.6


def guess_department(name: str, departments: Mapping[str, Text]) -> str:
    """The key of the department that `name` means, "" where none is or several could be.

    Names are compared in every language without case, fillers and endings: “Accounting team”
    is Accounts, “客服” is 客服部.
    """
    scores = {key: max((_likeness(name, each) for each in _names(key, names)), default=0.0)
              for key, names in departments.items()}
    best = max(scores.values(), default=0.0)
    hits = [key for key, score in scores.items() if score == best]
    return hits[0] if best > 0 and len(hits) == 1 else ""


def _names(key: str, names: Text) -> Iterable[str]:
    return {*names.values(), key.replace("-", " ")}


def _likeness(one: str, other: str) -> float:
    """1 for the same words, less the more words stand alone, 0 when they don't match."""
    mine, yours = _words(one), _words(other)
    if not mine or not yours:
        return 0.0
    few, many = sorted((mine, yours), key=len)
    if not all(any(_same(word, each) for each in many) for word in few):
        return 0.0
    exact = len(set(few) & set(many)) / len(few)
    return len(few) / len(many) * (0.9 + 0.1 * exact) if len(few) * 2 >= len(many) else 0.0


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", name).casefold()
    found = [_FILLERS_ZH.sub("", word) or word for word in re.findall(r"\w+", plain)]
    return [word for word in found if word not in _FILLERS] or found


def _same(one: str, other: str) -> bool:
    """Whether two words are the same but for their endings."""
    if one == other:
        return True
    if not (one.isascii() and other.isascii()):
        short, long = sorted((one, other), key=len)
        return len(short) > 1 and short in long
    shared = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
                  min(len(one), len(other)))
    return shared >= _SHORTEST_STEM and shared >= _SHARE * max(len(one), len(other))
