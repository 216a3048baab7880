"""The only place that knows SpiffWorkflow."""

from __future__ import annotations

from engine.runtime.spiff.borders import meet_once
from engine.runtime.spiff.prediction import bound

bound()
meet_once()
