"""Bytes to text, whatever encoding a modelling tool or an old editor left them in."""

from __future__ import annotations

import codecs
import re

from engine.infra.errors import Invalid

# Only real text encodings: some of Python's codecs (punycode, unicode_escape) are slow or change
# the content, and a hostile file may name any.
_ALLOWED = re.compile(
    r"(utf-?8(-sig)?|utf-?16(-?[lb]e)?|utf-?32(-?[lb]e)?|us-ascii|ascii|iso-?8859-?\d{1,2}"
    r"|latin-?1|windows-?125\d|cp125\d|gbk|gb2312|gb18030|cp936|hz|big5(hkscs)?|cp950"
    r"|shift-?jis|sjis|cp932|euc-?(jp|kr|cn)|koi8-[ru]|macintosh)")
# GB18030 holds all that GBK and GB2312 hold, and files that claim those often use more.
_WIDER = {"gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "euccn": "gb18030"}
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"),
         (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
         (codecs.BOM_UTF16_BE, "utf-16"))
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")


def decode(data: bytes) -> str:
    """The text of an XML file, without byte order mark.

    In this order: a byte order mark, UTF-16 seen by its zero bytes, the declared encoding,
    UTF-8, GB18030. Raises Invalid when none of these fits.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strict(data, encoding).removeprefix("\ufeff")
    if data[:2] == b"<\0":
        return _strict(data, "utf-16-le")
    if data[:2] == b"\0<":
        return _strict(data, "utf-16-be")
    declared = _declared(data)
    for encoding in dict.fromkeys((declared, "utf-8", "gb18030")):
        try:
            return data.decode(encoding)
        except UnicodeError:
            continue
    raise _unreadable(declared)


def _declared(data: bytes) -> str:
    match = _DECLARED.match(data[:400])
    if not match:
        return "utf-8"
    name = match.group(1).decode("ascii").lower().replace("_", "-")
    if not _ALLOWED.fullmatch(name):
        raise Invalid("The file says that its encoding is {encoding}, which Baton does not know. "
                      "Save it as UTF-8 and upload it again.", encoding=name)
    if name.startswith(("utf-16", "utf16", "utf-32", "utf32")):
        # The declaration was readable as ASCII, so the claim can't be true.
        return "utf-8"
    return _WIDER.get(name.replace("-", ""), name)


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeError:
        raise _unreadable(encoding) from None


def _unreadable(encoding: str) -> Invalid:
    return Invalid("The file's characters cannot be read as {encoding}. "
                   "Save it as UTF-8 and upload it again.", encoding=encoding)
