"""The map of a journey with the names that people know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.insight.journal_log import Labels
from engine.intake.records import Version
from web.show.step import runnable
from web.unit import services


def journey_map(version: Version) -> dict[str, Any]:
    """The map of all cases of the version's journey; names are those of the version."""
    settings = version.settings
    elements = {e.id: {code: settings.label(e.id, code, e.name, e.place) for code in ("en", "zh")}
                for e in runnable(version).model.elements.values()}
    labels = Labels(
        elements=elements,
        departments={d.key: d.name for d in services().people.departments.all(ended=True)},
        standards={str(s["key"]): _text(s.get("name", s["key"])) for s in settings.standards},
        steps={str(s["key"]): str(s["stop"]) for s in settings.standards
               if s.get("stop", "case") != "case"})
    found: dict[str, Any] = services().insight.journey_map(version.journey, labels)
    return found


def _text(name: str | Mapping[str, str]) -> dict[str, str]:
    return {"en": name} if isinstance(name, str) else dict(name)
