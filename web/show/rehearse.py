"""Everything that the page of a rehearsal shows: where it stands, and what can happen now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from engine.intake.records import Draft, Version
from engine.intake.service_call import TIMEOUT, UNREACHABLE, ServiceCall
from engine.intake.settings import JourneySettings
from engine.runtime.calls.reply import example_body, reads
from engine.runtime.errors import ModelFault
from engine.runtime.model import Answer
from engine.runtime.plausible import Pools
from engine.runtime.ports import RunnableVersion
from engine.runtime.random_play import PlayReport
from engine.runtime.rehearsal import Happening, Move, Rehearsal
from engine.runtime.tagged import plain
from web.i18n import language, localized
from web.show.drawing import finding_marks
from web.show.http import written
from web.show.known import known_data
from web.show.rehearsal import Script
from web.show.step import called
from web.show.story import rules_hit
from web.unit import services

#: What people do stands before what happens to them.
_ORDER = {"do": 0, "answer": 0, "data": 1, "message": 2, "time": 3, "retry": 4}


@dataclass(frozen=True)
class Input:
    """One field to fill in. `kind`: text, number, date, datetime, choice or list."""

    key: str
    label: str
    kind: str
    value: str = ""
    choices: tuple[tuple[str, str], ...] = ()


class Names:
    """What elements, answers and fields are called, in the reader's language."""

    def __init__(self, source: Draft | Version, version: RunnableVersion) -> None:
        self.settings: JourneySettings = source.settings
        self._version = version
        self._drawn = {each.id: each.name for each in version.model.outline.elements}
        self._leads = {flow: target for flow, _, target in version.model.outline.flows}

    def of(self, element: str) -> str:
        """An element's name; one without a name is called by where it stands."""
        return called(self.settings, element, self._version.model.by_drawn_id(element),
                      self._drawn.get(element, ""))

    def is_named(self, element: str) -> bool:
        """Whether people gave it a name."""
        return self.of(element) != element

    def answer(self, answer: Answer) -> str:
        """An answer's name, or where it leads to."""
        drawn = answer.name or self.of(answer.target)
        return self.settings.label(answer.flow, language(), drawn)

    def way(self, flow: str) -> str:
        """A flow's name, or where it leads to."""
        for element in self._version.model.elements.values():
            for answer in element.answers:
                if answer.flow == flow:
                    return self.answer(answer)
        return self.settings.label(flow, language(), self.of(self._leads.get(flow, flow)))

    def field(self, key: str, fallback: str = "") -> str:
        """A field's label."""
        rule = self.settings.fields.get(key)
        return localized(rule.label) if rule is not None else fallback or key


def board(source: Draft | Version, version: RunnableVersion, script: Script,
          rehearsal: Rehearsal) -> dict[str, Any]:
    """Where a rehearsal stands: for the page and for the drawing."""
    names = Names(source, version)
    state, level = _state(rehearsal)
    return {
        "script": script.written(), "count": len(script.moves), "now": rehearsal.now,
        "state": rehearsal.state, "state_words": state, "level": level,
        "tokens": list(dict.fromkeys(names.of(element) for _, element in rehearsal.tokens())),
        "moves": [_move(each, names, version, rehearsal) for each in
                  sorted(rehearsal.moves(), key=lambda move: _ORDER[move.kind])],
        "story": _story(rehearsal.trace, names), "problems": [
            {"name": names.of(each.element), "element": each.element, "text": each.message}
            for each in rehearsal.problems],
        "data": known_data(source, plain(rehearsal.document)),
        "marks": marks(version, rehearsal, names)}


def beginning(source: Draft | Version, version: RunnableVersion) -> dict[str, Any]:
    """What may be said before the journey begins: which of several processes is started, the
    start form, and what conditions read that no form asks for and no script sets."""
    names = Names(source, version)
    entries = []
    if len(version.entries) > 1:
        drawn = {each.id: each.name for each in services().intake.understand(source).processes}
        entries = [(each, names.settings.label(each, language(), drawn.get(each, "")))
                   for each in version.entries]
    return {"entries": entries, "inputs": _inputs(_form_keys(version, ""), names, version, {}),
            "more": _inputs(_unasked(version), names, version, {})}


