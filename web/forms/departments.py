"""Forms about departments: names, and the working calendar as people write it."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Regexp

from engine.infra.errors import Invalid
from engine.people.calendars import CalendarSpec


class NameForm(FlaskForm):
    """A department's names; one of them is enough."""

    name_en = StringField(lazy_gettext("Name in English"), [Length(max=200)])
    name_zh = StringField(lazy_gettext("Name in Chinese"), [Length(max=200)])

    @property
    def names(self) -> dict[str, str]:
        """The names given, by language."""
        given = {"en": self.name_en.data, "zh": self.name_zh.data}
        return {language: name.strip() for language, name in given.items() if name.strip()}


class NewDepartmentForm(NameForm):
    """A department and its key, which never changes."""

    key = StringField(lazy_gettext("Key"), [InputRequired(), Length(max=60), Regexp(
        r"^[a-z0-9-]+$", message=lazy_gettext("Use a-z, 0-9 and “-” only."))],
        render_kw={"autocapitalize": "none", "autocomplete": "off"})


class CalendarForm(FlaskForm):
    """A working calendar: one line each for hours, closed days and days with hours of their own."""

    timezone = StringField(lazy_gettext("Time zone"), [InputRequired(), Length(max=60)],
                           render_kw={"list": "zones", "autocomplete": "off"})
    hours = TextAreaField(lazy_gettext("Weekly hours"), [InputRequired(), Length(max=2000)],
                          render_kw={"rows": 4, "spellcheck": "false"})
    holidays = StringField(lazy_gettext("Public holidays of"), [Length(max=10)],
                           render_kw={"list": "countries", "autocomplete": "off"})
    closed = TextAreaField(lazy_gettext("Closed days"), [Length(max=8000)],
                           render_kw={"rows": 4, "spellcheck": "false"})
    extra = TextAreaField(lazy_gettext("Days with other hours"), [Length(max=8000)],
                          render_kw={"rows": 4, "spellcheck": "false"})

    def show(self, spec: CalendarSpec, timezone: str) -> CalendarForm:
        """Write a stored calendar into the fields."""
        self.timezone.data = timezone
        self.hours.data = "\n".join(spec.hours)
        self.holidays.data = spec.holidays or ""
        self.closed.data = "\n".join(spec.closed)
        self.extra.data = "\n".join(f"{day} {', '.join(times)}" for day, times in spec.extra)
        return self

    def spec(self) -> CalendarSpec:
        """The calendar in the fields. Raises Invalid for a line without times."""
        return CalendarSpec(_lines(self.hours.data), self.holidays.data.strip().upper() or None,
                            _lines(self.closed.data),
                            tuple(_extra(line) for line in _lines(self.extra.data)))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _extra(line: str) -> tuple[str, tuple[str, ...]]:
    day, _, times = line.partition(" ")
    if not times.strip():
        raise Invalid('Write the times after the day, as in "2026-10-10 09:00-13:00".',
                      field="extra")
    return day, tuple(part.strip() for part in times.split(",") if part.strip())
