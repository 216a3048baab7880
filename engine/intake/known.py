"""What a journey brings beside its drawing: decisions, and names that conditions may use."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from engine.infra.errors import DomainError
from engine.intake.decision_ids import decision_ids, outputs_of, tables_of
from engine.intake.formkeys import keys_of
from engine.intake.read import read_xml
from engine.intake.rule import Known, Published
from engine.intake.service_call import ServiceCall
from engine.intake.settings import JourneySettings


def known_of(settings: JourneySettings | None, files: Mapping[str, bytes],
             journeys: Mapping[str, Published] | None = None) -> Known:
    """Ids of decisions; fields that the journey declares, its forms ask and its tables give.

    Raises Invalid, naming the file, for a DMN file that can't be read.
    """
    fields = set(settings.fields) if settings is not None else set()
    fields.update(*(call.result for call in _calling(settings).values()) if settings else ())
    decisions = decision_ids(files)
    for path, content in files.items():
        if path.lower().endswith(".dmn"):
            fields.update(_outputs(content))
        elif path.lower().endswith((".json", ".form")):
            fields.update(_asked(content))
    return Known(decisions, frozenset(name for name in fields if name.isidentifier()),
                 settings.choices if settings is not None else {}, journeys, outputs_of(files),
                 _formed(settings) if settings is not None else frozenset(), *tables_of(files),
                 service_calls=_calling(settings) if settings is not None else {},
                 messages=_named(settings) if settings is not None else {},
                 correlations={element: step.correlation for element, step in settings.steps.items()
                               if step.correlation} if settings is not None else {},
                 declared=frozenset(settings.fields if settings is not None else ()))


def _formed(settings: JourneySettings) -> frozenset[str]:
    found = {element for element, step in settings.steps.items() if step.form}
    return frozenset(found | {""} if settings.start_form else found)


def _named(settings: JourneySettings) -> dict[str, str]:
    return {element: step.message for element, step in settings.steps.items() if step.message}


def _calling(settings: JourneySettings) -> dict[str, ServiceCall]:
    return {element: step.call for element, step in settings.steps.items()
            if step.call is not None and step.call.on}


def _outputs(content: bytes) -> Iterator[str]:
    try:
        root = read_xml(content)
    except DomainError:
        return
    for output in root.iter("{*}output"):
        yield output.get("name", "")


def _asked(content: bytes) -> Iterator[str]:
    """Keys of a form's components; a file that is no form asks nothing."""
    try:
        yield from keys_of(json.loads(content))
    except (ValueError, RecursionError):
        return
