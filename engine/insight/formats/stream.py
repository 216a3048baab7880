"""A file's bytes as a stream: decompressed on the way, bounded, and watched."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, cast

from engine.infra.errors import Invalid, TooLarge
from engine.insight.formats.options import Limits, Progress, silent

_GZIP = b"\x1f\x8b"


class BoundedStream:
    """Reads up to a number of bytes in all, and up to another between two calls of `mark`."""

    def __init__(self, name: str, packed: io.BytesIO, content: IO[bytes], limits: Limits,
                 progress: Progress) -> None:
        self._name, self._packed, self._content = name, packed, content
        self._limits, self._progress = limits, progress
        self._total = len(packed.getbuffer())
        self._taken = self._marked = 0

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes. Raises Invalid for a broken gzip file, TooLarge past the limits."""
        if size < 0:
            return self.read_all()
        data = self.peek(size)
        self._taken += len(data)
        if self._taken > self._limits.content:
            raise TooLarge("{name} holds more than {limit} MB; split it by period.",
                           name=self._name, limit=self._limits.content >> 20)
        if self._taken - self._marked > self._limits.one_case:
            raise TooLarge("{name} holds a piece of more than {limit} MB without a case in it.",
                           name=self._name, limit=self._limits.one_case >> 20)
        self._progress(self._packed.tell(), self._total)
        return data

    def peek(self, size: int) -> bytes:
        """Up to `size` bytes, unbounded and uncounted. Raises Invalid for a broken gzip file."""
        try:
            return self._content.read(size)
        except (EOFError, zlib.error, OSError) as error:
            raise Invalid("{name} is a broken gzip file ({reason}); download or pack it again.",
                          name=self._name, reason=str(error).rstrip(".")) from None

    def read_all(self) -> bytes:
        """Everything that is left."""
        parts: list[bytes] = []
        while part := self.read(1 << 20):
            parts.append(part)
            self.mark()
        return b"".join(parts)

    def mark(self) -> None:
        """A case has been read; the next one may be as long again."""
        self._marked = self._taken


@contextmanager
def open_bounded(name: str, data: bytes, limits: Limits,
                 progress: Progress = silent) -> Iterator[BoundedStream]:
    """`data` as a stream, decompressed if it is a gzip file."""
    packed = io.BytesIO(data)
    if not data.startswith(_GZIP):
        yield BoundedStream(name, packed, packed, limits, progress)
        return
    with gzip.GzipFile(fileobj=packed) as content:
        yield BoundedStream(name, packed, cast(IO[bytes], content), limits, progress)
