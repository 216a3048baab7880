"""`baton demo`: everything set up and served, with a history that goes on being made."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.cli.migrate import say_backup
from engine.infra.now import SetNow, SystemNow
from engine.infra.settings import Settings
from engine.wiring import Baton
from web.background import Background
from web.demo.history import History
from web.demo.overheard import OverheardBaton
from web.demo.people import PASSWORD, PEOPLE, SHOWN
from web.demo.plan import Plan, PlanFile
from web.demo.seed import import_sample, is_seeded, seed
from web.serve import listening, port, serve

log = logging.getLogger("baton.demo")


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("demo", help="try Baton: packs, people and months of history")
    # Not BATON_HOME: that names someone's own installation, in which nothing is made up.
    parser.add_argument("--home", type=Path, default=Path(".demo"),
                        help="the demo's own folder (default: .demo, whatever BATON_HOME says)")
    parser.add_argument("--no-serve", action="store_true", help="prepare everything, then stop")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Prepare what is missing and serve."""
    listen = port()
    environ = {"BATON_TIMEZONE": "Asia/Shanghai", **os.environ,
               "BATON_HOME": str(options.home.resolve())}
    settings = Settings.read(environ)
    baton = Baton(settings)
    say_backup(baton.prepare())
    plans = PlanFile(settings.home)
    plan = _prepared(baton, plans)
    background = Background()

    def live() -> None:
        import_sample(baton)
        if plan.done or _live_history(baton, plans, plan, lambda: background.stopping):
            background.work(baton)

    if options.no_serve:
        import_sample(baton)
        if not plan.done:
            _live_history(baton, plans, plan, lambda: False)
        baton.close()
        return 0
    server = listening(baton, "127.0.0.1", listen)
    background.run(live, "history")
    background.jobs(baton)
    _print_logins()
    serve(server, baton, background)
    return 0


def _prepared(baton: Baton, plans: PlanFile) -> Plan:
    """The plan of the history; packs and people are there from its start on."""
    plan = plans.read()
    now = SystemNow()()
    if plan is None:
        if is_seeded(baton):  # someone's own database: nothing is made up in it
            return replace(Plan.made_at(now), done=True)
        plan = Plan.made_at(now)
        plans.write(plan)
    if not is_seeded(baton):
        sys.stdout.write("Publishing the packs, making the people …\n")
        sys.stdout.flush()
        seed(Baton(baton.settings, SetNow(plan.start), database=baton.database))
    return plan if plan.done else plan.until(now)


def _live_history(baton: Baton, plans: PlanFile, plan: Plan,
                  stopping: Callable[[], bool]) -> bool:
    """Live the plan from where it was left until its end; False when told to stop before."""
    now = SetNow(plan.reached)
    past = OverheardBaton(baton.settings, now, database=baton.database)
    shown = _Bar()
    try:
        finished = History(past, now, plan).live(shown.show, plans.write, stopping)
    except Exception:  # noqa: BLE001 - the demo is still worth serving
        log.exception("the history stopped early; it goes on when the demo is started again")
        return True
    if finished:
        shown.show(1.0, "ready")
        sys.stdout.write("\n")
    return finished


class _Bar:
    """A progress bar in one line of the terminal; every tenth, where there is none."""

    def __init__(self) -> None:
        self._last = -1

    def show(self, share: float, text: str) -> None:
        """Show how far the history has come."""
        tenth = int(share * (50 if sys.stdout.isatty() else 10))
        if tenth == self._last:
            return
        self._last = tenth
        if sys.stdout.isatty():
            bar = "█" * tenth + "·" * (50 - tenth)
            sys.stdout.write(f"\rliving through the past  {bar} {share:4.0%}  {text}   ")
        else:
            sys.stdout.write(f"living through the past: {share:.0%} {text}\n")
        sys.stdout.flush()


def _print_logins() -> None:
    sys.stdout.write(f"\nLog in with one of these; the password is {PASSWORD} for all:\n")
    for person in PEOPLE:
        if person.login in SHOWN:
            places = ", ".join(person.departments)
            sys.stdout.write(f"  {person.login:<6} {person.roles[0]:<14} {places}\n")
    others = ", ".join(p.login for p in PEOPLE if p.login not in SHOWN)
    sys.stdout.write(f"  and {others}.\n\n")
    sys.stdout.flush()
