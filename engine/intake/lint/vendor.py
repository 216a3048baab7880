"""Extensions of other tools that Baton keeps but ignores: said once for each tool (info).

Valid: `camunda:assignee`, which is honoured.
Invalid: `camunda:executionListener`: Baton runs no code of others.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import Element, children
from engine.intake.dialects import VENDORS, said_of
from engine.intake.dialects.said import STANDARD
from engine.intake.dialects.xml import foreign
from engine.intake.model import Finding
from engine.intake.subject import Subject, finding
from engine.intake.words import text

_MOST = 12
#: Colours and sizes of tools that everyone draws with.
_COLOURS = ("http://bpmn.io/schema/bpmn/biocolor", "http://camunda.org/schema/modeler")
_NAMES = {"camunda7": "Camunda 7", "camunda8": "Camunda 8", "flowable": "Flowable",
          "spiffarena": "SpiffArena", "bonita": "Bonita", "signavio": "Signavio"}


def lint(subject: Subject) -> Iterator[Finding]:
    """One finding for each tool, with the names of what is ignored."""
    vendors = {namespace: vendor for vendor in VENDORS for namespace in vendor.NAMESPACES}
    ignored: dict[str, set[str]] = {}
    for namespace, name in foreign(subject.root, (*STANDARD, *_COLOURS),
                                   _of_calls(subject)):
        vendor = vendors.get(namespace)
        if vendor is None or name not in vendor.HONOURED:
            ignored.setdefault(_NAMES[vendor.KEY] if vendor else _short(namespace),
                               set()).add(name)
    for vendor_name, names in sorted(ignored.items()):
        some = ", ".join(sorted(names)[:_MOST]) + (", …" if len(names) > _MOST else "")
        yield finding("info", "vendor", None, text(
            "Baton keeps but ignores these extensions of {vendor}: {names}",
            "Baton 保留但忽略 {vendor} 的这些扩展：{names}", vendor=vendor_name, names=some))


def _of_calls(subject: Subject) -> set[Element]:
    """What stands in the extensions of steps that call a service: `drawn_calls` speaks of them."""
    return {part for node in subject.drawing.nodes()
            if said_of(node, subject.root).http is not None
            for holder in children(node, "extensionElements") for part in holder.iterdescendants()}


def _short(namespace: str) -> str:
    """What people recognise of a namespace: its host, or the name itself."""
    host = namespace.split("//", 1)[-1].split("/", 1)[0]
    return host.removeprefix("www.") or namespace