def _unasked(version: RunnableVersion) -> list[str]:
    pools = Pools(version)
    return [key for key in pools.free if key not in pools.computed]


def marks(version: RunnableVersion, rehearsal: Rehearsal, names: Names) -> dict[str, Any]:
    """The path taken and where tokens rest, for the drawing."""
    passed = dict.fromkeys(each.element for each in rehearsal.trace)
    found: dict[str, list[str]] = {each: ["done"] for each in
                                   (*passed, *ways_taken(version, rehearsal))}
    ended = rehearsal.state in ("stuck", "failed")
    tokens = Counter(element for _, element in rehearsal.tokens())
    for element in tokens:
        found[element] = ["trouble" if ended else "live"]
    for problem in rehearsal.problems:
        found[problem.element] = ["trouble"]
    return {"markers": found, "labels": {}, "tokens": [
        {"element": element, "label": "●" if count == 1 else str(count),
         "title": names.of(element)} for element, count in tokens.items()]}


def ways_taken(version: RunnableVersion, rehearsal: Rehearsal) -> list[str]:
    """The flows that were taken, by drawn id: their target was come to after their source."""
    into: dict[str, list[tuple[str, str]]] = {}
    for flow, source, target in version.model.outline.flows:
        into.setdefault(target, []).append((flow, source))
    answered: dict[str, tuple[str, ...]] = {}
    seen: set[str] = set()
    taken: dict[str, None] = {}
    came = [(each.element, each.answers) for each in rehearsal.trace]
    for element, answers in (*came, *((element, ()) for _, element in rehearsal.tokens())):
        for flow, source in into.get(element, ()):
            if source in seen and flow in answered.get(source, (flow,)):
                taken[flow] = None
        seen.add(element)
        if answers:
            answered[element] = answers
    return list(taken)


def play_view(source: Draft | Version, version: RunnableVersion,
              report: PlayReport) -> dict[str, Any]:
    """What many runs at random showed, for the page and for the drawing."""
    names = Names(source, version)
    divisions = _divisions(version, report, names)
    shares = {way["flow"]: way["share"] for place in divisions for way in place["ways"]}
    problems = [{"name": names.of(each.element), "element": each.element, "level": "error",
                 "text": _trouble(each.kind, each.message), "runs": each.runs,
                 "first": each.first, "anchor": f"problem-{number}"}
                for number, each in enumerate(report.problems)]
    return {
        "report": report,
        "never": [{"element": each.element, "name": names.of(each.element)}
                  for each in report.never_reached],
        "problems": problems,
        "endless": any(each.kind == "endless" for each in report.problems),
        "ways": divisions,
        "marks": {"markers": {each.element: ["unseen"] for each in report.never_reached},
                  "metrics": [_heat(report, shares)],
                  **finding_marks(problems)}}


def _divisions(version: RunnableVersion, report: PlayReport,
               names: Names) -> list[dict[str, Any]]:
    """How the runs divide where the drawing does: each place with its ways out."""
    out: dict[str, list[str]] = {}
    for flow, source, _target in version.model.outline.flows:
        out.setdefault(source, []).append(flow)
    found = []
    for element, flows in out.items():
        taken = {flow: report.ways.get(flow, 0) for flow in flows}
        total = sum(taken.values())
        if len(flows) < 2 or not total:
            continue
        found.append({"element": element, "name": names.of(element), "ways": [
            {"flow": flow, "name": names.way(flow), "count": count,
             "share": gettext("%(number)s %%", number=round(100 * count / total))}
            for flow, count in taken.items()]})
    return found


def _heat(report: PlayReport, shares: Mapping[str, str]) -> dict[str, Any]:
    """How often each element and flow was passed; where ways divide, each says its share."""
    counts = {**report.visits, **report.ways}
    most = max(counts.values(), default=1) or 1
    return {"key": "passed", "name": gettext("How often it was passed"), "low": "0",
            "high": str(most), "values": {
                element: {"value": count / most, "label": shares.get(element, "")}
                for element, count in counts.items()}}


def _trouble(kind: str, message: str) -> str:
    return {"stuck": gettext("A token rests here, and nothing can ever happen."),
            "endless": gettext("The run was still going on after its last move.")
            }.get(kind, message)


