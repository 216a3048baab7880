"""Administration: departments and their working calendars."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from engine.infra.errors import DomainError
from web.access import actor, right
from web.forms.blame import blame
from web.forms.departments import CalendarForm, NameForm, NewDepartmentForm
from web.show.people import zones
from web.show.weeks import fortnight
from web.unit import baton, services

blueprint = Blueprint("departments", __name__, url_prefix="/administration/departments")


@blueprint.get("")
@right("people.admin")
def index() -> ResponseReturnValue:
    """All departments; `?ended=1` shows those that work no more too."""
    ended = request.args.get("ended") == "1"
    people = services().people
    members: dict[str, int] = {}
    for person in people.persons.all():
        for key in person.departments:
            members[key] = members.get(key, 0) + 1
    departments = people.departments.all(ended=ended)
    hours = {one.key: people.departments.calendar_spec(one.key).hours for one in departments}
    return render_template("departments/list.html", departments=departments, members=members,
                           hours=hours, ended=ended)


@blueprint.get("/new")
@right("people.admin")
def new() -> ResponseReturnValue:
    """The form for a new department."""
    return render_template("departments/new.html", form=NewDepartmentForm(formdata=None))


@blueprint.post("/new")
@right("people.admin")
def create() -> ResponseReturnValue:
    """Make the department, open at the usual hours; its page then sets the calendar."""
    form = NewDepartmentForm()
    if form.validate():
        try:
            made = services().people.departments.create(form.key.data, form.names, by=actor())
            flash(gettext("The department works now. Check its hours below."), "success")
            return redirect(url_for("departments.show", key=made.key))
        except DomainError as error:
            blame(form, error)
    return render_template("departments/new.html", form=form), 422


@blueprint.get("/<key>")
@right("people.admin")
def show(key: str) -> ResponseReturnValue:
    """One department."""
    return _page(key)


@blueprint.post("/<key>")
@right("people.admin")
def rename(key: str) -> ResponseReturnValue:
    """Give it other names."""
    form = NameForm()
    if form.validate():
        try:
            services().people.departments.rename(key, form.names, by=actor())
            return _saved(key)
        except DomainError as error:
            blame(form, error)
    return _page(key, names=form)


@blueprint.post("/<key>/calendar")
@right("people.admin")
def set_calendar(key: str) -> ResponseReturnValue:
    """Replace the working calendar."""
    form = CalendarForm()
    if form.validate():
        try:
            services().people.departments.set_calendar(key, form.spec(), by=actor(),
                                                       timezone=form.timezone.data)
            services().calendar_changed(key)
            return _saved(key)
        except DomainError as error:
            blame(form, error)
    return _page(key, calendar=form)


@blueprint.post("/<key>/end")
@right("people.admin")
def end(key: str) -> ResponseReturnValue:
    """The department works no more."""
    services().people.departments.end(key, by=actor())
    return _saved(key)


def _saved(key: str) -> ResponseReturnValue:
    flash(gettext("Saved."), "success")
    return redirect(url_for("departments.show", key=key))


def _page(key: str, *, names: NameForm | None = None, calendar: CalendarForm | None = None,
          ) -> ResponseReturnValue:
    """The department's page; a form given is one that was refused, and makes the answer a 422."""
    refused = names is not None or calendar is not None
    people = services().people
    department = people.departments.get(key)
    spec = people.departments.calendar_spec(key)
    page = render_template(
        "departments/department.html", department=department, zones=zones(),
        names=names or NameForm(formdata=None, name_en=department.name.get("en", ""),
                                name_zh=department.name.get("zh", "")),
        calendar=calendar or CalendarForm(formdata=None).show(spec, department.timezone),
        days=fortnight(people.departments.calendar(key), baton().now()),
        members=people.persons.all(department=key))
    return page, 422 if refused else 200
