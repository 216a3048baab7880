"""Journeys: drop drawings, see what became of them; published journeys and their versions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.infra.errors import DomainError, Invalid
from engine.intake.drop import Dropped, sort_out
from engine.intake.records import Draft, Version
from web.access import actor, right
from web.errors import sentence, status_of
from web.forms.journeys import UploadForm, sent_files
from web.i18n import language, localized, noted
from web.reach import drawn_version, own_version
from web.show.draft import departments, next_number, understand, version_view
from web.show.links import link
from web.show.model_tests import tests_summary
from web.show.places import with_guesses
from web.show.verdict import VerdictLine, verdict_line
from web.show.xml import xml
from web.unit import abandon, begin, finish, services

blueprint = Blueprint("journeys", __name__, url_prefix="/journeys")


@dataclass(frozen=True)
class Result:
    """What became of one dropped thing: a draft with its verdict, or the reason why not.

    `like` is the file before it that holds the same: its draft is this one's, too.
    """

    file: str
    draft: UUID | None = None
    journey: str = ""
    name: Mapping[str, str] = field(default_factory=dict)
    like: str = ""
    number: int = 0
    verdict: VerdictLine | None = None
    trouble: str = ""
    status: int = 200


@blueprint.get("")
@right("journey.read")
def index() -> ResponseReturnValue:
    """All journeys, and the place to drop drawings."""
    return _index(UploadForm())


@blueprint.post("")
@right("journey.edit")
def upload() -> ResponseReturnValue:
    """Take in what was dropped, each drawing as a draft; a bad file doesn't stop the good ones."""
    form = UploadForm()
    if not form.validate():
        return _index(form), 422
    results = _take_in(sort_out(sent_files()), journey=None)
    if len(results) == 1:
        return _only(results[0], lambda trouble: _index(_told(form, trouble)))
    return render_template("journeys/results.html", results=results)


@blueprint.get("/<key>")
@right("journey.read")
def journey(key: str) -> ResponseReturnValue:
    """The latest version of a journey."""
    return _journey(own_version(key, None, "journey.read"), UploadForm())


@blueprint.post("/<key>")
@right("journey.edit")
def upload_next(key: str) -> ResponseReturnValue:
    """Take in a drawing as the draft of the next version."""
    actor().require("journey.edit", journey=key)
    form = UploadForm()
    if not form.validate():
        return _journey(services().intake.latest(key), form), 422
    dropped = sort_out(sent_files())
    if len(dropped) != 1:
        dropped = [Dropped(key, error=Invalid(noted(
            "The next version is one drawing or one pack; these are {count}."),
            count=len(dropped)))]
    [result] = _take_in(dropped, journey=key)
    return _only(result, lambda trouble: _journey(services().intake.latest(key),
                                                  _told(form, trouble)))


@blueprint.get("/<key>/versions/<int:number>")
@right("journey.read")
def version(key: str, number: int) -> ResponseReturnValue:
    """One version of a journey."""
    return _journey(own_version(key, number, "journey.read"), UploadForm())


@blueprint.get("/<key>/versions/<int:number>/panel")
@right("journey.read")
def panel(key: str, number: int) -> ResponseReturnValue:
    """The panel of one element of a version, or of the version."""
    return render_template("journeys/panel.html",
                           **_shown(own_version(key, number, "journey.read")))


@blueprint.get("/<key>/versions/<int:number>/tests-line")
@right("journey.read")
def tests_line(key: str, number: int) -> ResponseReturnValue:
    """How a version's tests go, in a few words; the page asks for it by itself."""
    found = own_version(key, number, "journey.read")
    return render_template("journeys/tests_line.html", summary=tests_summary(found),
                           address=link("model_tests.version", key=key, number=number)
                           if actor().may("journey.edit", journey=key) else None)


@blueprint.get("/<key>/versions/<int:number>/drawing.bpmn")
@right("journey.read", "case.read", "case.read_all")
def drawing(key: str, number: int) -> ResponseReturnValue:
    """A version's drawing: in the reader's language, or byte for byte as drawn, or as adapted."""
    found = drawn_version(key, number)
    name = f"{key}-v{number}.bpmn"
    if request.args.get("as") == "drawn":
        return xml(found.drawing, download=name)
    if request.args.get("as") == "adapted":
        return xml(found.adapted, download=None if "view" in request.args
                   else f"{key}-v{number}-adapted.bpmn")
    return xml(services().intake.drawing(found, language()))


def _index(form: UploadForm) -> str:
    return render_template("journeys/index.html", form=form, link=link,
                           journeys=services().intake.journeys(),
                           may_upload=actor().may_anywhere("journey.edit"))


def _take_in(dropped: Iterable[Dropped], journey: str | None) -> list[Result]:
    """A draft of each, in a unit of work of its own, so that no file holds up another."""
    results: list[Result] = []
    made: set[str] = set()
    seen: list[tuple[Dropped, Result]] = []
    for each in dropped:
        first = next((result for one, result in seen if one.same_as(each)), None)
        if first is not None:
            results.append(replace(first, file=each.name, like=first.file))
            continue
        try:
            draft = services().intake.take_in(each.pack(), by=actor().person, journey=journey,
                                              apart=made)
            actor().require("journey.edit", journey=draft.journey)
            results.append(_guessed(each.name, draft))
            finish()
        except DomainError as error:
            abandon()
            results.append(Result(each.name, trouble=sentence(error), status=status_of(error)))
        made.add(results[-1].journey)
        seen.append((each, results[-1]))
        begin()
    return results


def _guessed(name: str, draft: Draft) -> Result:
    """The draft with departments guessed for its lanes."""
    found = understand(draft)
    settings = with_guesses(found, draft.settings, departments())
    if settings != draft.settings:
        draft = services().intake.change(draft.id, settings, by=actor().person)
    return Result(name, draft.id, draft.journey, settings.name,
                  number=next_number(draft.journey), verdict=verdict_line(found, settings))


def _only(result: Result, page: Callable[[str], str]) -> ResponseReturnValue:
    if result.draft is not None:
        return redirect(url_for("drafts.show", draft_id=result.draft))
    return page(result.trouble), result.status


def _told(form: UploadForm, trouble: str) -> UploadForm:
    form.file.errors = [trouble]
    return form


def _shown(found: Version) -> dict[str, object]:
    intake = services().intake
    again = intake.understand(found)
    understood = replace(again, adaptations=found.adaptations,
                         findings=tuple(each for each in again.findings
                                        if each.severity == "warning"),
                         verdict="runs_with_decisions" if any(a.asks for a in found.adaptations)
                         else "runs")
    return version_view(found, understood, str(request.args.get("element", ""))[:255])


def _journey(found: Version, form: UploadForm) -> str:
    intake = services().intake
    return render_template(
        "journeys/journey.html", form=form, versions=intake.versions(found.journey), link=link,
        waiting=next((j.draft for j in intake.journeys() if j.key == found.journey), None),
        adapted=request.args.get("view") == "adapted", title=localized(found.settings.name),
        may_edit=actor().may("journey.edit", journey=found.journey),
        may_move=actor().may("case.move", journey=found.journey),
        open_cases=services().moves.counts(found.journey), **_shown(found))
