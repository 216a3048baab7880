"""From when to when the demo's history is lived, and how far it has come."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path

from web.demo.habits import ZONE

DAYS = 92
_FILE = "history.json"


@dataclass(frozen=True)
class Plan:
    """The history's span (aware moments). `reached` is never before what was committed."""

    start: datetime
    end: datetime
    reached: datetime
    done: bool = False

    @classmethod
    def made_at(cls, now: datetime) -> Plan:
        """A history of three months that ends now."""
        first = now.astimezone(ZONE).date() - timedelta(days=DAYS)
        start = datetime.combine(first, time(7), ZONE)
        return cls(start, now, start)

    @property
    def share(self) -> float:
        """How much of it has been lived, 0 to 1."""
        return 1.0 if self.done else min(1.0, (self.reached - self.start) / max(
            self.end - self.start, timedelta(seconds=1)))

    def until(self, end: datetime) -> Plan:
        """The same history, lived on until `end`."""
        return replace(self, end=end)


class PlanFile:
    """The plan in the demo's folder; a crash leaves the old one or the new one whole."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE

    def read(self) -> Plan | None:
        """The plan, if one was made."""
        if not self._path.exists():
            return None
        content = json.loads(self._path.read_text())
        moments = {key: datetime.fromisoformat(content[key]) for key in ("start", "end",
                                                                         "reached")}
        return Plan(**moments, done=bool(content["done"]))

    def write(self, plan: Plan) -> None:
        """Keep the plan."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(plan), default=datetime.isoformat))
        fresh.replace(self._path)
