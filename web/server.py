"""The HTTP server: waitress, with a stop that lets running requests end and their answers leave."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any

from waitress import create_server

#: How long a stop waits for requests that are running, in seconds.
PATIENCE = 20.0
_LOOK_EVERY = 0.2
#: What a trusted proxy may say: who asked, by which scheme, for which host.
_FORWARDED = {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"}
_BUSY = b"Baton is stopping. Try again in a moment.\n"


class Server:
    """Listens from the start; `run` answers until `stop` is set."""

    def __init__(self, app: Any, host: str, port: int, threads: int,
                 proxy: str | None = None) -> None:
        self._app = app
        self.address = f"http://{host}:{port}"
        self._stopping = threading.Event()
        self._server: Any = create_server(
            self._answer, host=host, port=port, threads=threads, ident="Baton",
            max_request_body_size=1_100_000_000,
            **({"trusted_proxy": proxy, "trusted_proxy_headers": _FORWARDED} if proxy else {}),
            # Of anyone else they only tell that a request was passed on; nothing believes them.
            clear_untrusted_proxy_headers=False)
        # With several addresses of one name waitress hands back one object for all of them.
        self._map = getattr(self._server, "map", None) or self._server._map

    def run(self, stop: threading.Event) -> bool:
        """Answer until `stop` is set, then end what runs; False where that took too long."""
        while not stop.is_set():
            self._turn()
        self._stopping.set()  # from now on new requests on open connections are sent away
        for each in list(self._map.values()):
            if getattr(each, "accepting", False):
                each.accepting = False
                each.socket.close()
                each.del_channel(self._map)
        until = monotonic() + PATIENCE
        while self._busy() and monotonic() < until:
            self._turn()
        return not self._busy()

    def close(self) -> None:
        """End the threads and close what is open."""
        self._server.task_dispatcher.shutdown(timeout=1)
        for each in list(self._map.values()):
            each.close()

    def _turn(self) -> None:
        self._server.asyncore.loop(timeout=_LOOK_EVERY, map=self._map, count=1)

    def _busy(self) -> bool:
        """Whether a request runs, or an answer hasn't left yet."""
        return any(each.requests or each.total_outbufs_len for each in list(self._map.values())
                   if hasattr(each, "requests"))

    def _answer(self, environ: dict[str, Any],
                start: Callable[..., Any]) -> Iterable[bytes]:
        if self._stopping.is_set():
            start("503 Service Unavailable", [
                ("Content-Type", "text/plain"), ("Content-Length", str(len(_BUSY))),
                ("Retry-After", "5")])
            return [_BUSY]
        answered: Iterable[bytes] = self._app(environ, start)
        return answered
