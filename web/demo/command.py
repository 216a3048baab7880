"""`baton demo`: everything set up and served, with a history that goes on being made."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from engine.infra.now import SetNow, SystemNow
from engine.infra.settings import Settings
from engine.wiring import Baton
from web.background import Background
from web.demo.history import DAYS, History
from web.demo.people import PASSWORD, PEOPLE, SHOWN
from web.demo.seed import import_sample, is_seeded, seed
from web.serve import port, serve

log = logging.getLogger("baton.demo")
_DONE = "history.done"


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("demo", help="try Baton: packs, people and months of history")
    parser.add_argument("--home", type=Path, default=Path(os.environ.get("BATON_HOME", ".demo")),
                        help="the demo's own folder (default: BATON_HOME, else .demo)")
    parser.add_argument("--no-serve", action="store_true", help="prepare everything, then stop")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Prepare what is missing and serve."""
    listen = port()
    environ = {"BATON_TIMEZONE": "Asia/Shanghai", **os.environ,
               "BATON_HOME": str(options.home.resolve())}
    settings = Settings.read(environ)
    baton = Baton(settings)
    baton.migrate()
    if not is_seeded(baton):
        sys.stdout.write("Publishing the packs, making the people …\n")
        seed(baton)
    background = Background()
    marker = settings.home / _DONE
    def live() -> None:
        import_sample(baton)
        if not marker.exists() and not _live_history(baton, background, marker):
            return
        background.work(baton)

    if options.no_serve:
        import_sample(baton)
        _live_history(baton, background, marker)
        baton.close()
        return 0
    background.run(live, "history")
    _print_logins()
    serve(baton, background, "127.0.0.1", listen)
    return 0


def _live_history(baton: Baton, background: Background, marker: Path) -> bool:
    """Live from where the journal ends, or from three months ago, until now."""
    if marker.exists():
        return True
    end = SystemNow()()
    cursor = marker.with_name("history.cursor")
    begun = datetime.fromisoformat(cursor.read_text()) if cursor.exists() else None
    now = SetNow(begun or end - timedelta(days=DAYS))
    past = Baton(baton.settings, now, database=baton.database)
    shown = _Bar()

    def progress(share: float, text: str) -> None:
        # An interrupted history goes on from here; what it does next it sees in the database.
        cursor.write_text(now().isoformat())
        shown.show(share, text)

    try:
        finished = History(past, now, end).live(progress, lambda: background.stopping)
    except Exception:  # the demo is still worth serving
        log.exception("the history stopped early")
        finished = True
    if finished:
        marker.write_text(end.isoformat())
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
