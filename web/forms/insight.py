"""Forms of the insight pages."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField


class LogForm(FlaskForm):
    """An event log."""

    file = FileField(lazy_gettext("Event log"), [FileRequired(lazy_gettext("Choose a file."))])
    skip = BooleanField(lazy_gettext("Leave broken rows out and say how many"))
