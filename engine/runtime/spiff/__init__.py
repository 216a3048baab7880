"""The only place that knows SpiffWorkflow."""

from __future__ import annotations

from engine.runtime.spiff.borders import keep_rounds_apart
from engine.runtime.spiff.prediction import bound

bound()
keep_rounds_apart()
