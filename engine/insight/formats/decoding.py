"""From a CSV file's bytes to text, in the encoding that it was written in."""

from __future__ import annotations

from engine.infra.errors import Invalid

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def decode(name: str, data: bytes, encoding: str | None = None) -> str:
    """`data` as text: UTF-8, UTF-16 (with a byte order mark), GB18030 or Windows-1252.

    `encoding` names it where it isn't to be guessed. Raises Invalid when it doesn't fit.
    """
    if encoding is not None:
        return _strictly(name, data, encoding)
    for mark, marked in _MARKS:
        if data.startswith(mark):
            return _strictly(name, data, marked)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if _looks_chinese(data):
        return _strictly(name, data, "gb18030")
    return data.decode("cp1252", errors="replace")


def _strictly(name: str, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except LookupError:
        raise Invalid("“{encoding}” is no text encoding; give one such as utf-8 or gb18030.",
                      field="encoding", encoding=encoding) from None
    except UnicodeDecodeError as error:
        raise Invalid("{name} is not text in {encoding} (byte {at}); save it as UTF-8.",
                      name=name, encoding=encoding, at=error.start) from None


def _looks_chinese(data: bytes) -> bool:
    """Whether the non-ASCII text is mostly GB2312, as Chinese is; "für" in Windows-1252 isn't."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return False
    foreign = [char for char in text if ord(char) > 127]
    common = sum(_in_gb2312(char) for char in set(foreign))
    return common * 2 > len(set(foreign))


def _in_gb2312(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
