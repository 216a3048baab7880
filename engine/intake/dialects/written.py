"""Fields that a drawing's extensions ask for or write, so that conditions on them are no prose.

Valid: a form field, the target of a mapping, the variable of a decision's result.
Invalid: `order.total` as a target: a field's name has no dots.
"""

from __future__ import annotations

import keyword

from engine.intake.bpmn import FLOW_NODES, Element, kind
from engine.intake.dialects import said_of
from engine.intake.dialects.said import Said
from engine.intake.formkeys import keys_of


def written_in(process: Element, root: Element) -> frozenset[str]:
    """The fields of all steps of a process."""
    found: set[str] = set()
    for node in process.iter():
        if kind(node) in FLOW_NODES:
            found |= fields_of(said_of(node, root))
    return frozenset(found)


def fields_of(said: Said) -> set[str]:
    """The fields that one step asks for or writes."""
    names = {asked.key for asked in said.asked} | {said.result}
    names |= {each.target for each in (*said.before, *said.after)}
    if said.schema is not None:
        names |= set(keys_of(said.schema))
    return {name for name in names if is_field(name)}


def is_field(name: str) -> bool:
    """Whether the data of a case may have a field of this name."""
    return name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("_")
