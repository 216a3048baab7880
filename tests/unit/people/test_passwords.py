"""Good passwords, and their hashes."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from engine.infra.errors import Invalid
from engine.people.passwords import Passwords, check_password

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.mark.parametrize("password", [
    "short", "password", "PassWord", "ａｂｃｄ１２３４", "aaaabbbbcc", "anna.schmidt", "x" * 201,
])
def test_what_is_easily_guessed_is_refused(password: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_password(password, login="Anna.Schmidt")
    assert caught.value.field == "password"


@pytest.mark.parametrize("password", ["correct horse battery", "一二三四五六七八", "t0-Be-kept"])
def test_sentences_in_any_language_are_taken(password: str) -> None:
    check_password(password, login="anna")


def test_a_hash_tells_its_password_from_others_and_hides_it() -> None:
    passwords = Passwords(QUICK)
    stored = passwords.hash("correct horse battery")
    assert "horse" not in stored
    assert passwords.matches(stored, "correct horse battery")
    assert not passwords.matches(stored, "correct horse batterz")
    assert not passwords.matches(None, "correct horse battery")
    assert not passwords.matches("no hash at all", "correct horse battery")


def test_the_same_characters_typed_in_two_ways_are_the_same_password() -> None:
    passwords = Passwords(QUICK)
    assert passwords.matches(passwords.hash("Gru\u0308\u00dfe an alle"), "Gr\u00fc\u00dfe an alle")


def test_a_hash_made_cheaply_is_outdated() -> None:
    assert Passwords().outdated(QUICK.hash("whatever it is"))
    assert not Passwords(QUICK).outdated(QUICK.hash("whatever it is"))
