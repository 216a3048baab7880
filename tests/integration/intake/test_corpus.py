"""Real drawings of thirteen tools: nearly all run, and every refusal says where and why."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.intake.model import Understanding
from engine.intake.understand import understand
from engine.runtime.random_play import play_at_random
from engine.runtime.spiff.compile import compile_model
from engine.runtime.versions import runnable

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "miwg"
FILES = sorted(CORPUS.glob("*/*.bpmn"))
RUNS = 20 if os.environ.get("BATON_LONG") else 6
pytestmark = pytest.mark.skipif(
    not FILES, reason="the corpus is not on this machine (../shared/corpus/miwg)")


@pytest.fixture(scope="module")
def reports() -> dict[Path, Understanding]:
    return {path: understand(path.read_bytes()) for path in FILES}


def test_at_least_99_percent_of_the_files_that_hold_steps_can_run(reports):
    with_steps = {path: found for path, found in reports.items()
                  if any(process.steps for process in found.processes)}
    refused = [path.name for path, found in with_steps.items() if found.verdict == "cannot_run"]
    share = 1 - len(refused) / len(with_steps)
    assert share >= 0.99, f"{share:.1%} of {len(with_steps)} run; refused: {refused}"


def test_every_refusal_names_its_element_and_its_reason(reports):
    for path, found in reports.items():
        if found.verdict == "cannot_run":
            assert found.errors, path
        for each in found.findings:
            assert each.code != "rule_failed", (path, each.message["en"])
            assert each.message["en"] and each.message["zh"], path
            assert not each.element or each.element.encode() in path.read_bytes() \
                or each.element.startswith("process_"), (path, each)


def test_what_intake_says_runs_the_runtime_compiles(reports):
    for path, found in reports.items():
        if found.verdict != "cannot_run":
            model = compile_model(found.adapted_xml, found.process)
            drawn = {step.id for step in found.steps}
            assert {e.id for e in model.elements.values()} & drawn, path


def test_reports_name_only_what_is_drawn(reports):
    for path, found in reports.items():
        content = path.read_bytes()
        for each in found.adaptations:
            assert each.element.encode() in content or each.element.split("_")[0] in (
                "process", "sequenceFlow", "startEvent", "endEvent"), (path, each)


def test_the_adapted_copy_is_itself_a_drawing_that_runs(reports):
    for path, found in reports.items():
        if found.verdict == "cannot_run":
            continue
        again = understand(found.adapted_xml, process=found.process)
        assert again.verdict != "cannot_run", (path, [e.message["en"] for e in again.errors])


def test_at_least_98_percent_of_all_runs_complete_and_the_others_were_announced(reports):
    """Whatever can get stuck, the report has said so: no false promise."""
    runs = completed = 0
    for path, found in reports.items():
        if found.verdict == "cannot_run":
            continue
        played = play_at_random(runnable(found), runs=RUNS, seed=1)
        runs, completed = runs + played.runs, completed + played.completed
        assert played.failed == 0, (path, played.problems)
        assert played.stuck == 0 or found.can_stick, (path, played.problems)
    assert completed / runs >= 0.98, f"{completed} of {runs}"
