"""A Baton whose facts are overheard, so that the demo's people and customers can react."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from engine.journal import facts
from engine.wiring import Baton, Services

_KINDS = (facts.WorkItemOffered, facts.WorkItemWithdrawn, facts.MessageAwaited)


class OverheardBaton(Baton):
    """As Baton; `drain` gives what was committed since it was last asked."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._heard: list[facts.Fact] = []

    @contextmanager
    def command(self) -> Iterator[Services]:
        """As Baton's, and what happened in it is heard once it is committed."""
        heard: list[facts.Fact] = []
        with super().command() as services:
            for kind in _KINDS:
                services.journal.listen(kind, heard.append)
            yield services
        self._heard += heard

    def drain(self) -> list[facts.Fact]:
        """What was heard, in order; then it is forgotten."""
        heard, self._heard = self._heard, []
        return heard
