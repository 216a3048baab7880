"""Where a case stands and to which earlier steps it can be sent back, for those who steer it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request, url_for
from flask_babel import gettext

from engine.runtime.model import PERSON
from engine.runtime.views import Case
from web.show.step import element_name
from web.unit import services


def asked_token() -> UUID | None:
    """The token that was chosen, from the address or the form."""
    try:
        return UUID(request.values.get("token", ""))
    except ValueError:
        return None


def view(case: Case, asked: UUID | None) -> dict[str, Any]:
    """The places where the case stands, the chosen one, and the ways back from there."""
    version = services().intake.version(case.version_id)
    places = _places(case) if case.state == "open" else {}
    token = asked if asked in places else next(iter(places), None)
    found = services().operations.ways_back(case, token) if token else []
    return {
        "version": version, "token": token, "title": element_name(version, places[token][0])
        if token else "", "failed": bool(token and places[token][1]),
        "places": [(each, element_name(version, element)) for each, (element, _) in
                   places.items()],
        "ways": [(one.to, element_name(version, one.to),
                  ", ".join(element_name(version, each) for each in one.withdrawn))
                 for one in found],
        "to": request.values.get("to", "")}


def marks(case: Case, asked: UUID | None) -> dict[str, Any]:
    """The drawing: where the token stands, and links on the steps that can be chosen."""
    shown = view(case, asked)
    places = _places(case)
    markers: dict[str, list[str]] = {to: ["done"] for to, _, _ in shown["ways"]}
    if shown["to"]:
        markers[shown["to"]] = ["path"]
    tokens = []
    if shown["token"] in places:
        element, failed = places[shown["token"]]
        markers[element] = ["trouble" if failed else "live"]
        tokens.append({"element": element, "label": "!" if failed else "●",
                       "title": gettext("Here it stands")})
    return {"markers": markers, "tokens": tokens, "links": {
        to: url_for("operate.steer", reference=case.number, token=shown["token"], to=to)
        for to, _, _ in shown["ways"]}}


def _places(case: Case) -> dict[UUID, tuple[str, bool]]:
    """The elements at which tokens stand, by token, and whether they failed there."""
    places = {one.token: (one.element, True) for one in services().cases.incidents(case.id)
              if one.token and one.element}
    version = services().intake.version(case.version_id)
    model = services().runnable.get(version.id, services().intake.version).model
    for wait in services().cases.waits(case.id):
        found = model.by_drawn_id(wait.element)
        if wait.kind in PERSON or (found is not None and found.kind != "boundaryEvent"):
            places.setdefault(wait.token, (wait.element, False))
    return places
