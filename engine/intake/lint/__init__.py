"""What is wrong or worth knowing about a drawing, element by element; nothing is changed.

Every rule is a module with `lint(subject)`; an error means that the drawing can't run.
"""

from __future__ import annotations

from engine.intake.lint import (
    crossing,
    dangling,
    decision_tables,
    drawn_calls,
    duplicates,
    layout,
    misplaced,
    names,
    no_default,
    outside,
    reach,
    superfluous,
    uncaught,
    unknown_elements,
    unknown_fields,
    unknown_in_steps,
    unread,
    vendor,
)
from engine.intake.subject import Lint

RULES: tuple[Lint, ...] = (
    duplicates.lint, misplaced.lint, dangling.lint, crossing.lint, unknown_elements.lint,
    outside.lint, reach.lint, no_default.lint, uncaught.lint, unknown_fields.lint,
    unknown_in_steps.lint, decision_tables.lint, names.lint, superfluous.lint, layout.lint,
    unread.lint, drawn_calls.lint, vendor.lint,
)
