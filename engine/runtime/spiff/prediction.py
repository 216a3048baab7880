"""How far SpiffWorkflow looks ahead: two tokens, wherever a path leads.

Its own rule follows every path that is sure to be taken to its end, and compares tokens with
specs to see where it has been: a circle without a choice overflows the stack, and each parallel
block doubles the tokens drawn up in advance (12 blocks in a row took 7 seconds to begin).
Nothing needs tokens further ahead than the next: they are drawn up when a path gets there.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState

#: A token that a path has come to. An event on a border waits without having come there.
_NEXT = TaskState.FUTURE | TaskState.WAITING


def _predict(self: Any, my_task: Any, seen: Any = None, looked_ahead: int = 0,
             mask: int = TaskState.PREDICTED_MASK) -> None:
    if my_task.has_state(mask):
        self._predict_hook(my_task)
    if looked_ahead + 1 < self.lookahead:
        for child in my_task.children:
            if child.has_state(mask):
                child.task_spec._predict(child, None, looked_ahead + 1, mask)


def _update(self: Any, my_task: Any) -> None:
    if my_task.has_state(TaskState.PREDICTED_MASK):
        self._predict(my_task)
    elif my_task.has_state(_NEXT) and not my_task.children:
        self._predict(my_task, mask=_NEXT | TaskState.PREDICTED_MASK)
    if self._update_hook(my_task):
        my_task._ready()


def bound() -> None:
    """Let every spec look ahead by this rule."""
    TaskSpec._predict = _predict
    TaskSpec._update = _update
