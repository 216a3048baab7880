"""Forms about persons: who they are, their password, role and department, and their tokens."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    IntegerField,
    PasswordField,
    SelectField,
    StringField,
)
from wtforms.validators import EqualTo, InputRequired, Length, NumberRange, Optional

from engine.people.access import ROLE_NAMES
from engine.people.records import Department
from web.i18n import LANGUAGES, language, localized

_NEW_PASSWORD = {"autocomplete": "new-password"}


class PersonForm(FlaskForm):
    """What is known of a person."""

    name = StringField(lazy_gettext("Name"), [InputRequired(), Length(max=200)])
    email = EmailField(lazy_gettext("E-mail"), [Optional(), Length(max=254)])
    language = SelectField(lazy_gettext("Language"), choices=[])
    timezone = StringField(lazy_gettext("Time zone"), [Length(max=60)],
                           render_kw={"list": "zones", "autocomplete": "off"})

    def offer(self) -> PersonForm:
        """Fill the choices."""
        self.language.choices = [("", lazy_gettext("As the browser asks")), *LANGUAGES.items()]
        return self


class NewPersonForm(PersonForm):
    """A person with a login, a first password, a role and a department."""

    login = StringField(lazy_gettext("Login"), [InputRequired(), Length(max=100)],
                        render_kw={"autocapitalize": "none", "autocomplete": "off"})
    password = PasswordField(lazy_gettext("First password"), [InputRequired(), Length(max=1000)],
                             render_kw=_NEW_PASSWORD)
    role = SelectField(lazy_gettext("Role"), choices=[])
    department = SelectField(lazy_gettext("Department"), choices=[])

    def offer_all(self, departments: Iterable[Department]) -> NewPersonForm:
        """Fill the choices."""
        self.offer()
        self.role.choices = role_choices()
        self.department.choices = [("", lazy_gettext("None yet")),
                                   *department_choices(departments)]
        return self


class PasswordForm(FlaskForm):
    """A new password, typed twice."""

    password = PasswordField(lazy_gettext("New password"), [InputRequired(), Length(max=1000)],
                             render_kw=_NEW_PASSWORD)
    again = PasswordField(lazy_gettext("New password again"), [
        InputRequired(), EqualTo("password", lazy_gettext("The two passwords differ."))],
        render_kw=_NEW_PASSWORD)


class OwnPasswordForm(PasswordForm):
    """A new password for oneself: the present one is asked for too."""

    present = PasswordField(lazy_gettext("Present password"),
                            [InputRequired(), Length(max=1000)],
                            render_kw={"autocomplete": "current-password"})


class GrantForm(FlaskForm):
    """A role, for all departments or one."""

    what = SelectField(lazy_gettext("Role"), choices=[])
    department = SelectField(lazy_gettext("Reaches"), choices=[])

    def offer(self, departments: Iterable[Department]) -> GrantForm:
        """Fill the choices."""
        self.what.choices = role_choices()
        self.department.choices = [("", lazy_gettext("All departments")),
                                   *department_choices(departments)]
        return self


class MembershipForm(FlaskForm):
    """A department to join."""

    department = SelectField(lazy_gettext("Department"), choices=[])
    lead = BooleanField(lazy_gettext("Leads it"))

    def offer(self, departments: Iterable[Department]) -> MembershipForm:
        """Fill the choices."""
        self.department.choices = department_choices(departments)
        return self


class TokenForm(FlaskForm):
    """An API token: its name and how long it lasts."""

    name = StringField(lazy_gettext("What is it for?"), [InputRequired(), Length(max=100)])
    days = IntegerField(lazy_gettext("Days until it ends"),
                        [InputRequired(), NumberRange(1, 366)], default=90)


def role_choices() -> list[tuple[str, str]]:
    """The roles by key, named in the reader's language."""
    return [(key, localized(name)) for key, name in ROLE_NAMES.items()]


def department_choices(departments: Iterable[Department]) -> list[tuple[str, str]]:
    """Departments by key, named in the reader's language, in the order of their names."""
    return sorted(((one.key, one.label(language())) for one in departments),
                  key=lambda pair: pair[1])
