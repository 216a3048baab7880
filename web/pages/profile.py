"""One's own account: name, language, time zone, password, API tokens."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from engine.infra.errors import DomainError
from engine.people.errors import NotAuthenticated
from web.access import actor, signed_in
from web.forms.blame import blame
from web.forms.people import OwnPasswordForm, PersonForm, TokenForm
from web.show.people import zones
from web.unit import services

blueprint = Blueprint("profile", __name__, url_prefix="/me")


@blueprint.get("")
@signed_in
def show() -> ResponseReturnValue:
    """The page of one's own account."""
    return _page()


@blueprint.post("")
@signed_in
def change() -> ResponseReturnValue:
    """Replace what is known of oneself; a language chosen here holds at once."""
    form = PersonForm().offer()
    if form.validate():
        try:
            services().people.persons.change(
                actor().person, by=actor(), name=form.name.data, email=form.email.data,
                language=form.language.data or None, timezone=form.timezone.data or None)
            session.pop("language", None)
            return _saved()
        except DomainError as error:
            blame(form, error)
    return _page(form=form)


@blueprint.post("/password")
@signed_in
def set_password() -> ResponseReturnValue:
    """A new password, after the present one."""
    form = OwnPasswordForm()
    if form.validate():
        accounts = services().people.accounts
        try:
            accounts.authenticate(actor().login, form.present.data)
            accounts.set_password(actor().person, form.password.data, by=actor())
            return _saved()
        except NotAuthenticated:
            form.present.errors = [gettext("This is not your present password.")]
        except DomainError as error:
            blame(form, error)
    return _page(password=form)


@blueprint.post("/tokens")
@signed_in
def issue_token() -> ResponseReturnValue:
    """A new API token; its secret is shown on this answer and never again."""
    form = TokenForm()
    if form.validate():
        try:
            issued = services().people.accounts.issue_token(
                actor().person, form.name.data, by=actor(), days=form.days.data)
            return _page(secret=issued.secret)
        except DomainError as error:
            blame(form, error)
    return _page(token=form)


@blueprint.post("/tokens/<uuid:token>/end")
@signed_in
def revoke_token(token: UUID) -> ResponseReturnValue:
    """End a token now."""
    services().people.accounts.revoke_token(token, by=actor())
    return _saved()


def _saved() -> ResponseReturnValue:
    flash(gettext("Saved."), "success")
    return redirect(url_for("profile.show"))


def _page(*, form: PersonForm | None = None, password: OwnPasswordForm | None = None,
          token: TokenForm | None = None, secret: str | None = None) -> ResponseReturnValue:
    refused = any((form, password, token))
    people = services().people
    person = people.persons.get(actor().person)
    page = render_template(
        "profile/me.html", person=person, zones=zones(), secret=secret,
        tokens=[one for one in people.accounts.tokens(person.id) if one.revoked_at is None],
        form=form or PersonForm(formdata=None, obj=person).offer(),
        password=password or OwnPasswordForm(formdata=None),
        token=token or TokenForm(formdata=None))
    return page, 422 if refused else 200