def _state(rehearsal: Rehearsal) -> tuple[str, str]:
    return {
        "open": (gettext("Going on"), "accent"),
        "completed": (gettext("Completed"), "green"),
        "stuck": (gettext("Stuck"), "red"),
        "failed": (gettext("Failed"), "red")}[rehearsal.state]


def _move(move: Move, names: Names, version: RunnableVersion,
          rehearsal: Rehearsal) -> dict[str, Any]:
    keys = _form_keys(version, move.element)
    asks = move.kind in ("do", "answer", "data", "message")
    more = () if keys or not asks else (
        *version.fields, *(k for k in _unasked(version) if k not in version.fields))
    if move.call is not None:
        keys, more = (), reads(move.call, version.fields)
    return {
        "id": move.id, "kind": move.kind, "element": move.element, "name": names.of(move.element),
        "due": move.due_at, "inside": move.inside, "several": move.several,
        "reason": move.reason,
        "answers": [{"flow": each.flow, "name": names.answer(each)} for each in move.answers],
        "inputs": _inputs(keys, names, version, rehearsal.document),
        "call": _call(move, rehearsal) if move.call is not None else None,
        "more": _inputs(more, names, version, rehearsal.document)}


def _call(move: Move, rehearsal: Rehearsal) -> dict[str, Any]:
    """What would be sent, and how the service may answer."""
    call = move.call or ServiceCall(url="")
    try:
        request = rehearsal.request(move)
        sent, fault = written(request) if request is not None else "", ""
    except ModelFault as error:
        sent, fault = "", str(error)
    named = {TIMEOUT: gettext("No answer in time"), UNREACHABLE: gettext("Can't be reached")}
    statuses = ["200", *(each.replace("x", "0") for each in sorted(call.errors)), "404", "500",
                TIMEOUT, UNREACHABLE]
    return {"host": call.host, "sent": sent, "fault": fault, "body": example_body(call),
            "replies": [(each, named.get(each, each)) for each in dict.fromkeys(statuses)]}


def _form_keys(version: RunnableVersion, element: str) -> tuple[str, ...]:
    form = version.forms.get(element)
    return tuple(dict.fromkeys(f.key for f in form.fields if not f.disabled)) if form else ()


def _inputs(keys: Sequence[str], names: Names, version: RunnableVersion,
            document: Mapping[str, Any]) -> list[Input]:
    labels = {f.key: f.label for form in version.forms.values() for f in form.fields}
    kinds = {f.key: f.type for form in version.forms.values() for f in form.fields}
    found = []
    for key in keys:
        rule = version.fields.get(key)
        kind = rule.type if rule is not None else _FORM_KINDS.get(kinds.get(key, ""), "text")
        if kind == "file" or kinds.get(key) == "filepicker":
            continue
        settings = names.settings.fields.get(key)
        choices = tuple((value, localized(text)) for value, text in settings.choices.items()
                        ) if settings is not None else ()
        if kind == "boolean":
            choices = (("true", gettext("Yes")), ("false", gettext("No")))
        if choices:
            kind = "choice"
        found.append(Input(key, names.field(key, labels.get(key, "")), _KINDS.get(kind, kind),
                           _written(document.get(key)), choices))
    return found


_KINDS = {"integer": "number", "decimal": "number"}
_FORM_KINDS = {"number": "decimal", "checkbox": "boolean", "datetime": "datetime"}


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(str(plain(each)) for each in value)
    return str(plain(value))


def _story(trace: Sequence[Happening], names: Names) -> list[dict[str, Any]]:
    """What happened, the last first, without nodes that have no name."""
    told = []
    for each in trace:
        said = {"done": gettext("done"), "fired": gettext("its time came"),
                "message": gettext("the message arrived"),
                "replied": gettext("the service answered"),
                "started": gettext("began"),
                "passed": "".join(rules_hit(rules) for _, rules in each.rules[-1:]),
                "answered": gettext("answered: %(answers)s", answers=gettext(", ").join(
                    names.way(flow) for flow in each.answers))}.get(each.how, "")
        if each.how in ("passed", "started") and not names.is_named(each.element):
            continue
        told.append({"name": names.of(each.element), "said": said, "at": each.at,
                     "level": "green" if each.how == "done" else "accent" if said else ""})
    return told[::-1]
