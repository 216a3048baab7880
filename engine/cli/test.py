"""`baton test PACK...`: the model tests of packs (rehearsals.toml), without a database."""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

from engine.cli.check import look
from engine.cli.inputs import packs, refuse
from engine.cli.language import add_language, language
from engine.infra.errors import DomainError, Invalid
from engine.intake.pack import Pack
from engine.intake.settings import localized
from engine.people.departments import planned_calendar
from engine.runtime.model_test_run import Outcome, run_test
from engine.runtime.model_tests import FILE, ModelTest, read_tests
from engine.runtime.versions import runnable

_WORDS = {
    "en": {"count": "{passed} of {all} model tests pass", "cannot": "cannot run yet: {reasons}"},
    "zh": {"count": "{all} 个模型测试中有 {passed} 个通过", "cannot": "尚不能运行：{reasons}"},
}


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("test", help="run the model tests of packs (rehearsals.toml)")
    parser.add_argument("packs", metavar="PACK", nargs="+", type=Path,
                        help="a pack folder or a .zip of one")
    parser.add_argument("--json", action="store_true",
                        help="a list with one object for each pack (docs/command-line.md)")
    add_language(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the tests of each pack; 0 all pass, 1 some don't, 2 some packs can't be used."""
    spoken = language(options)
    unusable: list[Path] = []
    listed: list[dict[str, Any]] = []
    for path, pack in packs(options.packs, unusable):
        try:
            found = _tested(str(path), pack, spoken)
        except DomainError as error:
            refuse(path, error, unusable)
            continue
        listed.append(found)
        if not options.json:
            _print(found, spoken)
    if options.json:
        sys.stdout.write(json.dumps(listed, ensure_ascii=False, indent=1) + "\n")
    if unusable:
        return 2
    return 1 if any(each["failed"] or "cannot_run" in each for each in listed) else 0


def _tested(file: str, pack: Pack, spoken: str) -> dict[str, Any]:
    if FILE not in pack.files:
        raise Invalid("It holds no model tests: there is no {file}.", file=FILE)
    tests = read_tests(pack.files[FILE])
    understanding = look(pack)
    if understanding.verdict == "cannot_run":
        return {"file": file, "passed": 0, "failed": len(tests), "tests": [],
                "cannot_run": [localized(each.message, spoken) for each in understanding.errors]}
    version = runnable(understanding, pack.settings, pack.files,
                       _timezone(pack))
    calendar_of = partial(planned_calendar, version.planned, timezone=version.timezone)
    outcomes = [_outcome(run_test(version, test, calendar_of), test, spoken) for test in tests]
    passed = sum(each["passed"] for each in outcomes)
    return {"file": file, "passed": passed, "failed": len(outcomes) - passed, "tests": outcomes}


def _timezone(pack: Pack) -> str:
    """The time zone of the department that owns the journey."""
    settings = pack.settings
    if settings is None:
        return "UTC"
    return str(settings.departments.get(settings.department, {}).get("timezone", "UTC"))


def _outcome(outcome: Outcome, test: ModelTest, spoken: str) -> dict[str, Any]:
    deviation = outcome.deviation
    return {"name": localized(test.name, spoken), "passed": outcome.passed,
            "message": localized(deviation, spoken) if deviation is not None else "",
            "move": outcome.move, "state": outcome.state, "path": list(outcome.path)}


def _print(found: dict[str, Any], spoken: str) -> None:
    words = _WORDS[spoken]
    if "cannot_run" in found:
        said = words["cannot"].format(reasons="; ".join(found["cannot_run"]))
    else:
        said = words["count"].format(passed=found["passed"], all=len(found["tests"]))
    lines = [f"{found['file']}: {said}"]
    for each in found["tests"]:
        lines.append(f"  {'✓' if each['passed'] else '✗'} {each['name']}")
        if not each["passed"]:
            lines.append(f"    {each['message']}")
    sys.stdout.write("\n".join(lines) + "\n")
