"""Which fields of a case a step reads: what whoever mends it wants to see first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.intake.dmn.read import Decision
from engine.runtime.errors import ModelFault
from engine.runtime.ports import RunnableVersion
from engine.runtime.sandbox import names_in

_WORD = re.compile(r"[^\W\d]\w*")


def fields_read(version: RunnableVersion, element: str) -> list[str]:
    """The journey's fields that are named in the expressions, script, decision or call of an
    element, in that order; also where they can't be evaluated, or even be read as a program."""
    words = dict.fromkeys(word for text in _texts(version, element) for word in _read(text))
    return [word for word in words if word in version.fields]


def _read(text: str) -> list[str]:
    """The words of a text; of a script those that it reads, not those that it only assigns."""
    words = _WORD.findall(text)
    try:
        names = names_in(text.strip(), "exec", "script")
    except ModelFault:
        return words
    return [word for word in words if word in names.read]


def _texts(version: RunnableVersion, element: str) -> Iterator[str]:
    yield from version.model.outline.sources.get(element, ())
    for model in version.processes.values():
        for flow in [model.spec, *model.subprocess_specs.values()]:
            for spec in flow.task_specs.values():
                found = version.decisions.get(getattr(spec, "decision", None) or "")
                if found is not None and model.drawn(spec) == element:
                    yield from _asked(found)
    step = version.steps.get(element)
    if step is not None and step.call is not None:
        yield from (source for _, source in step.call.expressions())


def _asked(decision: Decision) -> Iterator[str]:
    yield from (*decision.inputs, decision.literal)
    for needed in decision.requires:
        yield from _asked(needed)
