"""What kind of file it is, told by its bytes, and what it may be called.

Neither the name nor the sender's word counts: a page that shows `photo.png` as what
its sender claims would run whatever is inside.
"""

from __future__ import annotations

import unicodedata

#: Shown in the browser; all else is downloaded.
INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"})

UNKNOWN = "application/octet-stream"
LONGEST_NAME = 150

_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
)
#: Brands of ISO media files (bytes 8 to 12, after "ftyp"): what phones take photos and films as.
_BRANDS = {b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heic",
           b"avif": "image/avif", b"isom": "video/mp4", b"mp42": "video/mp4",
           b"qt  ": "video/quicktime"}


def media_type(content: bytes) -> str:
    """The media type that the bytes show; UNKNOWN where they don't."""
    for start, kind in _STARTS:
        if content.startswith(start):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp":
        return _BRANDS.get(content[8:12], UNKNOWN)
    return "text/plain" if _is_text(content) else UNKNOWN


def safe_name(name: str) -> str:
    """The last part of a path, without control or direction signs, at most 150 characters.

    The ending is kept when it has to be cut. A name of which nothing is left becomes "file".
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    # Format signs (Cf) turn the reading direction: "gpj.exe" shown as "exe.jpg".
    shown = "".join(c for c in unicodedata.normalize("NFC", last)
                    if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    plain = " ".join(shown.split()).strip(". ")
    if len(plain) > LONGEST_NAME:
        stem, dot, ending = plain.rpartition(".")
        if not dot or len(ending) > 10:
            stem, dot, ending = plain, "", ""
        plain = stem[:LONGEST_NAME - len(dot + ending)].rstrip() + dot + ending
    return plain or "file"


def _is_text(content: bytes) -> bool:
    # A few kB tell; the cut may split a character, of at most four bytes.
    sample = content[:4096]
    spare = 4 if len(content) > len(sample) else 1
    for end in range(len(sample), len(sample) - spare, -1):
        try:
            text = sample[:end].decode()
        except UnicodeDecodeError:
            continue
        return all(c in "\t\n\r\f" or unicodedata.category(c) != "Cc" for c in text)
    return False
