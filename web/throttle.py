"""Slows down guessing of passwords: failed logins per login and address, in bounded memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

from flask import current_app

from engine.infra.now import Now
from web.unit import baton


class Throttle:
    """Counts failures per key; after `limit` within `window` the key has to wait.

    One process remembers for itself: enough against guessing, and nothing to store.
    """

    def __init__(self, now: Now, *, limit: int = 8, window: timedelta = timedelta(minutes=10),
                 keys: int = 10_000) -> None:
        self._now = now
        self._limit = limit
        self._window = window
        self._keys = keys
        self._failures: OrderedDict[tuple[str, ...], list[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, *key: str) -> timedelta | None:
        """How long the key still has to wait, or None when it may try."""
        with self._lock:
            recent = self._recent(key)
            if len(recent) < self._limit:
                return None
            return recent[-self._limit] + self._window - self._now()

    def failed(self, *key: str) -> None:
        """Remember a failure; the keys least recently seen are forgotten beyond the bound."""
        with self._lock:
            self._failures[key] = [*self._recent(key), self._now()][-self._limit:]
            self._failures.move_to_end(key)
            while len(self._failures) > self._keys:
                self._failures.popitem(last=False)

    def succeeded(self, *key: str) -> None:
        """Forget the key's failures."""
        with self._lock:
            self._failures.pop(key, None)

    def _recent(self, key: tuple[str, ...]) -> list[datetime]:
        since = self._now() - self._window
        return [at for at in self._failures.get(key, []) if at > since]


def login_throttle() -> Throttle:
    """This process's memory of failed logins, by page and by API."""
    kept: Throttle = current_app.extensions.setdefault("baton-throttle", Throttle(baton().now))
    return kept
