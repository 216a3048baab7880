"""Forms of the journey pages."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Any

from flask import request
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

UNITS = {
    "business minutes": lazy_gettext("business minutes"),
    "business hours": lazy_gettext("business hours"),
    "business days": lazy_gettext("business days"), "minutes": lazy_gettext("minutes"),
    "hours": lazy_gettext("hours"), "days": lazy_gettext("days"),
}


class UploadForm(FlaskForm):
    """Drawings, zips and the files of a pack's folder."""

    file = MultipleFileField(lazy_gettext("Drawings"),
                             [DataRequired(lazy_gettext("Choose a file."))])


def sent_files() -> list[tuple[str, bytes]]:
    """What was dropped, by path: a folder's files come with their places in `paths`, as JSON."""
    sent = [each for each in request.files.getlist("file") if each.filename]
    try:
        paths = json.loads(request.form.get("paths") or "[]")
    except ValueError:
        paths = []
    if not isinstance(paths, list) or len(paths) != len(sent):
        paths = [each.filename for each in sent]
    return [(str(path) or "drawing.bpmn", each.read())
            for path, each in zip(paths, sent, strict=True)
            if not PurePosixPath(str(path)).name.startswith(".")]


class StandardForm(FlaskForm):
    """A promise with a number, on the journey or on a step."""

    name_en = StringField(lazy_gettext("Promise in English"), [InputRequired(), Length(max=120)],
                          id="promise_en")
    name_zh = StringField(lazy_gettext("Promise in Chinese"), [Length(max=120)], id="promise_zh")
    amount = IntegerField(lazy_gettext("Within"), [InputRequired(), NumberRange(1, 10_000)])
    unit = SelectField(lazy_gettext("Unit"), default="business hours")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.unit.choices = list(UNITS.items())


def sent_texts(name: str) -> dict[str, str]:
    """The texts of `name`_en and `name`_zh that were sent and aren't empty."""
    found = {each: request.form.get(f"{name}_{each}", "").strip()[:4000] for each in ("en", "zh")}
    return {each: text for each, text in found.items() if text}


def target_words(target: str) -> str:
    """A promise's target, such as “2 business hours”, in the reader's language."""
    number, _, unit = target.partition(" ")
    known = UNITS.get(unit) or UNITS.get(f"{unit}s")
    return f"{number} {known}" if known and str(known) != f"{unit}s" else target
