"""Language and time zone of a request: the person's choice, else what the browser asks for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flask import Flask, has_request_context, request, session
from flask_babel import Babel, get_locale

from web.access import actor_or_none
from web.catalogue import compile_stale
from web.unit import baton

#: Languages, each by its own name.
LANGUAGES = {"en": "English", "zh": "中文"}


def language() -> str:
    """The language of this request: "en" or "zh"."""
    locale = get_locale() if has_request_context() else None
    return locale.language if locale is not None and locale.language in LANGUAGES else "en"


def localized(texts: Mapping[str, str] | str | None) -> str:
    """The text in the reader's language, else in any; a plain string stays as it is."""
    if texts is None or isinstance(texts, str):
        return texts or ""
    return texts.get(language()) or texts.get("en") or next(iter(texts.values()), "")


def noted(text: str) -> str:
    """Marks a text for the catalogue that is translated later, where it is shown."""
    return text


def install(app: Flask) -> None:
    """Flask-Babel with our choice of language and zone, and the `localized` filter."""
    compile_stale(Path(app.root_path) / "translations")
    Babel(app, locale_selector=_language, timezone_selector=zone)
    app.jinja_env.filters["localized"] = localized


def _language() -> str:
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    who = actor_or_none() if not request.path.startswith("/static/") else None
    if who is not None and who.language in LANGUAGES:
        return str(who.language)
    return request.accept_languages.best_match(list(LANGUAGES), default="en") or "en"


def zone() -> str:
    """IANA name of the zone in which the reader sees times."""
    who = actor_or_none()
    return (who.timezone if who else None) or str(baton().settings.timezone)
