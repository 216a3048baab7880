"""What a tool's extensions say about one element, in words common to all tools."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


def _as_named(name: str) -> str | None:
    return None


@dataclass(frozen=True)
class HttpStep:
    """What a machine's step asks over HTTP; values are in the tool's own language, or Python
    behind `py:`.

    `result` are the fields that the answer fills. `means` gives the part of the answer (status,
    headers, body) that the tool calls by a name. `tries` are those in all, `rest` seconds between
    them; 0 where nothing is said. `unread` names what no call of ours can say.
    """

    url: str
    method: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    result: tuple[Assigned, ...] = ()
    means: Callable[[str], str | None] = _as_named
    seconds: int = 0
    tries: int = 0
    rest: int = 0
    unread: tuple[str, ...] = ()


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
    http: HttpStep | None = None

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
