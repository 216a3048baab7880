"""Passwords: what makes one good enough, and argon2 hashes of them."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.infra.errors import Invalid

SHORTEST = 8
#: Longer ones are refused, so that nobody makes us hash megabytes.
LONGEST = 200

_COMMON = frozenset({
    "password", "passw0rd", "password1", "12345678", "123456789", "1234567890", "87654321",
    "qwertyui", "qwertyuiop", "qwerty123", "1q2w3e4r", "1qaz2wsx", "abcd1234", "abc12345",
    "iloveyou", "letmein1", "welcome1", "admin123", "administrator", "changeme", "88888888",
    "11111111", "00000000", "66666666", "woaini1314", "woaini520", "5201314520",
})


class Passwords:
    """Makes and checks hashes; `hasher` sets their cost (argon2id with its authors' defaults)."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()

    def hash(self, password: str) -> str:
        """The hash to store."""
        return self._hasher.hash(_normal(password))

    def matches(self, stored: str | None, password: str) -> bool:
        """Whether the password belongs to the hash. No hash takes as long as a wrong password."""
        if len(password) > LONGEST:
            return False
        try:
            self._hasher.verify(stored or _of_nobody(self._hasher), _normal(password))
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether the hash was made at another cost than new ones are."""
        return self._hasher.check_needs_rehash(stored)


def check_password(password: str, *, login: str) -> None:
    """Raises Invalid unless the password is long enough and not among the first to be guessed."""
    plain = _normal(password)
    if len(plain) < SHORTEST:
        raise Invalid("Choose a password of at least {shortest} characters.",
                      field="password", shortest=SHORTEST)
    if len(password) > LONGEST:
        raise Invalid("Choose a password of at most {longest} characters.",
                      field="password", longest=LONGEST)
    folded = plain.casefold()
    if folded in _COMMON or folded == login.casefold() or len(set(folded)) < 4:
        raise Invalid("This password is easy to guess; choose another.", field="password")


def _normal(password: str) -> str:
    # The same characters typed on two keyboards may be encoded in two ways.
    return unicodedata.normalize("NFKC", password)


@lru_cache(maxsize=4)
def _of_nobody(hasher: PasswordHasher) -> str:
    return hasher.hash("the password of nobody")
