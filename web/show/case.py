"""Everything that the page of one case shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from engine.intake.records import Version
from engine.journal import facts
from engine.people.access import Actor
from engine.runtime.views import Case, CaseWait
from web.forms.cases import Trouble
from web.i18n import language, localized
from web.show import incidents
from web.show.fault_words import fault_words
from web.show.inbox import customer_names
from web.show.known import known_data
from web.show.people import department_names
from web.show.step import element_name, runnable
from web.show.story import Chapter, NamesOf, message_name, story
from web.unit import services


def case_view(case: Case, actor: Actor, trouble: Trouble) -> dict[str, Any]:
    """The case with its story, waits, promises, data, files and comments."""
    version = services().intake.version(case.version_id)
    history = services().journal.read_case(case.id)
    files = services().files.of_case(case.id)
    comments = services().cases.comments(case.id)
    promises = services().promises.of_case(case.id, history=True)
    departments = department_names()
    name_of = _names(version)
    chapters = told(case)
    people = {c.who for c in chapters if c.who} | {c.person for c in comments if c.person}
    work = [i for i in services().work.of_case(case.id) if i.state in ("offered", "claimed")]
    people |= {i.assignee for i in work if i.assignee}
    longest = max((c.waited or 0) + (c.worked or 0) for c in chapters) if chapters else 0
    document = services().cases.document(case.id)
    failed = incidents.panels(case, version, departments, actor)
    # What has failed waits for its owner alone, also where a call or a timer would bring it on.
    stuck = {(panel.incident.token, panel.incident.element) for panel in failed}
    waits = [w for w in services().cases.waits(case.id) if (w.token, w.element) not in stuck]
    people |= {one.person for panel in failed for one in panel.tries if one.person}
    return {
        "case": case, "version": version, "other_version": _other_version(case),
        "title": version.settings.title(language()),
        "customer": customer_names({case.customer}).get(case.customer) if case.customer else None,
        "story": chapters, "longest": longest or 1, "departments": departments,
        "people": services().people.persons.names(people), "promises": promises,
        "waits": waits, "name_of": name_of, "awaited": _awaited(waits, name_of),
        "next_tries": {w.token: found for w in waits if w.kind == "service"
                       and (found := incidents.next_try(case.id, w.token))},
        "files": files, "comments": comments,
        "stands": [*(_awaited(waits, name_of).values()), *(panel.step for panel in failed)],
        "messages": [w for w in waits if w.message],
        "incidents": failed, "lines": incidents.fields(version, document, trouble),
        "data": known_data(version, document),
        "work": work, "held": {i.token: i for i in work},
        "together": [(each, _process_name(version, each)) for each in
                     services().cases.together(case)],
        "mine": {i.id for i in services().work.inbox(actor)},
        "trail": _trail(history, version)}


def _other_version(case: Case) -> int | None:
    """The version to which the case could be moved: the latest, where it isn't on that one."""
    latest = services().intake.latest(case.journey).number
    return latest if latest != case.version_number else None


def _process_name(version: Version, case: Case) -> str:
    """What a case's process is called, of several in one drawing."""
    names = runnable(version).model.processes
    process = case.process or version.process
    return version.settings.label(process, language(), names.get(process, ""))


def _awaited(waits: list[CaseWait], name_of: Callable[[str], str]) -> dict[UUID, str]:
    """What each wait is for, by token."""
    return {wait.token: message_name(name_of(wait.element), wait.element, wait.message)
            for wait in waits}


def told(case: Case) -> list[Chapter]:
    """The story of a case, in the reader's language."""
    promises = {p.clock.standard: localized(p.name)
                for p in services().promises.of_case(case.id)}
    departments = department_names()
    version = services().intake.version(case.version_id)
    history = services().journal.read_case(case.id)
    texts: dict[UUID | tuple[UUID, int], str] = {
        **{c.id: c.text for c in services().cases.comments(case.id)},
        **{f.id: f.name for f in services().files.of_case(case.id)},
        **{i.id: incidents.told(i, version)
           for i in services().operations.interventions(case.id).values()},
        **services().people.names({fact.to for fact in history
                                   if isinstance(fact, facts.IncidentGiven) and fact.to})}
    failed = services().operations.tries(services().cases.incidents(case.id, open_only=False))
    for incident, tries in failed.items():
        texts[incident] = fault_words(tries[0].message)
        texts |= {(incident, one.number): fault_words(one.message) for one in tries}
    return story(history, _names_by_version(case),
                 lambda key: departments.get(key, key), lambda key: promises.get(key, key),
                 texts, services().now())


def _names_by_version(case: Case) -> NamesOf:
    """Names as each version that the case was on has them."""
    found: dict[int, Callable[[str], str]] = {}

    def names(number: int) -> Callable[[str], str]:
        if number not in found:
            intake = services().intake
            found[number] = _names(intake.version(case.version_id)
                                   if number == case.version_number
                                   else intake.numbered(case.journey, number))
        return found[number]

    return names


def _names(version: Version) -> Callable[[str], str]:
    """Names of elements, and of the answers of questions, by id."""
    model = runnable(version).model
    leads = {a.flow: a for e in model.elements.values() for a in e.answers}

    def name_of(element: str) -> str:
        if element in leads:
            target = model.elements.get(leads[element].target)
            to = element_name(version, target.id) if target is not None else ""
            return version.settings.label(element, language(), leads[element].name or to)
        return element_name(version, element) if element else ""

    return name_of


def drawing_marks(case: Case) -> dict[str, Any]:
    """Marks for the drawing: the path taken and the live tokens."""
    version = services().intake.version(case.version_id)
    history = services().journal.read_case(case.id)
    markers: dict[str, list[str]] = {}
    for element in _passed(history):
        markers[element] = ["done"]
    tokens = []
    for wait in services().cases.waits(case.id):
        markers[wait.element] = ["live"]
        tokens.append({"element": wait.element, "label": "●",
                       "title": element_name(version, wait.element)})
    for one in services().cases.incidents(case.id) if case.open_incidents else ():
        if one.element:
            markers[one.element] = ["trouble"]
            tokens.append({"element": one.element, "label": "!",
                           "title": f"{element_name(version, one.element)}: "
                                    f"{fault_words(one.message)}"})
    return {"markers": markers, "tokens": tokens}


def _passed(history: list[facts.Fact]) -> list[str]:
    """The elements passed, in order; what was passed on an older version by its ids of today."""
    found: list[str] = []
    for fact in history:
        if isinstance(fact, facts.CaseMigrated):
            found = [fact.renamed.get(element, element) for element in found]
        elif fact.element and isinstance(
                fact, facts.ElementCompleted | facts.WorkItemCompleted | facts.TimerFired
                | facts.MessageReceived):
            found.append(fact.element)
    return found


def _trail(history: list[facts.Fact], version: Version) -> list[str]:
    """The names of the elements passed, in order, without those that have none: the drawing in
    words."""
    named = [(element, element_name(version, element)) for element in _passed(history)]
    return [name for element, name in named if name != element]
