"""`baton rehearse FILE...`: play drawings many times at random, without a database."""

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
from engine.infra.errors import DomainError
from engine.intake.pack import Pack
from engine.intake.settings import JourneySettings
from engine.people.departments import planned_calendar
from engine.runtime.ports import RunnableVersion
from engine.runtime.random_play import PlayReport, Trouble, play_at_random
from engine.runtime.versions import runnable

_MOST_RUNS = 100_000
_WORDS = {
    "en": {"runs": "{completed} of {runs} runs completed", "stuck": "{n} stuck",
           "failed": "{n} failed",
           "moves": "{least} to {most} moves a run, {middle:g} in the middle",
           "never": "never reached", "problem": "{message} (in {runs} runs, first in run {first})",
           "cannot": "cannot run yet: {reasons}"},
    "zh": {"runs": "{runs} 次运行中有 {completed} 次走完", "stuck": "{n} 次卡住",
           "failed": "{n} 次失败",
           "moves": "每次 {least} 至 {most} 步，中位数 {middle:g}", "never": "从未到达",
           "problem": "{message}（共 {runs} 次，首次为第 {first} 次）",
           "cannot": "尚不能运行：{reasons}"},
}
_KINDS = {
    "stuck": {"en": "stuck here: a token rests, and nothing can ever happen",
              "zh": "卡在此处：仍有标记停留，但再也不会发生任何事"},
    "endless": {"en": "still going on after the last move that a run may take",
                "zh": "达到单次运行的步数上限时仍未结束"},
}


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("rehearse", help="play drawings many times at random")
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path,
                        help="a .bpmn or .xml file, a .zip, or a pack folder")
    parser.add_argument("--runs", type=_runs, default=20, metavar="N", help="default: 20")
    parser.add_argument("--seed", type=int, default=0, metavar="S",
                        help="the same seed plays the same (default: 0)")
    parser.add_argument("--json", action="store_true",
                        help="a list with one object for each file (docs/command-line.md)")
    add_language(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Play each file; 0 every run completed, 1 some didn't, 2 some files can't be used."""
    spoken = language(options)
    unusable: list[Path] = []
    listed: list[dict[str, Any]] = []
    wanting = False
    for path, pack in packs(options.files, unusable):
        try:
            found = _played(path, pack, options, spoken)
        except DomainError as error:
            refuse(path, error, unusable)
            continue
        wanting |= found["completed"] < found["runs"] or "cannot_run" in found
        listed.append(found)
    if options.json:
        sys.stdout.write(json.dumps(listed, ensure_ascii=False, indent=1) + "\n")
    return 2 if unusable else 1 if wanting else 0


def _played(path: Path, pack: Pack, options: argparse.Namespace, spoken: str) -> dict[str, Any]:
    understanding = look(pack)
    if understanding.verdict == "cannot_run":
        reasons = [each.message[spoken] for each in understanding.errors]
        if not options.json:
            sys.stdout.write(f"{path}: "
                             f"{_WORDS[spoken]['cannot'].format(reasons='; '.join(reasons))}\n")
        return {"file": str(path), "runs": 0, "completed": 0, "stuck": 0, "failed": 0,
                "never_reached": [], "steps": {"min": 0, "median": 0, "max": 0}, "problems": [],
                "cannot_run": reasons}
    version = runnable(understanding, pack.settings, pack.files)
    played = play_at_random(
        version, runs=options.runs, seed=options.seed,
        calendar_of=partial(planned_calendar, version.planned, timezone=version.timezone))
    if not options.json:
        _print(path, played, spoken, version, pack.settings)
    return as_json(str(path), played)


def as_json(file: str, played: PlayReport) -> dict[str, Any]:
    """The report as plain data; the keys of the first block are a promise."""
    return {
        "file": file, "runs": played.runs, "completed": played.completed, "stuck": played.stuck,
        "failed": played.failed,
        "never_reached": [{"process": each.process, "element": each.element, "name": each.name}
                          for each in played.never_reached],
        "steps": {"min": played.least, "median": played.middle, "max": played.most},
        "problems": [{"process": each.process, "element": each.element, "name": each.name,
                      "kind": each.kind, "message": each.message, "runs": each.runs,
                      "first": each.first} for each in played.problems],
        "seed": played.seed, "visits": played.visits, "ways": played.ways,
    }


def _print(path: Path, played: PlayReport, spoken: str, version: RunnableVersion,
           settings: JourneySettings | None) -> None:
    words = _WORDS[spoken]
    known = settings or JourneySettings(key="", name={}, prefix="")

    def called(name: str, element: str) -> str:
        found = version.model.by_drawn_id(element)
        label = known.label(element, spoken, name, found.place if found is not None else None)
        return " ".join(label.split())

    parts = [words["runs"].format(completed=played.completed, runs=played.runs),
             *(words[key].format(n=count) for key, count in
               (("stuck", played.stuck), ("failed", played.failed)) if count),
             words["moves"].format(least=played.least, most=played.most, middle=played.middle)]
    lines = [f"{path}: {('，' if spoken == 'zh' else ', ').join(parts)}"]
    lines += [f"  {called(each.name, each.element)}: {_said(each, spoken)}"
              for each in played.problems]
    if played.never_reached:
        names = ("、" if spoken == "zh" else ", ").join(
            called(each.name, each.element) for each in played.never_reached)
        lines.append(f"  {words['never']}: {names}")
    sys.stdout.write("\n".join(lines) + "\n")


def _said(trouble: Trouble, spoken: str) -> str:
    message = _KINDS[trouble.kind][spoken] if trouble.kind in _KINDS else trouble.message
    return _WORDS[spoken]["problem"].format(message=message, runs=trouble.runs,
                                            first=trouble.first)


def _runs(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) <= _MOST_RUNS:
        raise argparse.ArgumentTypeError(f"give a number from 1 to {_MOST_RUNS}")
    return int(text)
