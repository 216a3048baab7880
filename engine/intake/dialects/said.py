"""What a tool's extensions say about one element, in words common to all tools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

#: Namespaces of the standard itself and of drawings, which are no one's extensions.
STANDARD = ("http://www.omg.org/", "https://www.omg.org/", "http://www.w3.org/", "urn:baton:")


@dataclass(frozen=True)
class Asked:
    """One field of a form; `type` is one of the journey's field types."""

    key: str
    label: str
    type: str = "text"
    required: bool = False
    readonly: bool = False
    default: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    low: str = ""
    high: str = ""
    shortest: str = ""
    longest: str = ""
    long_text: bool = False


@dataclass(frozen=True)
class Assigned:
    """`target` gets the value of `source`, which is written in the tool's own language."""

    target: str
    source: str


@dataclass(frozen=True)
class Said:
    """Everything is empty where nothing is said.

    `form` names a form of the pack, `schema` is one that the file itself holds, `asked` are its
    fields one by one; `job` is the topic or type of a machine's job. `before` and `after` are
    assignments around the step; `first` and `last` scripts of Python.
    """

    assignee: str = ""
    candidates: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    due: str = ""
    priority: str = ""
    form: str = ""
    schema: Mapping[str, Any] | None = None
    asked: tuple[Asked, ...] = ()
    job: str = ""
    retries: str = ""
    before: tuple[Assigned, ...] = ()
    after: tuple[Assigned, ...] = ()
    first: str = ""
    last: str = ""
    decision: str = ""
    result: str = ""
    #: How the result holds the decision's outputs: "value", "row" or "rows"; "" for what fits.
    result_kind: str = ""

    def and_then(self, other: Said) -> Said:
        """Both; where both say something, this one counts."""
        return Said(**{each.name: getattr(self, each.name) or getattr(other, each.name)
                       for each in fields(Said)})


def listed(text: str, separators: str = ",") -> tuple[str, ...]:
    """Entries between commas; commas within `${…}` or brackets divide nothing."""
    found, part, depth = [], "", 0
    for letter in text:
        depth += (letter in "{([") - (letter in "})]")
        if letter in separators and depth <= 0:
            found.append(part)
            part = ""
        else:
            part += letter
    return tuple(each.strip() for each in [*found, part] if each.strip())
