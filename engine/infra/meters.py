"""What a process does, counted and timed; /metrics shows it beside the rooms' own figures."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from engine.infra import logs
from engine.infra.errors import DomainError
from engine.infra.now import Now

log = logging.getLogger("baton.command")
disable_created_metrics()  # type: ignore[no-untyped-call]  # nobody asks for them


class Meters:
    """One process's commands and requests, since it started."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.requests = Histogram(
            "baton_request_seconds", "How long requests to this process took.",
            ["method", "route", "status"], registry=self.registry)
        self._commands = Histogram(
            "baton_command_seconds", "How long commands of this process took, by their outcome.",
            ["command", "outcome"], registry=self.registry)

    @contextmanager
    def command(self) -> Iterator[dict[str, Any]]:
        """Time and log the command that the block carries out; what the block puts into the
        dict is logged with it."""
        started, outcome, why = perf_counter(), "done", None
        told: dict[str, Any] = {}
        try:
            yield told
        except DomainError as error:
            outcome, why = "refused", error.code
            raise
        except Exception as error:
            outcome, why = "failed", type(error).__name__
            raise
        except BaseException:
            outcome = "abandoned"
            raise
        finally:
            seconds = perf_counter() - started
            self._commands.labels(str(logs.bound_field("command") or "other"), outcome).observe(
                seconds)
            logs.event(log, "command", outcome=outcome, why=why,
                       milliseconds=round(seconds * 1000, 1), **told)


class Figures(Collector):
    """The rooms' figures, asked for at most every few seconds however many ask us; where the
    database doesn't answer, that is what they say."""

    FRESH = timedelta(seconds=5)

    def __init__(self, ask: Callable[[], Iterable[Metric]], now: Now) -> None:
        self._ask = ask
        self._now = now
        self._lock = threading.Lock()
        self._kept: list[Metric] = []
        self._asked_at: datetime | None = None

    def describe(self) -> Iterable[Metric]:
        """Nothing yet: a registry asks for it before there are tables."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """The figures as they stand."""
        with self._lock:
            now = self._now()
            if self._asked_at is None or not timedelta(0) <= now - self._asked_at < self.FRESH:
                self._kept, self._asked_at = self._fresh(), now
            return self._kept

    def _fresh(self) -> list[Metric]:
        try:
            found = [*self._ask()]
        except SQLAlchemyError:
            found = []
        return [GaugeMetricFamily("baton_database_up", "1 while the database answers.",
                                  value=1 if found else 0), *found]
