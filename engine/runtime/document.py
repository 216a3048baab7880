"""A case's one document of data, as expressions see it and as scripts write it."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from engine.infra.errors import DomainError
from engine.runtime.decisions.evaluate import outcomes
from engine.runtime.errors import ModelFault
from engine.runtime.fields import MAX_DOCUMENT, accept, bounded
from engine.runtime.ports import RunnableVersion
from engine.runtime.sandbox import Sandbox
from engine.runtime.spiff.environment import DocumentEnvironment


class Document:
    """The values by field; `written` names what scripts and decisions assigned, `decided` the
    rules that each token's decisions hit, by the decision's id and in their order."""

    def __init__(self, values: dict[str, Any] | Callable[[], dict[str, Any]],
                 version: RunnableVersion, size: int = 0) -> None:
        """Of `values`, or of what reads them: it is asked when somebody looks at them, for most
        steps don't, and many data cost more than they do. `size` is that of the stored text, in
        bytes, or more."""
        self._values = values
        self._size = size
        #: What has been written and is not stored yet.
        self.changes: dict[str, Any] = {}
        self.written: set[str] = set()
        self.decided: dict[UUID, dict[str, tuple[int, ...]]] = {}
        self._version = version

    @property
    def values(self) -> dict[str, Any]:
        """The values as they are; `write` changes them."""
        if not isinstance(self._values, dict):
            self._values = {**self._values(), **self.changes}
        return self._values

    def write(self, values: Mapping[str, Any]) -> None:
        """Write fields, in their types. Raises TooLarge, with nothing written: a command that
        found out at its end would have moved the case by then."""
        size = self._size + len(bounded(values).encode())
        if size > MAX_DOCUMENT:
            size = len(bounded({**self.values, **values}).encode())
        self._size = size
        self.changes.update(values)
        if isinstance(self._values, dict):
            self._values.update(values)

    def of(self, version: RunnableVersion, changed: Mapping[str, Any]) -> Document:
        """The same data, but for what is `changed`, of another version of the journey."""
        other = Document(dict(self.values), version, self._size)
        other.changes.update(self.changes)
        other.write(changed)
        return other

    def seen(self) -> Mapping[str, Any]:
        """The document; declared fields that nobody has written yet read as None."""
        return ChainMap(self.values, dict.fromkeys(self._version.fields))

    def environment(self, sandbox: Sandbox) -> DocumentEnvironment:
        """What the engine evaluates its expressions in."""
        return DocumentEnvironment(sandbox, self.seen, self._write, self._decide)

    def typed(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """`values` in the types of the journey's fields. Raises ModelFault where they don't fit."""
        try:
            return accept(values, self._version.fields, self._version.timezone)
        except DomainError as error:
            raise ModelFault("data", str(error)) from error

    def bring(self, values: Mapping[str, Any]) -> None:
        """Write what no person wrote, in the types of the journey's fields. Raises ModelFault,
        with nothing written, where it doesn't fit or is too much."""
        accepted = self.typed(values)
        try:
            self.write(accepted)
        except DomainError as error:
            raise ModelFault("data", str(error)) from error

    def _write(self, values: dict[str, Any]) -> None:
        """Keep what a script or decision assigned."""
        self.bring(values)
        self.written.update(values)

    def _decide(self, decision: str, values: Mapping[str, Any], token: UUID,
                sandbox: Sandbox) -> dict[str, Any]:
        table = self._version.decisions.get(decision)
        if table is None:
            raise ModelFault("decision", f"There is no decision table {decision} in this version.")
        made = outcomes(table, values, sandbox)
        self.decided[token] = {each: found.rules for each, found in made.items()}
        return dict(made[decision].outputs)
