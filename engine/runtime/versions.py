"""Published versions made ready to run, once a process: they never change (law 5)."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from uuid import UUID

from engine.infra.errors import Invalid
from engine.intake.dmn.read import Decision, read_decisions
from engine.intake.model import Understanding
from engine.intake.records import Version
from engine.intake.settings import JourneySettings
from engine.runtime.decisions.parsed import parsed
from engine.runtime.errors import ModelFault
from engine.runtime.fields import TYPES, FieldRule
from engine.runtime.forms import Form, read_form
from engine.runtime.ports import RunnableVersion
from engine.runtime.spiff.compile import compile_processes

_KEPT = 256


class VersionCache:
    """Runnable versions by id, shared by all units of work of a process."""

    def __init__(self, timezone: str) -> None:
        self._timezone = timezone
        self._found: OrderedDict[UUID, RunnableVersion] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, version_id: UUID,
            load: Callable[[UUID], Version]) -> RunnableVersion:
        """The version, compiled now if this process hasn't run it before."""
        with self._lock:
            found = self._found.get(version_id)
            if found is not None:
                self._found.move_to_end(version_id)
                return found
        made = prepare(load(version_id), self._timezone)
        with self._lock:
            self._found[version_id] = made
            if len(self._found) > _KEPT:
                self._found.popitem(last=False)
        return made


def prepare(version: Version, timezone: str) -> RunnableVersion:
    """Compile a version. Raises Invalid, naming the form, table, field or element at fault."""
    settings = version.settings
    processes = compile_processes(version.adapted, version.process)
    return RunnableVersion(
        id=version.id, journey=version.journey, number=version.number, prefix=settings.prefix,
        model=processes[version.process], fields=field_rules(settings),
        decisions=_decisions(version.files), forms=_forms(settings, version.files),
        lanes=dict(settings.lanes), owner=settings.department, timezone=timezone,
        steps=dict(settings.steps), processes=processes, main=version.process)


def runnable(found: Understanding, settings: JourneySettings | None = None,
             files: Mapping[str, bytes] | None = None, timezone: str = "UTC") -> RunnableVersion:
    """What Baton understood, compiled without being published, for a rehearsal.

    Raises Invalid when it can't run, or naming the form, table or field at fault.
    """
    if found.verdict == "cannot_run":
        raise Invalid("This model can't run yet: {reasons}", field="drawing",
                      reasons="; ".join(each.message["en"] for each in found.errors[:3]))
    settings = settings or JourneySettings(key="rehearsal", name={}, prefix="R")
    processes = compile_processes(found.adapted_xml, found.process)
    return RunnableVersion(
        id=UUID(int=0), journey=settings.key, number=0, prefix=settings.prefix,
        model=processes[found.process], fields=field_rules(settings),
        decisions=_decisions(files or {}), forms=_forms(settings, files or {}),
        lanes=dict(settings.lanes), owner=settings.department, timezone=timezone,
        steps=dict(settings.steps), processes=processes, main=found.process,
        planned=dict(settings.departments))


def field_rules(settings: JourneySettings) -> dict[str, FieldRule]:
    """The journey's fields by key. Raises Invalid for a type that there isn't."""
    rules = {}
    for key, field in settings.fields.items():
        if field.type not in TYPES:
            raise Invalid("The field {key} has the unknown type {type}.", key=key, type=field.type)
        rules[key] = FieldRule(key, field.type, tuple(field.choices), field.filter)
    return rules


def _decisions(files: Mapping[str, bytes]) -> dict[str, Decision]:
    found = {}
    for path, content in files.items():
        if path.lower().endswith(".dmn"):
            for decision in read_decisions(content):
                try:
                    parsed(decision)
                except ModelFault as fault:
                    raise Invalid("The decision {id} can't be read: {reason}", id=decision.id,
                                  reason=str(fault)) from fault
                found[decision.id] = decision
    return found


def _forms(settings: JourneySettings, files: Mapping[str, bytes]) -> dict[str, Form]:
    wanted = {element: step.form for element, step in settings.steps.items() if step.form}
    if settings.start_form:
        wanted[""] = settings.start_form
    forms = {}
    for element, name in wanted.items():
        path = f"forms/{name}.json"
        if path not in files:
            raise Invalid("The form {name} is not in the pack: {path} is missing.", name=name,
                          path=path)
        form = read_form(name, files[path])
        forms[element] = replace(form, fields=tuple(
            replace(each, declared=settings.fields[each.key].label)
            if each.key in settings.fields else each for each in form.fields))
    return forms
