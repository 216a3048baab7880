"""The login form."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length


class LoginForm(FlaskForm):
    """Login and password; `next` is where the person wanted to go."""

    login = StringField(lazy_gettext("Login"), [InputRequired(), Length(max=100)],
                        render_kw={"autocomplete": "username", "autofocus": True,
                                   "autocapitalize": "none", "spellcheck": "false"})
    password = PasswordField(lazy_gettext("Password"), [InputRequired(), Length(max=1000)],
                             render_kw={"autocomplete": "current-password"})
    next = HiddenField()
