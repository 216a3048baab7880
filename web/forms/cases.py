"""Forms of the case pages."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from flask import request
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

CHANNELS = {
    "": lazy_gettext("–"), "phone": lazy_gettext("Phone"), "mail": lazy_gettext("Mail"),
    "web": lazy_gettext("Web"), "counter": lazy_gettext("Counter"),
    "chat": lazy_gettext("Chat"),
}
PRIORITIES = {
    "low": lazy_gettext("Low"), "normal": lazy_gettext("Normal"),
    "high": lazy_gettext("High"), "urgent": lazy_gettext("Urgent"),
}


class StartForm(FlaskForm):
    """Who the case is for, and how it came; the start form's own fields come in `data`."""

    customer = StringField(lazy_gettext("Customer"), [Length(max=200)])
    #: The id of a customer who is known already.
    known = StringField()
    phone = StringField(lazy_gettext("Phone"), [Length(max=60)])
    email = StringField(lazy_gettext("E-mail"), [Length(max=200)])
    channel = SelectField(lazy_gettext("Channel"), default="phone")
    priority = SelectField(lazy_gettext("Priority"), default="normal")
    #: Which process begins, where the drawing has several pools.
    begins_in = SelectField(lazy_gettext("Begins in"))


class CommentForm(FlaskForm):
    """A comment on a case."""

    text = TextAreaField(lazy_gettext("Comment"), [InputRequired(), Length(max=10_000)])


@dataclass(frozen=True)
class Trouble:
    """What was wrong with a deed on a case: the page shows it beside what was sent.

    `where` names the deed, such as suspend, or correct and the id of an incident.
    """

    where: str = ""
    text: str = ""
    #: The field that it is about, and what was sent.
    field: str = ""
    sent: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def at(self, where: str) -> bool:
        """Whether this deed went wrong."""
        return bool(self.text) and self.where == where


def changed_fields() -> dict[str, str | None]:
    """The fields (data.…) of a correction that differ from what the page showed (was.…)."""
    return {name.removeprefix("data."): text or None for name, text in request.form.items()
            if name.startswith("data.") and text != request.form.get(f"was.{name[5:]}")}
