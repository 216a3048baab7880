"""Intake's report, and whether what it adapted can really be run: a verdict that is a promise."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace

from engine.infra.errors import DomainError
from engine.intake.model import Finding, Understanding
from engine.intake.settings import JourneySettings
from engine.intake.understand import with_findings
from engine.intake.words import Text, text
from engine.runtime.errors import CannotCompile
from engine.runtime.ports import RunnableVersion
from engine.runtime.publishable import Installation, problems, undrawn
from engine.runtime.versions import runnable

_log = logging.getLogger(__name__)


def compiled(found: Understanding, settings: JourneySettings | None = None,
             files: Mapping[str, bytes] | None = None,
             installation: Installation | None = None) -> Understanding:
    """`found`, with an error where what intake adapted doesn't compile, a form or table that the
    journey names can't be used, or publishing refuses what journey.toml says."""
    if found.verdict == "cannot_run":
        return found
    try:
        version = runnable(found, settings, files)
    except CannotCompile as error:
        return _refused(found, "cannot_compile", _bug(str(error)))
    except DomainError as error:
        return _refused(found, "cannot_run", text("{reason}", "{reason}", reason=error))
    except Exception as error:  # noqa: BLE001 - whatever a drawing does to the parser is reported
        _log.exception("an adapted drawing can't be compiled")
        return _refused(found, "cannot_compile", _bug(f"{type(error).__name__}: {error}"))
    return found if settings is None else _checked(found, version, settings,
                                                   installation or Installation())


def _checked(found: Understanding, version: RunnableVersion, settings: JourneySettings,
             installation: Installation) -> Understanding:
    more = (*problems(version, settings.departments, installation),
            *undrawn(version, {step.id for step in found.steps}))
    named = {step.id: step.name for step in found.steps} | {
        lane.id: lane.name for lane in found.lanes}
    return with_findings(found, [replace(each, name=named.get(each.element, ""))
                                 for each in more])


def _bug(reason: str) -> Text:
    return text("Baton made a copy of this drawing that its engine refuses: {reason} Please report "
                "it with the file.", "Baton 生成的副本被引擎拒绝：{reason} 请连同文件一起报告。",
                reason=reason if reason.endswith(".") else f"{reason}.")


def _refused(found: Understanding, code: str, message: Text) -> Understanding:
    finding = Finding("error", "", "", code, message)
    return replace(found, verdict="cannot_run", findings=(finding, *found.findings))
