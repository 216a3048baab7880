"""`make faults`: kill Baton some hundred times under load, and say what came of it.

    python -m tests.faults [--kills 200] [--seed 1] [--database sqlite] [--restarts 10]

Prints one table a database; leaves with 1 and an account on the first look that finds something
wrong. The same seed draws the same victims and moments again.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.faults.trial import Outcome, Plan, run
from tests.support.postgres_server import PostgresServer

_MOST_SHOWN = 20


def main() -> int:
    """Run a trial on each database; 1 when something was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200, help="for each database")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgres"), action="append")
    parser.add_argument("--restarts", type=int, default=10, help="of the PostgreSQL server")
    asked = parser.parse_args()
    for database in asked.database or ("sqlite", "postgres"):
        restarts = min(asked.restarts, asked.kills) if database == "postgres" else 0
        plan = Plan(database, asked.kills, asked.seed, restarts=restarts)
        home = Path(tempfile.mkdtemp(prefix="baton-faults-"))
        server = PostgresServer() if database == "postgres" else None
        try:
            outcome = run(plan, home, server, _say)
        finally:
            if server is not None:
                server.stop()
        _say("\n".join(table(outcome)))
        if outcome.account.wrong:
            _say(f"The database and the logs stay in {home}.")
            return 1
        shutil.rmtree(home)
    return 0


def table(outcome: Outcome) -> Iterator[str]:
    """The numbers of one trial, and what was wrong."""
    plan, account = outcome.plan, outcome.account
    yield f"\n{plan.database}, seed {plan.seed}, {outcome.seconds:.0f} s"
    kills = outcome.kills
    rows = {"kills (-9)": sum(kills.values()), **{f"  {k}": kills[k] for k in sorted(kills)},
            **outcome.others, **account.counts, "wrong": len(account.wrong)}
    width = max(map(len, rows))
    yield from (f"  {name:<{width}}  {count:>8,}" for name, count in rows.items())
    yield from (f"  WRONG: {text}" for text in account.wrong[:_MOST_SHOWN])
    if len(account.wrong) > _MOST_SHOWN:
        yield f"  … and {len(account.wrong) - _MOST_SHOWN} more"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
