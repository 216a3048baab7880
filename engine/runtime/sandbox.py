"""Expressions and scripts of models, run where they can harm nothing (law 6).

pydantic-monty interprets Python in worker processes, with limits on time, memory
and recursion. The pool starts at first use, so after a server has forked.
"""

from __future__ import annotations

import ast
import atexit
import builtins
import os
import re
import threading
import time
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from pydantic_monty import (
    CollectString,
    Monty,
    MontyCrashedError,
    MontyError,
    MontySession,
    OSPolicy,
    ResourceLimits,
)

from engine.runtime.errors import ModelFault

#: Seconds that all expressions of one command may take together.
BUDGET_SECONDS = 0.1
MEMORY_BYTES = 64 * 1024 * 1024
MAX_SOURCE = 20_000
#: Characters that a script may print, and entries and characters of what it gives back.
MAX_PRINTED = 65_536
MAX_RESULT = 1_000_000
#: Digits of a whole number, and characters of a reason, that people get to see.
MAX_DIGITS = 1_000
MAX_REASON = 500
#: What would run further source or reach outside, if the sandbox let it: refused unread.
_REFUSED = frozenset({"eval", "exec", "compile", "open", "__import__", "globals", "locals", "vars",
                      "input", "breakpoint"})
_BUILTINS = frozenset(dir(builtins))
_PLAIN = (str, int, float, bool, Decimal, date, type(None))
#: What expressions and scripts may use without an import, unless a field has that name.
PROVIDED = {
    "date": "from datetime import date", "datetime": "from datetime import datetime",
    "timedelta": "from datetime import timedelta", "timezone": "from datetime import timezone",
    "Decimal": "from decimal import Decimal", "math": "import math", "re": "import re",
}

_pool: Monty | None = None
_pool_pid = 0
_pool_lock = threading.Lock()


