"""Who someone is and what they may do: passwords, API tokens, grants, actors."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.infra.errors import Forbidden, Invalid, NotFound
from engine.infra.ids import new_id
from engine.infra.now import Now
from engine.people import actors, spelling, store
from engine.people.access import RIGHTS, ROLES, Actor, Grant
from engine.people.departments import check_open
from engine.people.errors import NotAuthenticated
from engine.people.passwords import Passwords, check_password
from engine.people.persons import keep_an_administrator
from engine.people.records import IssuedToken, Token
from engine.people.tables import CredentialRow, GrantRow, PersonRow, TokenRow

#: A token's use is noted at most this often, so that readers seldom write.
_NOTED_EVERY = timedelta(minutes=5)
_LONGEST_TOKEN_DAYS = 366


class Accounts:
    """Commands and questions on passwords, tokens and grants."""

    def __init__(self, session: Session, now: Now, passwords: Passwords) -> None:
        self._session = session
        self._now = now
        self._passwords = passwords

    # --- logging in -----------------------------------------------------------------------

    def set_password(self, person: UUID, password: str, *, by: Actor) -> None:
        """Set a person's password; everyone may set their own. Raises Invalid on a weak one."""
        if by.person != person or by.scopes is not None:
            by.require("people.admin")
        row = self._person(person)
        check_password(password, login=row.login)
        credential = self._session.get(CredentialRow, person)
        if credential is None:
            credential = CredentialRow(person=person)
            self._session.add(credential)
        credential.hash = self._passwords.hash(password)
        credential.changed_at = self._now()

    def authenticate(self, login: str, password: str) -> Actor:
        """The actor with this login and password; raises NotAuthenticated, not saying which is
        wrong, after the same time. In a transaction that writes, a hash made at an older cost
        is renewed; checking takes some 50 ms, so a transaction that reads is the better place.
        """
        row = store.person_by_login(self._session, spelling.folded(login))
        if row is not None and row.ended_at is not None:
            row = None
        credential = None if row is None else self._session.get(CredentialRow, row.id)
        matches = self._passwords.matches(credential.hash if credential else None, password)
        if row is None or credential is None or not matches:
            raise NotAuthenticated("Login or password is wrong.")
        if self._passwords.outdated(credential.hash):
            credential.hash = self._passwords.hash(password)
        return self.actor(row.id)

    def actor(self, person: UUID) -> Actor:
        """The person as an actor. Raises NotAuthenticated when unknown or ended."""
        return _still_here(actors.by_id(self._session, person, self._now()))

    # --- grants ---------------------------------------------------------------------------

    def grant(self, person: UUID, what: str, *, by: Actor, journey: str | None = None,
              department: str | None = None) -> Grant:
        """Give a role or a right; giving it again changes nothing."""
        by.require("people.admin", journey=journey, department=department)
        if what not in ROLES and what not in RIGHTS:
            raise Invalid('There is no role or right "{what}"; the roles are {roles}.',
                          field="what", what=what, roles=", ".join(ROLES))
        if department is not None:
            check_open(self._session, department)
        self._person(person)
        wanted = Grant(what, journey, department)
        if store.grant(self._session, person, wanted) is None:
            self._session.add(GrantRow(
                id=new_id(self._now), person=person, what=what, journey=journey,
                department=department, granted_at=self._now(), granted_by=by.person))
        return wanted

    def revoke(self, person: UUID, what: str, *, by: Actor, journey: str | None = None,
               department: str | None = None) -> None:
        """Take a role or a right away. NotFound where it isn't held; the last administrator
        stays one (Conflict).
        """
        by.require("people.admin", journey=journey, department=department)
        row = store.grant(self._session, person, Grant(what, journey, department))
        if row is None:
            raise NotFound("This person does not have that role or right.")
        if what in ("administrator", "people.admin") and journey is None and department is None:
            keep_an_administrator(self._session, person)
        row.revoked_at, row.revoked_by = self._now(), by.person

    def grants(self, person: UUID) -> list[Grant]:
        """What a person was given."""
        return sorted(_grants(self._session, person), key=repr)

    # --- API tokens -----------------------------------------------------------------------

    def issue_token(self, person: UUID, name: str, *, by: Actor, days: int = 90,
                    scopes: Collection[str] | None = None) -> IssuedToken:
        """A token for `days` days, limited to the rights (or roles) in `scopes` where given.

        One's own or, for administrators, anyone's; a token can't make tokens.
        """
        if by.scopes is not None:
            raise Forbidden("An API token can't make tokens; log in for that.")
        if by.person != person:
            by.require("people.admin")
        self._person(person)
        if not 1 <= days <= _LONGEST_TOKEN_DAYS:
            raise Invalid("A token lasts 1 to {longest} days.", field="days",
                          longest=_LONGEST_TOKEN_DAYS)
        for scope in scopes or ():
            if scope not in ROLES and scope not in RIGHTS:
                raise Invalid('There is no role or right "{what}"; the roles are {roles}.',
                              field="scopes", what=scope, roles=", ".join(ROLES))
        secret = f"baton_{secrets.token_urlsafe(32)}"
        row = TokenRow(
            id=new_id(self._now), person=person, name=spelling.line(name, field="name",
            longest=100), hash=_hash(secret), prefix=secret[:12],
            scopes=None if scopes is None else sorted(set(scopes)), created_at=self._now(),
            expires_at=self._now() + timedelta(days=days))
        self._session.add(row)
        return IssuedToken(_token(row), secret)

    def revoke_token(self, token: UUID, *, by: Actor) -> None:
        """End a token at once. Raises NotFound."""
        row = self._session.get(TokenRow, token)
        if row is None or (by.person != row.person and not by.may("people.admin")):
            raise NotFound("There is no such token.")
        row.revoked_at = row.revoked_at or self._now()

    def tokens(self, person: UUID) -> list[Token]:
        """A person's tokens, newest first, ended ones too."""
        query = select(TokenRow).where(TokenRow.person == person).order_by(TokenRow.id.desc())
        return [_token(row) for row in self._session.scalars(query)]

    def actor_by_token(self, secret: str) -> Actor:
        """The actor that a token stands for. Raises NotAuthenticated."""
        found = actors.by_token(self._session, _hash(secret), self._now())
        if found is None or found.revoked_at is not None or found.expires_at <= self._now():
            raise NotAuthenticated("This API token is unknown, expired or revoked.")
        actor = _still_here(found.who)
        if found.last_used_at is None or self._now() - found.last_used_at >= _NOTED_EVERY:
            self._session.get_one(TokenRow, found.token).last_used_at = self._now()
        return actor.limited_to(None if found.scopes is None else frozenset(found.scopes))

    # --------------------------------------------------------------------------------------

    def _person(self, person: UUID) -> PersonRow:
        row = self._session.get(PersonRow, person)
        if row is None or row.ended_at is not None:
            raise NotFound("There is no such person.")
        return row


def _grants(session: Session, person: UUID) -> frozenset[Grant]:
    return frozenset(Grant(row.what, row.journey, row.department)
                     for row in store.grants(session, person=person))


def _still_here(found: actors.Found | None) -> Actor:
    if found is None or found.ended_at is not None:
        raise NotAuthenticated("This account has ended.")
    return found.actor


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _token(row: TokenRow) -> Token:
    return Token(row.id, row.person, row.name, row.prefix,
                 None if row.scopes is None else frozenset(row.scopes),
                 row.created_at, row.expires_at, row.last_used_at, row.revoked_at)
