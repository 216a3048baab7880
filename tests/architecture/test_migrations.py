"""Revisions of the schema form one line, numbered in the order in which they run."""

from __future__ import annotations

from alembic.script import ScriptDirectory

from engine.infra.migrations import config


def test_there_is_one_line_of_revisions_numbered_in_order():
    scripts = list(ScriptDirectory.from_config(config()).walk_revisions())
    numbered = {script.revision: script.down_revision for script in scripts}
    expected = [f"{number:04}" for number in range(1, len(scripts) + 1)]
    assert numbered == dict(zip(expected, [None, *expected], strict=False)), \
        "two revisions have the same number or predecessor: renumber yours (docs/migrations.md)"
