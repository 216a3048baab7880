"""Intake's report, and whether what it adapted can be compiled: a verdict that is a promise."""

from __future__ import annotations

import logging
from dataclasses import replace

from engine.infra.errors import DomainError
from engine.intake.model import Finding, Understanding
from engine.intake.words import text
from engine.runtime.spiff.compile import compile_model

_log = logging.getLogger(__name__)


def compiled(found: Understanding) -> Understanding:
    """`found`, with an error where what intake adapted doesn't compile."""
    if found.verdict == "cannot_run":
        return found
    try:
        compile_model(found.adapted_xml, found.process)
    except DomainError as error:
        reason = str(error)
    except Exception as error:  # noqa: BLE001 - whatever a drawing does to the parser is reported
        _log.exception("an adapted drawing can't be compiled")
        reason = f"{type(error).__name__}: {error}"
    else:
        return found
    finding = Finding("error", "", "", "cannot_compile", text(
        "Baton made a copy of this drawing that its engine refuses: {reason} Please report it "
        "with the file.", "Baton 生成的副本被引擎拒绝：{reason} 请连同文件一起报告。",
        reason=reason if reason.endswith(".") else f"{reason}."))
    return replace(found, verdict="cannot_run", findings=(finding, *found.findings))
