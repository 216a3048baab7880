"""What holds for every view, template and message of the web."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support.web import make_app
from web.access import marker_of
from web.catalogue import TRANSLATIONS, collect, is_translated, read

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(ROOT.glob("web/templates/**/*.html"))
SOURCES = [*TEMPLATES, *ROOT.glob("web/*.py"), *ROOT.glob("web/[fps]*/**/*.py"),
           *ROOT.glob("web/assets/src/**/*.js")]
_SPOKEN = ("title", "alt", "placeholder", "aria-label", "data-label", "data-confirm")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_every_view_says_who_may_call_it(sqlite_database, now):
    app = make_app(sqlite_database, now)
    unmarked = sorted(name for name, view in app.view_functions.items() if marker_of(view) is None)
    assert unmarked == []


def test_only_login_language_and_static_files_are_public(sqlite_database, now):
    app = make_app(sqlite_database, now)
    public = {name for name, view in app.view_functions.items()
              if marker_of(view).kind == "public"}
    assert public <= {"static", "session.login", "session.log_in", "session.choose_language",
                      "openapi.spec", "api_tokens.issue",
                      # for machines that watch; /metrics has a check of its own
                      "operations.alive", "operations.ready", "operations.metrics"}


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_templates_say_nothing_that_is_not_marked_for_translation(path):
    text = re.sub(r"{#.*?#}", "", path.read_text("utf-8"), flags=re.S)
    for name in _SPOKEN:
        for value in re.findall(rf'\s{name}="([^"]*)"', text):
            bare = re.sub(r"{{.*?}}|{%.*?%}", "", value)
            assert not re.search(r"[^\W\d_]{2,}", bare), f'{name}="{value}"'
    bare = re.sub(r"{%-?\s*trans.*?endtrans\s*-?%}", "", text, flags=re.S)
    bare = re.sub(r"{{.*?}}|{%.*?%}", "", bare, flags=re.S)
    bare = re.sub(r"<(script|style|kbd)\b.*?</\1>", "", bare, flags=re.S)
    bare = re.sub(r"<[^>]*>|&\w+;", "", bare)
    assert not re.search(r"[^\W\d_]{2,}", bare), bare.strip()


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_templates_hold_no_scripts_and_no_handlers(path):
    text = path.read_text("utf-8")
    assert not re.search(r'\son\w+="', text)
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert 'src="' in tag or 'type="application/json"' in tag, tag


@pytest.mark.parametrize("po", sorted(TRANSLATIONS.glob("*/LC_MESSAGES/messages.po")),
                         ids=lambda path: path.parent.parent.name)
def test_every_message_is_translated(po):
    catalogue, wanted = read(po), collect()
    gone = [m.id for m in catalogue if m.id and wanted.get(m.id, m.context) is None]
    missing = [m.id for m in wanted if m.id and not is_translated(catalogue.get(m.id, m.context))]
    assert missing == [], "run `make messages` and translate what it names"
    assert gone == [], "run `make messages`"
    assert [m.id for m in catalogue if m.fuzzy and m.id] == []
    assert [problem for message in catalogue for problem in message.check(catalogue)] == []


@pytest.mark.parametrize("po", sorted(TRANSLATIONS.glob("*/LC_MESSAGES/messages.po")),
                         ids=lambda path: path.parent.parent.name)
def test_translations_fill_the_same_placeholders(po):
    for message in read(po):
        if not message.id or not message.string:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        asked = set().union(*(re.findall(r"%\((\w+)\)|{(\w+)}", one) for one in ids))
        for string in strings:
            assert set(re.findall(r"%\((\w+)\)|{(\w+)}", string)) <= asked, message.id


def test_the_sprite_holds_the_icons_that_are_used_and_no_others():
    kept = set(json.loads((ROOT / "web/assets/icons.json").read_text()))
    text = "\n".join(path.read_text("utf-8") for path in SOURCES)
    words = set(re.findall(r"[\"']([a-z][a-z0-9-]+)[\"']", text))
    asked = set(re.findall(r"icon\([\"']([a-z0-9-]+)[\"']", text))
    assert asked - kept == set(), "add these to web/assets/icons.json"
    assert kept - words == set(), "these icons are used nowhere"


def test_the_lock_file_names_no_addresses():
    assert '"resolved"' not in (ROOT / "web/assets/package-lock.json").read_text()
