"""The report on a drawing as plain data, for scripts: `baton check --json` and REST.

The keys are a promise: file, verdict, processes, adaptations (rule, element, name, what, why,
remedy) and findings (severity, element, name, message) stay; others may be added.
"""

from __future__ import annotations

from typing import Any

from engine.intake.model import Adaptation, Finding, Process, Understanding
from engine.intake.settings import localized


def report(file: str, found: Understanding, language: str = "en") -> dict[str, Any]:
    """What Baton understood of the drawing in `file`, with its sentences in `language`."""
    return {
        "file": file,
        "verdict": found.verdict,
        "processes": [_process(each) for each in found.processes],
        "adaptations": [_adaptation(each, language) for each in found.adaptations],
        "findings": [_finding(each, language) for each in found.findings],
    }


def _process(process: Process) -> dict[str, Any]:
    return {"id": process.id, "name": process.name, "executable": process.executable,
            "chosen": process.chosen, "pool": process.pool, "steps": process.steps}


def _adaptation(adaptation: Adaptation, language: str) -> dict[str, Any]:
    return {
        "rule": adaptation.rule, "element": adaptation.element, "name": adaptation.name,
        "what": localized(adaptation.what, language), "why": localized(adaptation.why, language),
        "remedy": localized(adaptation.remedy, language), "asks": adaptation.asks,
        "options": [{"key": option.key, "label": localized(option.label, language)}
                    for option in adaptation.options],
        "chosen": adaptation.chosen,
    }


def _finding(finding: Finding, language: str) -> dict[str, Any]:
    return {"severity": finding.severity, "element": finding.element, "name": finding.name,
            "message": localized(finding.message, language), "code": finding.code,
            "path": list(finding.path)}
