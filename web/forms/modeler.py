"""What is asked before an empty drawing is opened."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, Length

SHAPES = {
    "plain": lazy_gettext("One department: steps on an empty sheet"),
    "pool": lazy_gettext("Several departments: a pool that is divided into lanes"),
}


class NewDrawingForm(FlaskForm):
    """The name of the journey, and whether departments share it."""

    name = StringField(lazy_gettext("What is the journey called?"),
                       [InputRequired(lazy_gettext("Give it a name; it can be changed later.")),
                        Length(max=120)])
    shape = RadioField(lazy_gettext("Who does it?"), default="plain")

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.shape.choices = list(SHAPES.items())
