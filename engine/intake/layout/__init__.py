"""The picture of a drawing that came without one, or with a part of one only.

`repair` takes out of a file's diagrams what no viewer could draw; `complete` draws whatever of
its processes the diagrams don't show; `place` does both for the adapted copy, in which nodes
were put in and taken out. They change the copy that is shown or that runs, never the uploaded
bytes. docs/drawing.md says how the layout is made.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from engine.intake.bpmn import Element
from engine.intake.layout.adapted import place
from engine.intake.layout.complete import complete
from engine.intake.layout.repair import repair

__all__ = ["complete", "draw", "place", "repair"]

_log = logging.getLogger(__name__)


def draw(step: Callable[[Element], object], root: Element) -> None:
    """Carry out `repair`, `complete` or `place`; a drawing that it stumbles over still runs."""
    try:
        step(root)
    except Exception:  # noqa: BLE001 - a picture is worth less than the drawing itself
        _log.exception("layout: %s failed", step.__name__)
