"""Administration: persons, their passwords, roles, departments."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from engine.infra.errors import DomainError
from web.access import actor, right
from web.forms.blame import blame
from web.forms.people import (
    GrantForm,
    MembershipForm,
    NewPersonForm,
    PasswordForm,
    PersonForm,
)
from web.show.people import department_names, zones
from web.unit import services

blueprint = Blueprint("people", __name__, url_prefix="/administration/people")


@blueprint.get("")
@right("people.admin")
def index() -> ResponseReturnValue:
    """Everybody, by name; `?ended=1` shows those who have left too."""
    ended = request.args.get("ended") == "1"
    return render_template("people/list.html", people=services().people.persons.all(ended=ended),
                           ended=ended, departments=department_names())


@blueprint.get("/new")
@right("people.admin")
def new() -> ResponseReturnValue:
    """The form for a new person."""
    form = NewPersonForm(formdata=None, role="staff").offer_all(services().people.departments.all())
    return render_template("people/new.html", form=form, zones=zones())


@blueprint.post("/new")
@right("people.admin")
def create() -> ResponseReturnValue:
    """Make the person, with password, role and department, all or nothing."""
    people = services().people
    form = NewPersonForm().offer_all(people.departments.all())
    if form.validate():
        try:
            person = people.persons.create(
                form.login.data, form.name.data, by=actor(), email=form.email.data,
                language=form.language.data or None, timezone=form.timezone.data or None)
            people.accounts.set_password(person.id, form.password.data, by=actor())
            people.accounts.grant(person.id, form.role.data, by=actor())
            if form.department.data:
                people.persons.join(person.id, form.department.data, by=actor())
            flash(gettext("%(name)s can log in now.", name=person.name), "success")
            return redirect(url_for("people.show", person=person.id))
        except DomainError as error:
            blame(form, error)
    return render_template("people/new.html", form=form, zones=zones()), 422


@blueprint.get("/<uuid:person>")
@right("people.admin")
def show(person: UUID) -> ResponseReturnValue:
    """One person."""
    return _page(person)


@blueprint.post("/<uuid:person>")
@right("people.admin")
def change(person: UUID) -> ResponseReturnValue:
    """Replace what is known of a person."""
    form = PersonForm().offer()
    if form.validate():
        try:
            services().people.persons.change(
                person, by=actor(), name=form.name.data, email=form.email.data,
                language=form.language.data or None, timezone=form.timezone.data or None)
            return _saved(person)
        except DomainError as error:
            blame(form, error)
    return _page(person, form=form)


@blueprint.post("/<uuid:person>/password")
@right("people.admin")
def set_password(person: UUID) -> ResponseReturnValue:
    """Give a person a new password."""
    form = PasswordForm()
    if form.validate():
        try:
            services().people.accounts.set_password(person, form.password.data, by=actor())
            return _saved(person)
        except DomainError as error:
            blame(form, error)
    return _page(person, password=form)


@blueprint.post("/<uuid:person>/roles")
@right("people.admin")
def grant(person: UUID) -> ResponseReturnValue:
    """Give a role."""
    form = GrantForm().offer(services().people.departments.all())
    if form.validate():
        try:
            services().people.accounts.grant(person, form.what.data, by=actor(),
                                             department=form.department.data or None)
            return _saved(person)
        except DomainError as error:
            blame(form, error)
    return _page(person, grant_form=form)


@blueprint.post("/<uuid:person>/roles/end")
@right("people.admin")
def revoke(person: UUID) -> ResponseReturnValue:
    """Take a role or a right away."""
    services().people.accounts.revoke(
        person, request.form["what"], by=actor(), journey=request.form.get("journey") or None,
        department=request.form.get("department") or None)
    return _saved(person)


@blueprint.post("/<uuid:person>/departments")
@right("people.admin")
def join(person: UUID) -> ResponseReturnValue:
    """Make a person a member of a department, or its lead."""
    form = MembershipForm().offer(services().people.departments.all())
    if form.validate():
        try:
            services().people.persons.join(person, form.department.data, by=actor(),
                                           lead=form.lead.data)
            return _saved(person)
        except DomainError as error:
            blame(form, error)
    return _page(person, membership_form=form)


@blueprint.post("/<uuid:person>/departments/<department>/end")
@right("people.admin")
def leave(person: UUID, department: str) -> ResponseReturnValue:
    """End a membership now."""
    services().people.persons.leave(person, department, by=actor())
    return _saved(person)


@blueprint.post("/<uuid:person>/end")
@right("people.admin")
def end(person: UUID) -> ResponseReturnValue:
    """The person leaves: no login any more; what they did stays."""
    services().people.persons.end(person, by=actor())
    return _saved(person)


def _saved(person: UUID) -> ResponseReturnValue:
    flash(gettext("Saved."), "success")
    return redirect(url_for("people.show", person=person))


def _page(person_id: UUID, *, form: PersonForm | None = None,
          password: PasswordForm | None = None, grant_form: GrantForm | None = None,
          membership_form: MembershipForm | None = None) -> ResponseReturnValue:
    """The person's page; a form given is one that was refused, and makes the answer a 422."""
    refused = any((form, password, grant_form, membership_form))
    people = services().people
    person, departments = people.persons.get(person_id), people.departments.all()
    page = render_template(
        "people/person.html", person=person, zones=zones(), departments=department_names(),
        grants=people.accounts.grants(person_id),
        memberships=people.persons.memberships(person_id),
        form=form or PersonForm(formdata=None, obj=person).offer(),
        password=password or PasswordForm(formdata=None),
        grant_form=grant_form or GrantForm(formdata=None).offer(departments),
        membership_form=membership_form or MembershipForm(formdata=None).offer(departments))
    return page, 422 if refused else 200
