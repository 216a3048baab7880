"""What all resources share: their blueprint, what is checked of a request, pages of a list."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from apiflask import APIBlueprint
from flask import current_app, request
from werkzeug.exceptions import UnsupportedMediaType

from engine.infra.errors import Invalid, TooLarge
from web.i18n import noted

PREFIX = "/api/v1"
#: JSON bodies are held in memory: large things are sent as files.
MOST_JSON = 1_000_000
_T = TypeVar("_T")


def area(name: str, tag: str) -> APIBlueprint:
    """The blueprint of one group of resources; its requests are checked before its views run."""
    blueprint = APIBlueprint(f"api_{name}", f"{__name__}.{name}", url_prefix=PREFIX, tag=tag)
    blueprint.before_request(_check_query)
    blueprint.before_request(_check_json)
    return blueprint


def page(found: Iterable[_T], limit: int, cursor: str | None,
         key: Callable[[_T], str]) -> tuple[list[_T], str | None]:
    """A page of a list that is short enough to be read whole; `cursor` is the last one's key.

    Raises Invalid for a cursor that leads nowhere.
    """
    rows = list(found)
    if cursor is not None:
        keys = [key(one) for one in rows]
        if cursor not in keys:
            raise bad_cursor()
        rows = rows[keys.index(cursor) + 1:]
    return rows[:limit], key(rows[limit - 1]) if len(rows) > limit else None


def bad_cursor() -> Invalid:
    """The error for a cursor that no page has given."""
    return Invalid(noted("This cursor leads nowhere; send the one that the page before "
                         "gave as next."), field="cursor")


def _spec() -> dict[str, Any]:
    view = current_app.view_functions[request.endpoint or ""]
    return getattr(view, "_spec", {})


def _check_query() -> None:
    """Parameters that nobody asked for are mistakes: a filter that is misspelt filters nothing."""
    known = {field.data_key or name for schema, location in _spec().get("args", ())
             if location == "query" for name, field in schema.fields.items()}
    for name, value in request.args.items(multi=True):
        if name not in known:
            raise Invalid(noted('There is no parameter "{name}" here.'), field=name[:100],
                          name=name[:100])
        if "\0" in value or "\ufffd" in value:
            raise Invalid(noted("{name} is no text in UTF-8."), field=name, name=name)


def _check_json() -> None:
    """A body is JSON in UTF-8 of bounded size, with text and numbers that can be stored."""
    spec = _spec()
    if "body" not in spec or spec.get("content_type") != "application/json":
        return
    sent = request.get_data(cache=True)
    if len(sent) > MOST_JSON:
        raise TooLarge(noted("The body is larger than 1 MB; send large things as files."))
    if not sent:
        return
    if not request.is_json:
        raise UnsupportedMediaType
    try:
        read = json.loads(sent.decode(), parse_constant=_no_number, parse_float=_number)
        json.dumps(read, ensure_ascii=False).encode()
    except RecursionError as error:
        raise Invalid(noted("The body is nested too deeply.")) from error
    except (UnicodeError, ValueError) as error:
        raise Invalid(noted("The body is no JSON in UTF-8: {reason}"),
                      reason=str(error)[:200]) from error
    if not isinstance(read, dict):
        raise Invalid(noted("The body must be a JSON object, such as {example}."), example="{}")
    if b"\\u0000" in sent:
        raise Invalid(noted("The body holds the character U+0000, which no text may hold."))


def _number(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"{text[:40]} is too large")
    return value


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")
