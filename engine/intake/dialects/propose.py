"""What a drawing's dialect says about its steps, as settings and files of the journey's draft.

Proposed at upload, so that a designer sees and edits it. Only what the settings leave open is
filled in. Valid: `camunda:assignee="anna"` becomes `assignee = "anna"` of the step. Invalid: a
due date that Baton can't read (`${holidays.next()}`) is left out and reported.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from itertools import chain, count
from pathlib import PurePosixPath
from typing import Any

from engine.intake.bpmn import ACTIVITIES, Element, content, drawn_id, kind, name_of, tag
from engine.intake.choose import choose
from engine.intake.dialects import camunda, flowable, said_of
from engine.intake.dialects.calls import proposed as proposed_call
from engine.intake.dialects.correlated import correlation_of, waits_for_message
from engine.intake.dialects.forms import fields_of_form, form_of, read
from engine.intake.dialects.json_schema import asked_by
from engine.intake.dialects.said import Said
from engine.intake.dialects.written import written_in
from engine.intake.dialects.xml import Extensions
from engine.intake.due import is_due, is_priority
from engine.intake.expressions import field_expression, is_expression
from engine.intake.pack import Pack, default_settings
from engine.intake.read import read_drawing
from engine.intake.service_call import MAY_CALL
from engine.intake.settings import JourneySettings, StepSettings

_INITIATORS = camunda.NAMESPACES | flowable.NAMESPACES
STARTER = "starter"


def propose(drawing: bytes, settings: JourneySettings,
            files: Mapping[str, bytes]) -> tuple[JourneySettings, dict[str, bytes]]:
    """`settings` and `files` with what the drawing says beyond them. Raises Invalid, TooLarge."""
    root = read_drawing(drawing)
    choice = choose(root, settings.process)
    found = _Proposal(root, settings, dict(files))
    for process in (*choice.running, *choice.partners):
        starters, lanes = _starters(process), _lane_names(process)
        written = written_in(process, root)
        for node in process.iter():
            if kind(node) in ACTIVITIES | {"startEvent"} and node.get("id"):
                said = said_of(node, root)
                # A group that goes by the name of the step's own lane is placed by that lane.
                own = lanes.get(node.get("id", ""), set())
                groups = tuple(each for each in said.groups if each.casefold() not in own)
                found.add(node, replace(said, groups=groups), starters)
            if waits_for_message(node) and node.get("id"):
                found.correlate(node, written)
    return found.settings, found.files


def completed(pack: Pack) -> Pack:
    """A pack as it would be after an upload. Raises Invalid, TooLarge."""
    before = pack.settings or default_settings(pack, "", "")
    settings, files = propose(pack.drawing, before, pack.files)
    return pack if settings == before else replace(pack, settings=settings, files=files)


class _Proposal:
    def __init__(self, root: Element, settings: JourneySettings,
                 files: dict[str, bytes]) -> None:
        self.root = root
        self.settings = settings
        self.files = files
        #: The forms that this proposal made, by name: no two of them may share a file.
        self._made: dict[str, Mapping[str, Any]] = {}

    def add(self, node: Element, said: Said, starters: frozenset[str]) -> None:
        """Fill in what `said` says about `node`."""
        form = self._form(drawn_id(node), said)
        if kind(node) == "startEvent":
            if form and self.settings.start_form is None:
                self.settings = replace(self.settings, start_form=form)
            return
        proposed = StepSettings(
            form=form or None, instructions=_instructions(said),
            assignee=_person(said.assignee, starters), candidates=_readable(said.candidates),
            groups=_readable(said.groups), due=said.due if is_due(said.due) else None,
            priority=said.priority if is_priority(said.priority) else None,
            call=proposed_call(said.http).call
            if said.http is not None and kind(node) in MAY_CALL else None)
        before = self.settings.steps.get(drawn_id(node), StepSettings())
        after = StepSettings(**{each.name: getattr(before, each.name)
                                or getattr(proposed, each.name) for each in fields(before)})
        if after != before:
            self.settings = replace(self.settings,
                                    steps={**self.settings.steps, drawn_id(node): after})

    def correlate(self, node: Element, written: Collection[str]) -> None:
        """Fill in the keys of the message that `node` waits for; steps have `written` fields."""
        keys = correlation_of(node, self.root, {*self.settings.fields, *written})
        before = self.settings.steps.get(drawn_id(node), StepSettings())
        if keys and not before.correlation:
            self.settings = replace(self.settings, steps={
                **self.settings.steps, drawn_id(node): replace(before, correlation=keys)})

    def _form(self, element: str, said: Said) -> str:
        """The name of the form that a step has now, made or found in the pack; "" for none."""
        name = re.sub(r"[^\w-]+", "_", PurePosixPath(said.form).stem or element)[:80]
        if said.asked:
            name = re.sub(r"[^\w-]+", "_", element)[:80]
            form: Mapping[str, Any] | None = form_of(name, said.asked)
        elif said.schema is not None:
            form = said.schema
        else:
            form = self._in_pack(name, said.form)
        if form is None:
            return ""
        name = self._own_name(name, form)
        self.files.setdefault(f"forms/{name}.json",
                              json.dumps(form, ensure_ascii=False, indent=2).encode())
        declared = dict(self.settings.fields)
        for key, field in fields_of_form(form).items():
            declared.setdefault(key, field)
        if declared != self.settings.fields:
            self.settings = replace(self.settings, fields=declared)
        return name

    def _own_name(self, name: str, form: Mapping[str, Any]) -> str:
        """`name`, numbered where another step's form has it."""
        numbered = (f"{name}_{number}" for number in count(2))
        own = next(each for each in chain([name], numbered)
                   if self._made.get(each, form) == form)
        self._made[own] = form
        return own

    def _in_pack(self, name: str, wanted: str) -> Mapping[str, Any] | None:
        """The form of this name, by file or by its own id; a JSON schema becomes one."""
        if not wanted:
            return None
        stems = {PurePosixPath(wanted).stem, wanted.rsplit(":", 1)[-1], name}
        for path, source in self.files.items():
            if not path.endswith((".json", ".form")):
                continue
            form = read(source)
            stem = PurePosixPath(path).stem
            if form is not None and (stem in stems or form.get("id") in stems):
                return form
            if form is None and stem in stems:
                return form_of(name, asked_by(source))
        return None


def _starters(process: Element) -> frozenset[str]:
    """The variables that hold who started the case."""
    return frozenset(name for node in process.iter() if kind(node) == "startEvent"
                     and (name := Extensions(node, _INITIATORS).attribute("initiator")))


def _lane_names(process: Element) -> dict[str, set[str]]:
    """The names of the lanes around each element, folded."""
    found: dict[str, set[str]] = {}
    for reference in process.iter(tag("flowNodeRef")):
        names = {name_of(lane).casefold() for lane in reference.iterancestors(tag("lane"))}
        found.setdefault(content(reference), set()).update(names)
    return found


def _person(text: str, starters: frozenset[str]) -> str | None:
    if not is_expression(text):
        return text or None
    found = field_expression(text)
    if found in starters or found == "initiator":
        return f"= {STARTER}"
    return text if found is not None else None


def _readable(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each for each in names
                 if not is_expression(each) or field_expression(each) is not None)


def _instructions(said: Said) -> dict[str, str]:
    """A machine's job that a person does: they should know which."""
    if not said.job:
        return {}
    return {"en": f"Elsewhere a machine does this as “{said.job[:120]}”; here a person does it.",
            "zh": f"在其他系统中由机器以“{said.job[:120]}”执行；在这里由人完成。"}
