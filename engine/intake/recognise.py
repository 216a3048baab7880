"""Which tool's dialect a drawing is written in.

Extensions that are used count first, then the exporter's name, then a namespace that is
declared. Valid: `camunda7`, `camunda8`, `flowable`, `bonita`, `signavio`, `spiffarena`, `plain`.
"""

from __future__ import annotations

from collections import Counter

from engine.intake.bpmn import Element
from engine.intake.dialects import VENDORS
from engine.intake.dialects.said import STANDARD
from engine.intake.dialects.xml import foreign

PLAIN = "plain"
_EXPORTERS = (("zeebe modeler", "camunda8"), ("signavio", "signavio"), ("bonita", "bonita"),
              ("flowable", "flowable"), ("activiti", "flowable"), ("spiff", "spiffarena"))
#: Signavio's and Bonita's drawings are often carried on in an engine's own words.
_ENGINES = ("camunda8", "camunda7", "flowable", "spiffarena")


def recognise(root: Element) -> str:
    """The key of the dialect."""
    vendors: dict[str, str] = {namespace: vendor.KEY for vendor in VENDORS
                               for namespace in vendor.NAMESPACES}
    used = Counter(vendors[namespace] for namespace, _ in foreign(root, STANDARD)
                   if namespace in vendors)
    engines = {key: used[key] for key in _ENGINES if used[key]}
    if engines:
        return max(engines, key=lambda key: engines[key])
    exporter = root.get("exporter", "").lower()
    for name, key in _EXPORTERS:
        if name in exporter:
            return key
    platform = root.get("{http://camunda.org/schema/modeler/1.0}executionPlatform", "")
    if platform:
        return "camunda8" if "Cloud" in platform else "camunda7"
    if used:
        return used.most_common(1)[0][0]
    declared = [vendors[str(each)] for each in root.nsmap.values() if each in vendors]
    return declared[0] if declared else PLAIN
