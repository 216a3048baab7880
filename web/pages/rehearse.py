"""Rehearsing a journey on its drawing, step by step or many times at random.

Nothing is kept between two moves: the page posts what was played so far (web/show/rehearsal.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from engine.infra.errors import DomainError
from engine.intake.records import Draft, Version
from engine.runtime.fields import accept
from engine.runtime.ports import RunnableVersion
from engine.runtime.random_play import BEGIN, Played, play_at_random
from web.access import right
from web.forms.rehearse import sent_fields, sent_reply
from web.i18n import language
from web.pages.drafts import own_draft
from web.reach import own_version
from web.show.rehearsal import (
    Script,
    calendars,
    play,
    read_script,
    ready,
    script_of,
    too_late,
    why_not,
)
from web.show.rehearse import beginning, board, play_view
from web.unit import baton, reads_only

blueprint = Blueprint("rehearse", __name__, url_prefix="/journeys")

_RUNS = 100
_LONGEST = timedelta(seconds=10)


@dataclass(frozen=True)
class Subject:
    """What is rehearsed, and where its pages are."""

    source: Draft | Version

    @property
    def is_draft(self) -> bool:
        """Whether it can still be changed."""
        return isinstance(self.source, Draft)

    @property
    def title(self) -> str:
        """The journey's name in the reader's language."""
        return self.source.settings.title(language())

    def url(self, page: str = "", **more: Any) -> str:
        """The address of one of its pages here: "" or play."""
        suffix = f"_{page}" if page else ""
        if isinstance(self.source, Draft):
            return url_for(f"rehearse.draft{suffix}", draft_id=self.source.id, **more)
        return url_for(f"rehearse.version{suffix}", key=self.source.journey,
                       number=self.source.number, **more)

    @property
    def tests(self) -> str:
        """The page of its tests."""
        if isinstance(self.source, Draft):
            return url_for("model_tests.draft", draft_id=self.source.id)
        return url_for("model_tests.version", key=self.source.journey, number=self.source.number)

    @property
    def home(self) -> str:
        """The page of the draft or version itself."""
        if isinstance(self.source, Draft):
            return url_for("drafts.show", draft_id=self.source.id)
        return url_for("journeys.version", key=self.source.journey, number=self.source.number)

    @property
    def drawing(self) -> str:
        """The drawing in the reader's language."""
        if isinstance(self.source, Draft):
            return url_for("drafts.drawing", draft_id=self.source.id)
        return url_for("journeys.drawing", key=self.source.journey, number=self.source.number)


@blueprint.get("/drafts/<uuid:draft_id>/rehearse")
@right("journey.edit")
def draft(draft_id: UUID) -> ResponseReturnValue:
    """Rehearse a draft from its beginning."""
    return _page(_draft(draft_id))


@blueprint.post("/drafts/<uuid:draft_id>/rehearse")
@right("journey.edit")
@reads_only
def move_draft(draft_id: UUID) -> ResponseReturnValue:
    """The next move of a rehearsal of a draft."""
    return _moved(_draft(draft_id))


@blueprint.get("/<key>/versions/<int:number>/rehearse")
@right("journey.read")
def version(key: str, number: int) -> ResponseReturnValue:
    """Rehearse a published version from its beginning."""
    return _page(_version(key, number))


@blueprint.post("/<key>/versions/<int:number>/rehearse")
@right("journey.read")
@reads_only
def move_version(key: str, number: int) -> ResponseReturnValue:
    """The next move of a rehearsal of a published version."""
    return _moved(_version(key, number))


@blueprint.get("/drafts/<uuid:draft_id>/play")
@right("journey.edit")
def draft_play(draft_id: UUID) -> ResponseReturnValue:
    """Play a draft a hundred times at random."""
    return _played(_draft(draft_id))


@blueprint.get("/<key>/versions/<int:number>/play")
@right("journey.read")
def version_play(key: str, number: int) -> ResponseReturnValue:
    """Play a published version a hundred times at random."""
    return _played(_version(key, number))


def _draft(draft_id: UUID) -> Subject:
    return Subject(own_draft(draft_id))


def _version(key: str, number: int) -> Subject:
    return Subject(own_version(key, number, "journey.read"))


def _page(subject: Subject) -> ResponseReturnValue:
    """The page before the first move: it begins by itself when there is nothing to ask."""
    try:
        ran = ready(subject.source)
    except DomainError as error:
        return render_template("rehearse/cannot.html", subject=subject,
                               text=why_not(subject.source, error))
    first = beginning(subject.source, ran)
    shown = None if any(first.values()) else _board(subject, ran, Script(_start()))
    return render_template("rehearse/rehearse.html", subject=subject, board=shown, **first)


def _moved(subject: Subject) -> ResponseReturnValue:
    """The board after what was asked for; the whole page where no script asked."""
    ran = ready(subject.source)
    script = _script_after(ran)
    shown = _board(subject, ran, script)
    template = "board" if request.headers.get("HX-Request") else "rehearse"
    return render_template(f"rehearse/{template}.html", subject=subject, board=shown)


def _script_after(ran: RunnableVersion) -> Script:
    asked = request.form.get("act", "")
    if asked == "begin":
        return Script(_start(), accept(sent_fields(ran.fields), ran.fields, ran.timezone),
                      entry=request.form.get("entry") or None)
    script = read_script(request.form.get("script", ""))
    if asked == "back":
        return script.back()
    if asked == "move":
        return script.then(Played(
            request.form.get("move", ""), tuple(request.form.getlist("answers")),
            accept(sent_fields(ran.fields), ran.fields, ran.timezone), sent_reply()))
    return script


def _board(subject: Subject, ran: RunnableVersion, script: Script) -> dict[str, Any]:
    return board(subject.source, ran, script, play(ran, script))


def _start() -> Any:
    return baton().now().replace(second=0, microsecond=0)


def _played(subject: Subject) -> ResponseReturnValue:
    try:
        ran = ready(subject.source)
    except DomainError as error:
        return render_template("rehearse/cannot.html", subject=subject,
                               text=why_not(subject.source, error))
    seed = request.args.get("seed", 0, int)
    report = play_at_random(ran, runs=_RUNS, seed=seed, stop=too_late(_LONGEST),
                            calendar_of=calendars(ran))
    if not report.runs:
        return render_template("rehearse/cannot.html", subject=subject, text=gettext(
            "Not even one run came to its end in time. Rehearse it step by step."))
    scripts = {number: script_of(run, BEGIN).written()
               for number, run in report.examples.items()}
    return render_template("rehearse/play.html", subject=subject, seed=seed, scripts=scripts,
                           **play_view(subject.source, ran, report))

