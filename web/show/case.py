"""Everything that the page of one case shows."""

from __future__ import annotations

from typing import Any

from engine.journal import facts
from engine.people.access import Actor
from engine.runtime.views import Case
from web.i18n import language, localized
from web.show.inbox import customer_names
from web.show.known import known_data
from web.show.step import element_name, runnable
from web.show.story import story
from web.unit import services


def case_view(case: Case, actor: Actor) -> dict[str, Any]:
    """The case with its story, waits, promises, data, files and comments."""
    version = services().intake.version(case.version_id)
    history = services().journal.read_case(case.id)
    files = services().files.of_case(case.id)
    comments = services().cases.comments(case.id)
    promises = services().promises.of_case(case.id, history=True)
    promise_names = {p.clock.standard: localized(p.name) for p in promises}
    departments = {d.key: localized(d.name) for d in
                   services().people.departments.all(ended=True)}
    texts = {c.id: c.text for c in comments} | {f.id: f.name for f in files}
    answers = {a.flow: a.name for e in runnable(version).model.elements.values()
               for a in e.answers}

    def name_of(element: str) -> str:
        if element in answers:
            return version.settings.label(element, language(), answers[element])
        return element_name(version, element) if element else ""

    told = story(history, name_of, lambda key: departments.get(key, key),
                 lambda key: promise_names.get(key, key), texts, services().now())
    people = {c.who for c in told if c.who} | {c.person for c in comments if c.person}
    people |= {case.started_by} if case.started_by else set()
    longest = max((c.waited or 0) + (c.worked or 0) for c in told) if told else 0
    waits = services().cases.waits(case.id)
    return {
        "case": case, "version": version, "title": version.settings.title(language()),
        "customer": customer_names({case.customer}).get(case.customer) if case.customer else None,
        "story": told, "longest": longest or 1, "departments": departments,
        "people": services().people.persons.names(people), "promises": promises,
        "waits": waits, "name_of": name_of, "files": files, "comments": comments,
        "messages": [w for w in waits if w.message],
        "incidents": services().cases.incidents(case.id),
        "data": known_data(version, services().cases.document(case.id)),
        "work": [i for i in services().work.of_case(case.id) if i.state in ("offered", "claimed")],
        "mine": {i.id for i in services().work.inbox(actor)},
        "trail": _trail(history, name_of)}


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
    return {"markers": markers, "tokens": tokens}


def _passed(history: list[facts.Fact]) -> list[str]:
    return [f.element for f in history if f.element and isinstance(
        f, facts.ElementCompleted | facts.WorkItemCompleted | facts.TimerFired
        | facts.MessageReceived)]


def _trail(history: list[facts.Fact], name_of: Any) -> list[str]:
    """The names of the elements passed, in order: the drawing in words."""
    return [name_of(element) for element in _passed(history)]