class Sandbox:
    """One command's way into the sandbox: a share of time, and a frozen `now`.

    Use as a context manager; the worker is taken at the first expression.
    """

    def __init__(self, now: datetime, timezone: str = "UTC",
                 budget: float = BUDGET_SECONDS) -> None:
        #: The command's moment, in the journey's time zone.
        self.now = now.astimezone(ZoneInfo(timezone))
        self._policy: OSPolicy = {"datetime": now, "timezone": timezone, "sleep": "zero"}
        self._left = budget
        self._session: MontySession | None = None

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._close()

    def evaluate(self, expression: str, values: Mapping[str, Any], *, kind: str) -> Any:
        """The value of a Python expression that sees `values` by name.

        Raises ModelFault of `kind` for anything that goes wrong, with the reason.
        """
        names = names_in(expression.strip(), "eval", kind)
        # The session is shared by the expressions of a command: what an earlier one
        # was given must not answer for a name that this one doesn't have.
        for missing in sorted(names.read - names.own - values.keys() - PROVIDED.keys()):
            raise ModelFault(kind, f"Nothing is called {missing} here.")
        return self._run(_imports(names, values) + expression.strip(),
                         _pick(names.read, values), kind)

    def execute(self, script: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Run a script that sees `values` by name; returns what it assigned.

        Raises ModelFault of kind `script`.
        """
        names = names_in(script, "exec", "script")
        inputs = _pick(names.read | names.written, values)
        # A fresh worker session: what one script leaves behind no other may see.
        self._close()
        found = self._run(f"{_imports(names, values)}{script}\nlocals()", inputs, "script")
        self._close()
        return {name: _checked(name, found[name]) for name in sorted(names.written)
                if name in found and not name.startswith("_")}

    def _run(self, code: str, inputs: dict[str, Any], kind: str, *, again: bool = True) -> Any:
        if self._left <= 0:
            raise ModelFault("budget", "The scripts of this step used up their time together "
                                       f"({BUDGET_SECONDS * 1000:.0f} ms).")
        try:
            return _small(self._fed(code, inputs), kind)
        except MontyCrashedError as error:
            self._session = None
            if not again or self._left <= 0:
                raise ModelFault(kind, "The sandbox was stopped: too much time or memory."
                                 ) from error
        except MontyError as error:
            self._close()
            raise ModelFault(kind, _reason(error)) from error
        except (ValueError, TypeError, OverflowError) as error:
            raise ModelFault(kind, str(error)) from error
        # The worker was ended from outside: another one has a try, once. Nothing is done twice,
        # as what runs inside reaches nothing outside.
        return self._run(code, inputs, kind, again=False)

    def _fed(self, code: str, inputs: dict[str, Any]) -> Any:
        session = self._checkout()  # waiting for a worker to start is not the script's doing
        started = time.perf_counter()
        try:
            return session.feed_run(code, inputs=inputs,
                                    print_callback=CollectString(MAX_PRINTED))
        finally:
            self._left -= time.perf_counter() - started

    def _checkout(self) -> MontySession:
        if self._session is None:
            limits: ResourceLimits = {
                "max_feed_duration_secs": max(self._left, 0.001), "max_memory": MEMORY_BYTES,
                "max_recursion_depth": 200, "max_suspensions": 100,
            }
            self._session = _workers().checkout(limits=limits, os_policy=self._policy)
            self._session.__enter__()
        return self._session

    def _close(self) -> None:
        if self._session is not None:
            self._session.__exit__(None, None, None)
            self._session = None


class Names:
    """The global names that a piece of source reads and assigns."""

    def __init__(self, tree: ast.AST) -> None:
        self.read: frozenset[str] = frozenset(
            node.id for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
        imported = {(alias.asname or alias.name).split(".")[0]
                    for node in ast.walk(tree)
                    if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names}
        local = {arg.arg for node in ast.walk(tree) if isinstance(node, ast.arguments)
                 for arg in [*node.posonlyargs, *node.args, *node.kwonlyargs]}
        self.defined = defined = {node.name for node in ast.walk(tree)
                   if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        stored = {node.id for node in ast.walk(tree)
                  if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        bound_inside = {name.id for node in ast.walk(tree)
                        if isinstance(node, ast.comprehension | ast.For)
                        for name in ast.walk(node.target) if isinstance(name, ast.Name)}
        self.written: frozenset[str] = frozenset(stored - bound_inside)
        self.own: frozenset[str] = frozenset(
            imported | local | defined | stored | bound_inside | _BUILTINS)


@lru_cache(maxsize=4096)
def names_in(source: str, mode: str, kind: str) -> Names:
    """The names that `source` uses. Raises ModelFault when it is too long or no Python."""
    if len(source) > MAX_SOURCE:
        raise ModelFault(kind, f"This is longer than {MAX_SOURCE} characters.")
    try:
        tree = ast.parse(source, mode=mode)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ModelFault(kind, f"This can't be read: {error}") from error
    names = Names(tree)
    for node in ast.walk(tree):
        _refuse(node, names, kind)
    return names


def _refuse(node: ast.AST, names: Names, kind: str) -> None:
    """Raises ModelFault for names with two underscores, and for what runs other source."""
    called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
    if called in _REFUSED and called not in names.written | names.defined:
        raise ModelFault(kind, f"{called} can't be used here.")
    name = node.attr if isinstance(node, ast.Attribute) else \
        node.id if isinstance(node, ast.Name) else ""
    if name.startswith("__"):
        raise ModelFault(kind, f"{name} can't be used here: it begins with two underscores.")


def _pick(names: frozenset[str], values: Mapping[str, Any]) -> dict[str, Any]:
    """Only the values that the source uses: 256 kB of unused data would cost milliseconds."""
    return {name: values[name] for name in names if name in values}


def _imports(names: Names, values: Mapping[str, Any]) -> str:
    """The lines that bring what the source uses of the provided names."""
    return "".join(f"{line}\n" for name, line in PROVIDED.items()
                   if name in names.read and name not in names.own and name not in values)


def _checked(name: str, value: Any, depth: int = 0) -> Any:
    """A value that may be kept in a case; anything else is refused at the sandbox's door."""
    if isinstance(value, _PLAIN):
        # The interpreter hands a function out as the text of its repr.
        if isinstance(value, str) and value.startswith("<function '") and value.endswith(">"):
            raise ModelFault("data", f"{name} is a function, which a case can't keep.")
        if isinstance(value, datetime) and value.tzinfo is None:
            raise ModelFault("data", f"{name} is a moment without a time zone.")
        return value
    if depth > 20:
        raise ModelFault("data", f"{name} is nested too deeply.")
    if isinstance(value, list | tuple):
        return [_checked(name, item, depth + 1) for item in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: _checked(name, item, depth + 1) for key, item in value.items()}
    raise ModelFault("data", f"{name} is a {type(value).__name__}, which a case can't keep.")


def _small(value: Any, kind: str) -> Any:
    """`value`, unless it is larger than any case could keep. Raises ModelFault."""
    size, waiting = 0, [value]
    while waiting:
        each = waiting.pop()
        size += len(each) + 1 if isinstance(each, str | bytes | list | tuple | dict | set) else 1
        if isinstance(each, int) and each.bit_length() > MAX_DIGITS * 10 / 3:
            raise ModelFault(kind, f"A number has more than {MAX_DIGITS} digits.")
        if size > MAX_RESULT:
            raise ModelFault(kind, "The result is too large.")
        if isinstance(each, dict):
            waiting += [*each.keys(), *each.values()]
        elif isinstance(each, list | tuple | set):
            waiting += each
    return value


def _reason(error: MontyError) -> str:
    text = _DECIMAL.sub(lambda found: _DECIMAL_FAULTS.get(found[1], found[1]), str(error))
    return "It ran too long and was stopped." if text.startswith("TimeoutError") \
        else text if len(text) <= MAX_REASON else f"{text[:MAX_REASON]}…"


#: Faults of decimals name nothing but their class.
_DECIMAL = re.compile(r"decimal\.(\w+): \[.*\]$")
_DECIMAL_FAULTS = {"DivisionByZero": "Division by zero.", "Overflow": "A number is too large.",
                   "InvalidOperation": "A number can't be reckoned with like that."}


def _workers() -> Monty:
    """The pool of this process; a forked child makes its own."""
    global _pool, _pool_pid
    with _pool_lock:
        if _pool is None or _pool_pid != os.getpid():
            _pool = Monty(min_processes=1, max_processes=4, checkout_timeout=10.0,
                          request_timeout=5.0, feed_duration_limit_grace=0.5)
            _pool.__enter__()
            _pool_pid = os.getpid()
            atexit.register(_stop, _pool, _pool_pid)
        return _pool


def _stop(pool: Monty, pid: int) -> None:
    if pid == os.getpid():
        pool.__exit__(None, None, None)
