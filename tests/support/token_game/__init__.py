"""An independent judge: does a drawing allow what happened?

A token game written from chapters 10 and 13 of the BPMN 2.0 specification. It reads the drawn
file only, knows nothing of the engine, and is slow and obvious on purpose.
"""

from __future__ import annotations

from tests.support.token_game.judge import Verdict, accepts, possible

__all__ = ["Verdict", "accepts", "possible"]
