"""The tests of a journey: rehearsals that were kept, run again whenever the page is opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from engine.infra.errors import DomainError, Invalid, NotFound
from engine.intake.records import Draft
from engine.runtime.model_test_run import kept
from engine.runtime.model_tests import FILE, ModelTest, to_toml
from web.access import actor, right
from web.i18n import language, noted
from web.pages.drafts import own_draft
from web.pages.rehearse import Subject
from web.reach import own_version
from web.show.model_tests import kept_tests, outcome_view
from web.show.rehearsal import calendars, play, read_script, ready, why_not
from web.unit import services

blueprint = Blueprint("model_tests", __name__, url_prefix="/journeys")


@blueprint.get("/drafts/<uuid:draft_id>/tests")
@right("journey.edit")
def draft(draft_id: UUID) -> ResponseReturnValue:
    """The tests of a draft, as they go now."""
    return _page(Subject(own_draft(draft_id)))


@blueprint.get("/<key>/versions/<int:number>/tests")
@right("journey.read")
def version(key: str, number: int) -> ResponseReturnValue:
    """The tests of a published version."""
    return _page(Subject(own_version(key, number, "journey.read")))


@blueprint.post("/drafts/<uuid:draft_id>/tests")
@right("journey.edit")
def keep(draft_id: UUID) -> ResponseReturnValue:
    """Keep a rehearsal as a test of the draft."""
    found = own_draft(draft_id)
    script = read_script(request.form.get("script", ""))
    tests = kept_tests(found)
    name = _free_name(tests)
    play(ready(found), script)  # refused where that takes too long
    made = kept(ready(found), {language(): name}, at=script.at, data=script.data,
                moves=script.moves, entry=script.entry,
                calendar_of=calendars(ready(found)))
    _write(found, (*tests, made))
    flash(gettext("Kept as the test “%(name)s”.", name=name), "success")
    return _shown(draft_id)


@blueprint.post("/drafts/<uuid:draft_id>/tests/<int:place>/rename")
@right("journey.edit")
def rename(draft_id: UUID, place: int) -> ResponseReturnValue:
    """Give a test another name, in the reader's language."""
    found = own_draft(draft_id)
    tests, at = _asked(found, place)
    others = (*tests[:at], *tests[at + 1:])
    name = {**tests[at].name, language(): _free_name(others)}
    _write(found, (*tests[:at], replace(tests[at], name=name), *tests[at + 1:]))
    flash(gettext("Saved."), "success")
    return _shown(draft_id)


@blueprint.post("/drafts/<uuid:draft_id>/tests/<int:place>/remove")
@right("journey.edit")
def remove(draft_id: UUID, place: int) -> ResponseReturnValue:
    """Take a test out of the draft; published versions keep it."""
    found = own_draft(draft_id)
    tests, at = _asked(found, place)
    _write(found, (*tests[:at], *tests[at + 1:]))
    flash(gettext("The test is gone."), "success")
    return _shown(draft_id)


def _page(subject: Subject) -> ResponseReturnValue:
    try:
        tests = kept_tests(subject.source)
        ran = ready(subject.source)
    except DomainError as error:
        return render_template("rehearse/cannot.html", subject=subject,
                               text=why_not(subject.source, error))
    outcomes = [outcome_view(ran, test) for test in tests]
    return render_template("rehearse/tests.html", subject=subject, outcomes=outcomes,
                           passed=sum(one["passed"] for one in outcomes))


def _asked(found: Draft, place: int) -> tuple[tuple[ModelTest, ...], int]:
    """The tests, and which is meant; its old name comes along, in case the list has changed."""
    tests = kept_tests(found)
    if place >= len(tests) or request.form.get("was") not in tests[place].name.values():
        raise NotFound(noted("This test is not here any more. Reload the page."))
    return tests, place


def _free_name(tests: Sequence[ModelTest]) -> str:
    name = " ".join(request.form.get("name", "").split())[:120]
    if not name:
        raise Invalid(noted("Give the test a name."), field="name")
    if any(name in test.name.values() for test in tests):
        raise Invalid(noted("There is a test called {name} already."), field="name", name=name)
    return name


def _write(found: Draft, tests: Sequence[ModelTest]) -> None:
    intake, by = services().intake, actor().person
    if tests:
        intake.set_file(found.id, FILE, to_toml(tests).encode(), by=by)
    else:
        intake.remove_file(found.id, FILE, by=by)


def _shown(draft_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(".draft", draft_id=draft_id))
