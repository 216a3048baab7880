"""An adapted drawing played without a database: each move in a process of its own, so to speak.

Tokens are stored and restored on a freshly compiled model before every move, as they are when
another process takes a case over.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from engine.intake.model import Understanding
from engine.runtime.document import Document
from engine.runtime.fields import FieldRule
from engine.runtime.model import Wait
from engine.runtime.ports import RunnableVersion
from engine.runtime.sandbox import Sandbox
from engine.runtime.spiff.compile import compile_model
from engine.runtime.spiff.execution import Execution

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Play:
    """One case of an adapted drawing, moved on by hand."""

    def __init__(self, found: Understanding, fields: Mapping[str, str] | None = None,
                 *, adapted: bytes | None = None, state: str | None = None,
                 **values: Any) -> None:
        """`state` are tokens stored earlier, on the drawing as it was `adapted` then."""
        assert found.verdict != "cannot_run", [f.message["en"] for f in found.errors]
        self._found = found
        self._fields = {key: FieldRule(key, type_) for key, type_ in (fields or {}).items()}
        self.values: dict[str, Any] = dict(values)
        self.passed: list[str] = []
        self.faults: list[str] = []
        self.finished = False
        self._waits: list[Wait] = []
        self._state = state
        self._adapted = adapted or found.adapted_xml
        self._move(lambda execution: execution.start() if state is None else execution.proceed())

    @property
    def waiting(self) -> list[str]:
        """The drawn ids that the case waits at, sorted."""
        return sorted(wait.element for wait in self._waits)

    def answers(self, element: str) -> list[str]:
        """The drawn ids that answer the question at `element`."""
        model = compile_model(self._adapted, self._found.process)
        found = model.by_drawn_id(element)
        return [answer.flow for answer in found.answers] if found else []

    def do(self, element: str, *answers: str, **values: Any) -> Play:
        """Do the step or answer the question at `element`."""
        self.values.update(values)
        token = self._token(element)
        return self._move(lambda execution: execution.complete(token, answers))

    def act(self, move: str) -> Play:
        """`step`, `question:flow`, or `event!` for what is reported."""
        if move.endswith("!"):
            return self.report(move[:-1])
        element, _, answer = move.partition(":")
        return self.do(element, *([answer] if answer else []))

    @property
    def state(self) -> str:
        """The tokens as they were stored last."""
        assert self._state is not None
        return self._state

    def report(self, element: str) -> Play:
        """What `element` waits for has happened."""
        message = next(w.message for w in self._waits if w.element == element and w.message)
        return self._move(lambda execution: execution.deliver(message))

    def fire(self, element: str) -> Play:
        """The timer at `element` is due."""
        token = self._token(element)
        return self._move(lambda execution: execution.fire(token, element))

    def _token(self, element: str) -> UUID:
        return next(wait.token for wait in self._waits if wait.element == element)

    def scopes(self, element: str) -> list[dict[str, object]]:
        """What only the tokens that wait at `element` have."""
        return [wait.scope for wait in self._waits if wait.element == element]

    def _move(self, act: Any) -> Play:
        model = compile_model(self._adapted, self._found.process)
        version = RunnableVersion(id=uuid4(), journey="test", number=1, prefix="T", model=model,
                                  fields=self._fields, decisions={}, timezone="UTC")
        with Sandbox(AT) as sandbox:
            document = Document(self.values, version)
            execution = Execution(model, document.environment(sandbox), self._state)
            act(execution)
            self.passed += [each.element for each in execution.passed if not each.inserted]
            self.faults += [fault.message for fault in execution.faults]
            self._waits = execution.waits()
            self.finished = execution.finished
            self._state = execution.state()
        return self
