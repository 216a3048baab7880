"""How keys, logins, names and the like are written; each function returns the form to store."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from engine.infra.errors import Invalid

#: The languages of Baton itself.
LANGUAGES = ("en", "zh")

_KEY = re.compile(r"[a-z0-9][a-z0-9-]*")
_LOGIN = re.compile(r"[\w.@+-]+")
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def key(text: str) -> str:
    """A key that never changes: lower-case letters, digits and "-", at most 60."""
    if not _KEY.fullmatch(text) or len(text) > 60:
        raise Invalid('"{key}" can\'t be a key; use a-z, 0-9 and "-", at most 60 characters.',
                      field="key", key=text)
    return text


def login(text: str) -> str:
    """A login without regard to case, width or surrounding space, whatever the server's locale."""
    plain = folded(text)
    if not _LOGIN.fullmatch(plain) or len(plain) > 100:
        raise Invalid("A login is 1 to 100 letters, digits or . _ @ + - without spaces.",
                      field="login")
    return plain


def folded(text: str) -> str:
    """The text as it is compared: NFKC, case folded, no space around."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).strip()


def line(text: str, *, field: str, longest: int = 200) -> str:
    """One line of text: control characters and runs of space become one space; not empty."""
    spaced = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    plain = " ".join(spaced.split())
    if not plain:
        raise Invalid("Fill in the {what}.", field=field, what=field)
    if len(plain) > longest:
        raise Invalid("The {what} is too long; use at most {longest} characters.",
                      field=field, what=field, longest=longest)
    return plain


def optional_line(text: str | None, *, field: str, longest: int = 200) -> str | None:
    """As `line`; nothing, or nothing but space, is None."""
    return line(text, field=field, longest=longest) if text and text.strip() else None


def label(names: str | Mapping[str, str]) -> dict[str, str]:
    """A name by language; one language is enough, and a plain text counts as English."""
    given = {"en": names} if isinstance(names, str) else dict(names)
    label = {language: line(given[language], field="name")
             for language in LANGUAGES if given.get(language, "").strip()}
    if not label:
        raise Invalid("Give a name in English or Chinese.", field="name")
    return label


def timezone(name: str) -> str:
    """The IANA time zone of that name."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Invalid('There is no time zone "{name}"; write one such as Asia/Shanghai.',
                      field="timezone", name=name) from None
    return name


def language(tag: str, *, of_baton: bool) -> str:
    """A language tag such as "en" or "pt-BR"; `of_baton` allows only those Baton speaks."""
    if (tag not in LANGUAGES) if of_baton else (not _LANGUAGE.fullmatch(tag) or len(tag) > 10):
        raise Invalid('"{tag}" is no language that can be used here; write one such as en or zh.',
                      field="language", tag=tag)
    return tag


def email(address: str) -> str:
    """Something that may be an e-mail address; only a mail that arrives can prove it."""
    plain = address.strip()
    if not _EMAIL.fullmatch(plain) or len(plain) > 254 or not plain.isprintable():
        raise Invalid('"{address}" is no e-mail address.', field="email", address=plain)
    return plain
