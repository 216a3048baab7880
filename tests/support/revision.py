"""Write the next revision of the schema: what tables.py files say and migrations don't yet.

    python -m tests.support.revision "Case data may be typed"

Read the file it makes before committing it; data that must move is written by hand.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from engine.infra import migrations
from engine.infra.db import Base, Database
from tests.support.databases import load_tables


def write(message: str) -> str:
    """Make the file; returns its path."""
    load_tables()
    settings = migrations.config()
    scripts = [s.revision for s in ScriptDirectory.from_config(settings).walk_revisions()]
    number = f"{max((int(name) for name in scripts), default=0) + 1:04}"
    memory = Database("sqlite://")
    with memory.alter() as connection:
        if scripts:
            migrations.run(connection, command.upgrade, "head")
        settings.attributes.update(connection=connection, metadata=Base.metadata)
        script = command.revision(settings, message, autogenerate=True, rev_id=number)
    memory.dispose()
    assert not isinstance(script, list)
    assert script is not None
    path = Path(script.path)
    told = [line for line in path.read_text().splitlines(True) if "# ### " not in line]
    path.write_text("".join(told))
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", str(path)], check=True)
    return str(path)


if __name__ == "__main__":
    sys.stdout.write(f"{write(sys.argv[1])}\n")
