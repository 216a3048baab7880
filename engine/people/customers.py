"""Customers: whom the organisation serves."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.infra.errors import Conflict, Invalid, NotFound
from engine.infra.ids import new_id
from engine.infra.now import Now
from engine.people import spelling, store
from engine.people.access import Actor
from engine.people.records import Customer
from engine.people.tables import CustomerRow

_MOST_CONTACTS = 10


class Customers:
    """Commands and questions on customers."""

    def __init__(self, session: Session, now: Now) -> None:
        self._session = session
        self._now = now

    def find_or_create(self, name: str, *, contacts: Mapping[str, str] | None = None,
                       external_ref: str | None = None, language: str | None = None,
                       timezone: str | None = None, tier: str | None = None) -> Customer:
        """The customer that is meant, made if new. An external reference decides alone; without
        one, the same name with one same contact does. What was unknown before is filled in.

        Asks no actor: whoever may start a case may name its customer.
        """
        new = CustomerRow(id=new_id(self._now), created_at=self._now())
        _describe(new, name, contacts or {}, external_ref, language, timezone, tier)
        found = self._same(new)
        if found is None and not store.added(self._session, new):
            found = self._same(new)  # someone else was faster with the same reference
        if found is None:
            return _customer(new)
        _describe(found, found.name, {**new.contacts, **found.contacts},
                  found.external_ref or new.external_ref, found.language or new.language,
                  found.timezone or new.timezone, found.tier or new.tier)
        return _customer(found)

    def change(self, customer: UUID, *, by: Actor, name: str,
               contacts: Mapping[str, str] | None = None, external_ref: str | None = None,
               language: str | None = None, timezone: str | None = None,
               tier: str | None = None) -> Customer:
        """Replace what is known of a customer. Conflict when another has the reference."""
        by.require_anywhere("customer.edit")
        row = self._row(customer)
        ref = spelling.optional_line(external_ref, field="external_ref", longest=100)
        other = self._by_ref(ref)
        if other is not None and other.id != customer:
            raise Conflict('Another customer has the reference "{ref}".',
                           field="external_ref", ref=ref)
        _describe(row, name, contacts or {}, ref, language, timezone, tier)
        return _customer(row)

    def end(self, customer: UUID, *, by: Actor) -> None:
        """The customer is served no more; cases keep them."""
        by.require_anywhere("customer.edit")
        row = self._row(customer)
        row.ended_at = row.ended_at or self._now()

    def get(self, customer: UUID) -> Customer:
        """The customer, ended or not. Raises NotFound."""
        return _customer(self._row(customer))

    def names(self, ids: Collection[UUID]) -> dict[UUID, str]:
        """Names by id, in as few questions as possible; ids of nobody are left out."""
        return store.names(self._session, ids, of=CustomerRow)

    def search(self, text: str, *, limit: int = 20) -> list[Customer]:
        """Customers whose name, reference or contacts hold every word of `text`, by name."""
        words = spelling.folded(text).split()[:8]
        return [_customer(row) for row in store.customers_like(self._session, words, limit)]

    def _same(self, new: CustomerRow) -> CustomerRow | None:
        if new.external_ref is not None:
            return self._by_ref(new.external_ref)
        mine = _comparable(new.contacts)
        if not mine:
            return None  # a name alone identifies nobody
        query = select(CustomerRow).where(
            CustomerRow.name_key == new.name_key, CustomerRow.ended_at.is_(None))
        return next((row for row in self._session.scalars(query.order_by(CustomerRow.id))
                     if mine & _comparable(row.contacts)), None)

    def _by_ref(self, ref: str | None) -> CustomerRow | None:
        if ref is None:
            return None
        return self._session.scalars(
            select(CustomerRow).where(CustomerRow.external_ref == ref)).one_or_none()

    def _row(self, customer: UUID) -> CustomerRow:
        row = self._session.get(CustomerRow, customer)
        if row is None:
            raise NotFound("There is no such customer.")
        return row


def _describe(row: CustomerRow, name: str, contacts: Mapping[str, str], ref: str | None,
              language: str | None, timezone: str | None, tier: str | None) -> None:
    row.name = spelling.line(name, field="name")
    row.name_key = spelling.folded(row.name)[:200]
    row.contacts = _contacts(contacts)
    row.external_ref = spelling.optional_line(ref, field="external_ref", longest=100)
    row.language = spelling.language(language, of_baton=False) if language else None
    row.timezone = spelling.timezone(timezone) if timezone else None
    row.tier = spelling.optional_line(tier, field="tier", longest=60)
    row.search_text = spelling.folded(
        " ".join([row.name, row.external_ref or "", *row.contacts.values()]))[:3000]


def _contacts(given: Mapping[str, str]) -> dict[str, str]:
    contacts = {}
    for kind, value in given.items():
        if not value or not value.strip():
            continue
        name = spelling.line(kind, field="contact", longest=40)
        contacts[name] = (spelling.email(value) if name == "email"
                          else spelling.line(value, field="contact", longest=254))
    if len(contacts) > _MOST_CONTACTS:
        raise Invalid("A customer has at most {most} contacts.", field="contacts",
                      most=_MOST_CONTACTS)
    return contacts


def _comparable(contacts: Mapping[str, str]) -> set[tuple[str, str]]:
    """Contacts without the ways in which people write the same one differently."""
    same = set()
    for kind, value in contacts.items():
        plain = spelling.folded(value)
        if kind == "phone":
            plain = "".join(c for c in plain if c.isdigit() or c == "+")
        same.add((kind, plain))
    return same


def _customer(row: CustomerRow) -> Customer:
    return Customer(row.id, row.name, dict(row.contacts), row.external_ref, row.language,
                    row.timezone, row.tier, row.ended_at)
