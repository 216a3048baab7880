"""An outside service on this machine that answers as a test tells it to: well, late, badly or not.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Received:
    """One request as it came; header names in small letters."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: str

    @property
    def key(self) -> str:
        """The idempotency key."""
        return self.headers.get("idempotency-key", "")


@dataclass(frozen=True)
class Reply:
    """What is answered. `hangs`: not before the service is closed; `drips`: a byte now and then;
    `cuts`: the connection ends in the middle."""

    status: int = 200
    content: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: bool = False
    drips: bool = False
    cuts: bool = False


class Outside:
    """The service: `will` says what comes next; the last reply is repeated."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.asked = threading.Event()
        self._replies: list[Reply] = [Reply(content={})]
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.host}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def will(self, *replies: Reply) -> None:
        """Answer so, one after the other."""
        self._replies = list(replies)

    def let_go(self) -> None:
        """End what hangs."""
        self._closing.set()

    def close(self) -> None:
        """Stop."""
        self.let_go()
        self._server.shutdown()
        self._server.server_close()

    def _next(self) -> Reply:
        return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outside = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                body = self.rfile.read(length).decode()
                outside.received.append(Received(
                    self.command, self.path, {k.lower(): v for k, v in self.headers.items()},
                    body))
                reply = outside._next()
                outside.asked.set()
                outside._send(self, reply)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        return Handler

    def _send(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        if reply.hangs:
            self._closing.wait(60)
            return
        text = reply.content if isinstance(reply.content, str) else json.dumps(reply.content)
        data = text.encode()
        handler.send_response(reply.status)
        if not isinstance(reply.content, str):
            handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(data)))
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        try:
            if reply.drips:
                for byte in data:
                    handler.wfile.write(bytes([byte]))
                    if self._closing.wait(0.1):
                        return
            elif reply.cuts:
                handler.wfile.write(data[:len(data) // 2])
            else:
                handler.wfile.write(data)
        except OSError:
            pass  # the other side has gone
