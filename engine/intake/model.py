"""What Baton understood of a drawing: frozen values that the web and the runtime read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.intake.unnamed import Place
from engine.intake.words import Text

Severity = Literal["error", "warning", "info"]
#: Codes of findings that say that a case may never end.
NEVER_ENDS = frozenset({"stuck", "circles", "endless"})
Verdict = Literal["runs", "runs_with_decisions", "cannot_run"]


@dataclass(frozen=True)
class Process:
    """A drawn process. `pool` is the id of the participant that shows it, where there is one."""

    id: str
    name: str
    executable: bool
    chosen: bool
    pool: str | None
    steps: int


@dataclass(frozen=True)
class Pool:
    """A participant; without a process it is a black box: the outside."""

    id: str
    name: str
    process: str | None


@dataclass(frozen=True)
class Lane:
    """A lane of the chosen process; `parent` is the lane around it, `elements` its own nodes."""

    id: str
    name: str
    parent: str | None
    elements: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """A flow node of the chosen process (or of a process that it calls).

    `kind` is its BPMN local name; `inside` the id of the sub-process or process around it;
    `attached_to` the activity a boundary event sits on; `boundary` the events on this one.
    """

    id: str
    name: str
    kind: str
    inside: str
    lane: str | None
    attached_to: str | None = None
    boundary: tuple[str, ...] = ()
    documentation: str = ""
    #: What people call it when it has no name.
    place: Place | None = None


@dataclass(frozen=True)
class Flow:
    """A sequence flow; `condition` is its text as drawn, "" when it has none."""

    id: str
    name: str
    source: str
    target: str
    condition: str = ""


@dataclass(frozen=True)
class Finding:
    """Something to know about one element ("" for the whole file).

    `path` are drawn ids of nodes and flows in the order in which a token takes them, where the
    finding is about a way through the drawing.
    """

    severity: Severity
    element: str
    name: str
    code: str
    message: Text
    path: tuple[str, ...] = ()


@dataclass(frozen=True)
class Option:
    """One thing that Baton can do at a place; `key` is what journey.toml says to choose it."""

    key: str
    label: Text


@dataclass(frozen=True)
class Adaptation:
    """What Baton does differently from the drawing, on which element, and how to make it precise.

    `asks` is true where a person decides or does what the drawing leaves open. Where there are
    `options`, the first is what Baton does by itself and `chosen` is the key of the one it does.
    """

    rule: str
    element: str
    name: str
    what: Text
    why: Text
    remedy: Text
    asks: bool = False
    options: tuple[Option, ...] = ()
    chosen: str = ""


@dataclass(frozen=True)
class Understanding:
    """The report on one drawing. `process` is the id, in the adapted XML, of the one that runs."""

    process: str
    processes: tuple[Process, ...]
    pools: tuple[Pool, ...]
    lanes: tuple[Lane, ...]
    steps: tuple[Step, ...]
    flows: tuple[Flow, ...]
    findings: tuple[Finding, ...]
    adaptations: tuple[Adaptation, ...]
    adapted_xml: bytes
    verdict: Verdict
    #: Ids of the processes of other pools, which run as cases of their own beside it.
    partners: tuple[str, ...] = ()
    #: The tool's dialect: camunda7, camunda8, flowable, bonita, signavio, spiffarena or plain.
    dialect: str = "plain"

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings for which the drawing can't run."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def can_stick(self) -> bool:
        """Whether a case may come to where it can never end any more."""
        return any(finding.code in NEVER_ENDS for finding in self.findings)
