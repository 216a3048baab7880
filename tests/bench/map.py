"""How long the map of a real log of 65,533 events takes, and how much memory, start to end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOG = ROOT.parent / "shared" / "corpus" / "logs" / "bpic2013_incidents.xes.gz"
_CHILD = """
import json, resource, sys, time
began = time.perf_counter()
from pathlib import Path
from engine.insight.formats import read_path
from engine.insight.map import map_log
found = map_log(read_path(Path(sys.argv[1])))
print(json.dumps({"seconds": round(time.perf_counter() - began, 2),
                  "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                  "events": found.summary.events, "breakpoints": len(found.breakpoints)}))
"""


def measure() -> dict[str, float] | None:
    """Seconds (imports included) and peak memory in MB; None where the corpus is absent."""
    if not LOG.exists():
        return None
    ran = subprocess.run([sys.executable, "-c", _CHILD, str(LOG)], cwd=ROOT, check=True,
                         capture_output=True, text=True, timeout=300)
    measured: dict[str, float] = json.loads(ran.stdout)
    return measured


if __name__ == "__main__":
    sys.stdout.write(f"{measure() or f'NO CORPUS: {LOG.name} is not here'}\n")
