"""A comparison as its page shows it: marks for both drawings and entries of the list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext

from engine.intake.diff import Change, Comparison, Difference
from engine.intake.diff.settings import SettingChange
from engine.intake.settings import JourneySettings
from web.show.kinds import kind_name

#: Symbol and word of each state; colours are in css/compare.css.
STATES = {
    "added": ("+", lazy_gettext("Added")),
    "removed": ("−", lazy_gettext("Removed")),
    "changed": ("≠", lazy_gettext("Changed")),
    "moved": ("↷", lazy_gettext("Moved")),
}
_SORTS = {
    "flow": lazy_gettext("Arrow"), "lane": lazy_gettext("Lane"), "pool": lazy_gettext("Pool"),
    "message": lazy_gettext("Message"), "note": lazy_gettext("Note or data"),
}
_ASPECTS = {
    "name": lazy_gettext("Name on the drawing"), "kind": lazy_gettext("Kind"),
    "definition": lazy_gettext("Event"), "condition": lazy_gettext("Condition"),
    "default": lazy_gettext("Default way"), "source": lazy_gettext("Comes from"),
    "target": lazy_gettext("Leads to"), "attached": lazy_gettext("Sits on"),
    "repetition": lazy_gettext("Repetition"), "documentation": lazy_gettext("Documentation"),
    "lane": lazy_gettext("Lane"), "inside": lazy_gettext("Stands in"),
    "place": lazy_gettext("Stands elsewhere"), "details": lazy_gettext("Details differ"),
}
_SECTIONS = {
    "journey": lazy_gettext("Journey"), "lanes": lazy_gettext("Who does it"),
    "fields": lazy_gettext("Field"), "steps": lazy_gettext("Step"),
    "choices": lazy_gettext("Choice"), "departments": lazy_gettext("Department"),
    "standards": lazy_gettext("Promise"), "files": lazy_gettext("File"),
}
_SINGLE = {
    "name": lazy_gettext("Name of the journey"), "description": lazy_gettext("Description"),
    "department": lazy_gettext("Owner"), "process": lazy_gettext("The process that runs"),
    "start_form": lazy_gettext("Form at the start"),
    "prefix": lazy_gettext("Letters of case numbers"),
}


def shown(found: Comparison, old: JourneySettings, new: JourneySettings, language: str,
          departments: Mapping[str, str]) -> dict[str, Any]:
    """`old_marks` and `new_marks` for the drawings, `groups` and `said` for the list.

    `departments` are their names by key.
    """
    entries = [_entry(each, old, new, language) for each in found.differences]
    return {
        "old_marks": _marks(entries, "old"), "new_marks": _marks(entries, "new"),
        "groups": [(state, *STATES[state], [e for e in entries if e["state"] == state])
                   for state in STATES if any(e["state"] == state for e in entries)],
        "said": [_setting(each, new.label(each.key, language, found.names.get(each.key, "")),
                          departments) for each in found.settings]}


def _entry(each: Difference, old: JourneySettings, new: JourneySettings,
           language: str) -> dict[str, Any]:
    settings, key = (new, each.new) if each.new else (old, each.old)
    name = settings.labels.get(language, {}).get(key) or each.name
    sort = str(_SORTS[each.sort]) if each.sort in _SORTS else kind_name(each.kind)
    return {"state": each.state, "old": each.old, "new": each.new, "name": name or sort,
            "sort": sort if name else "", "changes": [_change(one) for one in each.changes]}


def _change(one: Change) -> dict[str, str]:
    old, new = one.old, one.new
    if one.aspect == "kind":
        old, new = kind_name(old), kind_name(new)
    if one.aspect == "default":
        old, new = (gettext("yes") if value else gettext("no") for value in (old, new))
    return {"aspect": str(_ASPECTS[one.aspect]), "old": old, "new": new}


def _setting(one: SettingChange, name: str, departments: Mapping[str, str]) -> dict[str, str]:
    old, new = one.old, one.new
    if one.section == "lanes" or one.key == "department":
        old, new = departments.get(old, old), departments.get(new, new)
    if one.section == "journey":
        name = str(_SINGLE.get(one.key, one.key))
    return {"section": str(_SECTIONS[one.section]), "key": name, "old": old, "new": new}


def _marks(entries: list[dict[str, Any]], side: str) -> dict[str, Any]:
    """Classes and badges; a badge says the state in a symbol, and in words when pointed at."""
    there = [each for each in entries if each[side]]
    return {
        "markers": {each[side]: [f"diff-{each['state']}"] for each in there},
        "badges": [{"element": each[side], "label": STATES[each["state"]][0],
                    "level": f"diff {each['state']}", "title": str(STATES[each["state"]][1])}
                   for each in there]}
