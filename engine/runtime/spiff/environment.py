"""SpiffWorkflow's way to scripts, conditions and decisions: the case's document, sandboxed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment

from engine.runtime.sandbox import Sandbox

#: Runs the decision `id` on values for a token; raises ModelFault.
Decide = Callable[[str, Mapping[str, Any], UUID, Sandbox], dict[str, Any]]


class DocumentEnvironment(BasePythonScriptEngineEnvironment):  # type: ignore[misc]
    """Expressions read the case's document, and above it what only the token has.

    What scripts and decisions assign goes to the document, unless the token has a
    value of that name (the item of a loop).
    """

    def __init__(self, sandbox: Sandbox, values: Callable[[], Mapping[str, Any]],
                 write: Callable[[dict[str, Any]], None], decide: Decide) -> None:
        super().__init__()
        self._sandbox = sandbox
        self._values = values
        self._write = write
        self._decide = decide

    def use(self, sandbox: Sandbox) -> None:
        """Evaluate in this sandbox from now on: each command has a budget of its own."""
        self._sandbox = sandbox

    def evaluate(self, expression: str, context: dict[str, Any],
                 external_context: Any = None) -> Any:
        """The value of a condition or a loop's expression."""
        return self._sandbox.evaluate(expression, self._seen_by(context), kind="condition")

    def execute(self, script: str, context: dict[str, Any], external_context: Any = None) -> bool:
        """Run a script task."""
        self._assign(self._sandbox.execute(script, self._seen_by(context)), context)
        return True

    def decide(self, decision: str, context: dict[str, Any], token: UUID) -> None:
        """Run a business rule task's decision and keep its outputs."""
        found = self._decide(decision, self._seen_by(context), token, self._sandbox)
        self._assign(found, context)

    def _seen_by(self, context: dict[str, Any]) -> Mapping[str, Any]:
        return {**self._values(), **context} if context else self._values()

    def _assign(self, assigned: dict[str, Any], context: dict[str, Any]) -> None:
        own = {name: value for name, value in assigned.items() if name in context}
        context.update(own)
        self._write({name: value for name, value in assigned.items() if name not in own})


class SandboxEngine(PythonScriptEngine):  # type: ignore[misc]
    """Hands everything to the environment and lets our ModelFault through unchanged."""

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Any:
        return self.environment.evaluate(expression, task.data)

    def execute(self, task: Any, script: str, external_context: Any = None) -> Any:
        return self.environment.execute(script, task.data)
