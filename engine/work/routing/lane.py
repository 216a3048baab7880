"""By lane: the department to which the innermost mapped lane of the step belongs.

Valid: a step in lane `Lane_desk`, mapped to `service-desk`, goes to `service-desk`.
Invalid: a step with no lane, or with unmapped ones, has no department of its own; it
goes to the journey's owner.
"""

from __future__ import annotations

from collections.abc import Mapping


def department_of(lanes: tuple[str, ...], mapping: Mapping[str, str], owner: str) -> str:
    """The department for a step in `lanes` (innermost first)."""
    return next((mapping[lane] for lane in lanes if lane in mapping), owner)
