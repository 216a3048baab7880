"""Event logs from files: XES (also gzipped) and CSV, told apart by what is in them."""

from __future__ import annotations

from pathlib import Path

from engine.infra.errors import Invalid
from engine.insight.assemble import assemble
from engine.insight.formats import csv, xes
from engine.insight.formats.options import Limits, Progress, ReadOptions, silent
from engine.insight.formats.stream import open_bounded
from engine.insight.log import EventLog

__all__ = ["Limits", "ReadOptions", "read_log", "read_path"]

_HEAD = 4096


def read_path(path: Path, options: ReadOptions | None = None,
              progress: Progress = silent) -> EventLog:
    """The log in the file at `path`, named after it. Raises Invalid, TooLarge."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise Invalid("There is no file {path}.", path=str(path)) from None
    except OSError as error:
        raise Invalid("{path} can't be read: {reason}.", path=str(path),
                      reason=error.strerror or str(error)) from None
    return read_log(path.name, data, options, progress)


def read_log(name: str, data: bytes, options: ReadOptions | None = None,
             progress: Progress = silent) -> EventLog:
    """The log in `data`; `name` is the file's name, for messages and as the log's name.

    Raises Invalid for what is no event log (empty, not XES or CSV, no times, broken rows) and
    TooLarge beyond the limits of `options`.
    """
    options = options or ReadOptions()
    if not data.strip():
        raise Invalid("{name} is empty; give an event log as XES or CSV.", name=name)
    with open_bounded(name, data, options.limits) as stream:
        head = stream.peek(_HEAD)
    _refuse_others(name, head)
    with open_bounded(name, data, options.limits, progress) as stream:
        if _looks_like_xml(head):
            return assemble(xes.read(name, stream, options))
        return assemble(csv.read(name, stream.read_all(), options))


def _looks_like_xml(head: bytes) -> bool:
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"),
                           (b"\xef\xbb\xbf", "utf-8")):
        if head.startswith(mark):
            return head[len(mark):].decode(encoding, "ignore").lstrip().startswith("<")
    return head.lstrip().startswith((b"<", b"<\x00", b"\x00<"))


def _refuse_others(name: str, head: bytes) -> None:
    """Say what to do with files that are something else."""
    if head.startswith(b"PK\x03\x04"):
        raise Invalid("{name} is a zip or Excel file; unpack it, or save the sheet as CSV.",
                      name=name)
    if head.startswith(b"PAR1"):
        raise Invalid("{name} is a Parquet file; export it as CSV or XES.", name=name)
    if head.startswith(b"%PDF") or head.startswith(b"\x89PNG") or head.startswith(b"\xd0\xcf\x11"):
        raise Invalid("{name} is no event log; give XES or CSV.", name=name)
    if head.lstrip().startswith((b"{", b"[")):
        raise Invalid("{name} looks like JSON; give the event log as XES or CSV.", name=name)
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")) and not (
            _looks_like_xml(head)):
        raise Invalid("{name} is a binary file; give the event log as XES or CSV.", name=name)
