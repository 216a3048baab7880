"""What a drawing shows beside its shapes: the JSON that web/assets/src/drawing.js reads.

    markers   {element: ["done", "live", …]}      classes on elements
    tokens    [{element, label, title}]           live tokens
    findings  [{element, level, text, anchor}]    level: error, warning, info or decision
    badges    [{element, label, level, title}]
    metrics   [{key, name, low, high, values: {element: {value, label}}}]   heat
    links     {element: address}                  choosing the element opens it
    labels    {element: name}                     names in the reader's language
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext

from engine.intake.model import Adaptation, Understanding
from web.i18n import localized

#: Levels of findings, gravest first, and what a list of each is called.
LEVELS = {
    "error": lazy_gettext("Why it cannot run"), "warning": lazy_gettext("Worth a look"),
    "decision": lazy_gettext("Left to people"), "info": lazy_gettext("Good to know"),
}

_QUOTED = re.compile("“([^”]*)”")
#: From so many elements on, a rule is told once, by its reason.
_MANY = 4


def findings(understanding: Understanding,
             names: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """What was found and adapted, in the order of the list beside the drawing.

    `names` are names in the reader's language by those on the drawing.
    """
    found = [{"element": f.element, "name": f.name, "level": f.severity, "code": f.code,
              "text": localized(f.message), "why": "", "remedy": "", "path": list(f.path)}
             for f in understanding.findings]
    steps = {step.id: step.name for step in understanding.steps}
    for one in found:
        one["way"] = _way(one["path"], steps, names or {})
    found += adaptations(understanding.adaptations)
    order = list(LEVELS)
    found.sort(key=lambda one: order.index(one["level"]))
    for one in found if names else ():
        one["text"] = _QUOTED.sub(lambda quoted: f"“{names.get(quoted[1], quoted[1])}”",
                                  one["text"])
    for number, one in enumerate(found):
        one["anchor"] = f"finding-{number}"
    return found


def adaptations(made: Iterable[Adaptation]) -> list[dict[str, Any]]:
    """What Baton does differently, one entry an element and rule."""
    return [{"element": a.element, "name": a.name, "level": "decision" if a.asks else "info",
             "code": a.rule, "text": localized(a.what), "why": localized(a.why),
             "remedy": localized(a.remedy), "path": [], "way": "", "options": a.options,
             "chosen": a.chosen} for a in made]


def _way(path: Iterable[str], steps: Mapping[str, str], names: Mapping[str, str]) -> str:
    """A path in words: the steps that have names, in order."""
    called = [steps[each] for each in path if steps.get(each)]
    return " → ".join(names.get(each, each) for each in called)


def groups(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Findings by level; what one rule says of many elements is one line with all of them."""
    made = []
    for level, title in LEVELS.items():
        mine = [one for one in found if one["level"] == level]
        if mine:
            made.append({"level": level, "title": title, "count": len(mine),
                         "lines": _lines(mine)})
    return made


def _lines(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    often = Counter(one["code"] for one in found if one["why"] and not one["path"])
    lines: dict[tuple[str, str], dict[str, Any]] = {}
    for one in found:
        many = not one["path"] and often[one["code"]] >= _MANY
        text = one["why"] if many else one["text"]
        key = (one["code"], one["anchor"] if one["path"] else text)
        line = lines.setdefault(key, {**one, "text": text, "places": []})
        if one["element"]:
            line["places"].append({"element": one["element"],
                                   "name": one["name"] or one["element"]})
    return list(lines.values())


def finding_marks(found: list[dict[str, Any]]) -> dict[str, Any]:
    """The drawing's marks for findings; those about the whole file stand in the list only."""
    return {"findings": [{key: one[key] for key in ("element", "level", "text", "anchor")}
                         for one in found if one["element"]]}
