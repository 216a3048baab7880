"""Forms of the journey pages."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

UNITS = {
    "business minutes": lazy_gettext("business minutes"),
    "business hours": lazy_gettext("business hours"),
    "business days": lazy_gettext("business days"), "minutes": lazy_gettext("minutes"),
    "hours": lazy_gettext("hours"), "days": lazy_gettext("days"),
}


class UploadForm(FlaskForm):
    """A drawing or a zipped pack."""

    file = FileField(lazy_gettext("Drawing"), [FileRequired(lazy_gettext("Choose a file."))])


class SettingsForm(FlaskForm):
    """What a journey is called, and who owns it; a lane field is added for each lane."""

    name_en = StringField(lazy_gettext("Name in English"), [InputRequired(), Length(max=120)])
    name_zh = StringField(lazy_gettext("Name in Chinese"), [Length(max=120)])
    department = SelectField(lazy_gettext("Department that owns the journey"))


class StandardForm(FlaskForm):
    """A promise with a number, on the journey or on a step."""

    #: Ids of their own: the page shows this form beside the settings, which have names, too.
    name_en = StringField(lazy_gettext("Promise in English"), [InputRequired(), Length(max=120)],
                          id="promise_en")
    name_zh = StringField(lazy_gettext("Promise in Chinese"), [Length(max=120)], id="promise_zh")
    stop = SelectField(lazy_gettext("What is promised"))
    amount = IntegerField(lazy_gettext("Within"), [InputRequired(), NumberRange(1, 10_000)])
    unit = SelectField(lazy_gettext("Unit"), default="business hours")
