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

from typing import Any

from engine.intake.model import Understanding
from web.i18n import localized


def findings(understanding: Understanding) -> list[dict[str, Any]]:
    """What was found and adapted, in the order of the list beside the drawing."""
    found = [{"element": f.element, "name": f.name, "level": f.severity,
              "text": localized(f.message), "why": "", "remedy": ""}
             for f in understanding.findings]
    found += [{"element": a.element, "name": a.name, "level": "decision" if a.asks else "info",
               "text": localized(a.what), "why": localized(a.why),
               "remedy": localized(a.remedy)} for a in understanding.adaptations]
    order = {"error": 0, "warning": 1, "decision": 2, "info": 3}
    found.sort(key=lambda one: order[one["level"]])
    for number, one in enumerate(found):
        one["anchor"] = f"finding-{number}"
    return found


def finding_marks(found: list[dict[str, Any]]) -> dict[str, Any]:
    """The drawing's marks for findings; those about the whole file stand in the list only."""
    return {"findings": [{key: one[key] for key in ("element", "level", "text", "anchor")}
                         for one in found if one["element"]]}
