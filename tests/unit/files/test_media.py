"""What a file is, told by its bytes, and what it may be called."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.files.media import INLINE, LONGEST_NAME, UNKNOWN, media_type, safe_name


@pytest.mark.parametrize(("content", "kind"), [
    (b"\x89PNG\r\n\x1a\n0000", "image/png"),
    (b"\xff\xd8\xff\xe0JFIF", "image/jpeg"),
    (b"GIF89a....", "image/gif"),
    (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
    (b"RIFF\x00\x00\x00\x00WAVEfmt ", UNKNOWN),
    (b"%PDF-1.7\n", "application/pdf"),
    (b"\x00\x00\x00\x18ftypheic", "image/heic"),
    (b"\x00\x00\x00\x18ftypisom", "video/mp4"),
    (b"PK\x03\x04....", "application/zip"),
    ("投诉说明\n".encode(), "text/plain"),
    (("投" * 2000).encode(), "text/plain"),
    (b"<html><script>alert(1)</script>", "text/plain"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "text/plain"),
    ("客户投诉说明".encode("gbk"), UNKNOWN),
    (b"MZ\x00\x01", UNKNOWN),
])
def test_bytes_tell_what_a_file_is(content: bytes, kind: str) -> None:
    assert media_type(content) == kind


@given(st.binary(max_size=64))
def test_nothing_that_can_run_in_a_browser_is_shown_in_it(content: bytes) -> None:
    if media_type(content) in INLINE:
        assert not content.lstrip().startswith((b"<", b"{"))


@pytest.mark.parametrize(("given_name", "kept"), [
    ("photo.jpg", "photo.jpg"),
    ("C:\\Users\\anna\\photo.jpg", "photo.jpg"),
    ("../../etc/passwd", "passwd"),
    ("发票 2026.pdf", "发票 2026.pdf"),
    ("a\r\nSet-Cookie: x.txt", "aSet-Cookie: x.txt"),
    ("gpj\u202eexe.jpg", "gpjexe.jpg"),
    ("..", "file"),
    ("", "file"),
    ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
    ("x" * 300, "x" * 150),
    (".htaccess", "htaccess"),
])
def test_a_name_is_made_safe(given_name: str, kept: str) -> None:
    assert safe_name(given_name) == kept


@given(st.text())
def test_any_name_becomes_one_plain_part_of_a_path(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe) <= LONGEST_NAME
    assert "/" not in safe
    assert "\\" not in safe
    assert not any(unicodedata.category(c) == "Cc" for c in safe)
    safe.encode()
