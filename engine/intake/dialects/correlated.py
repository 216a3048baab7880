"""The keys that a message must carry, where a drawing gives them, as a step's settings say them.

Valid: `zeebe:subscription correlationKey="= orderId"` on the message, SpiffArena's
`processVariableCorrelation`, the standard's `correlationSubscription` of the process, and its
`correlationProperty` whose message path is a field of the journey.
Invalid: `= some order`, a property that says nothing of the case; messages of another process of
the same drawing, which find their case without keys.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from engine.intake.bpmn import Element, child, children, content, kind, name_of
from engine.intake.correlation import MOST_KEYS, expression_of, is_key
from engine.intake.dialects import spiffarena, zeebe
from engine.intake.dialects.xml import Extensions

#: What Zeebe's key is called, which has no name, where it is more than a field.
UNNAMED = "correlationKey"


def waits_for_message(node: Element) -> bool:
    """Whether a message goes to a case that stands at `node`, rather than starting one."""
    if kind(node) == "receiveTask":
        return True
    around = node.getparent()
    within = kind(node) in ("intermediateCatchEvent", "boundaryEvent") or (
        kind(node) == "startEvent" and around is not None
        and around.get("triggeredByEvent") == "true")
    return within and child(node, "messageEventDefinition") is not None


def correlation_of(node: Element, root: Element, fields: Collection[str]) -> dict[str, str]:
    """Field or expression by key, of what `node` waits for; `fields` are those of the journey."""
    found: dict[str, str] = {}
    for name, written in _written(node, root, fields):
        expression = expression_of(written)
        if expression is not None and is_key(name) and len(found) < MOST_KEYS:
            found.setdefault(name, expression if expression.isidentifier() else written)
    return found


def unread_keys(node: Element, root: Element) -> list[str]:
    """The keys of `node` that can't be read."""
    return [written for _, written in _written(node, root, ()) if expression_of(written) is None]


def _written(node: Element, root: Element,
             fields: Collection[str]) -> Iterator[tuple[str, str]]:
    """(key, text) as the drawing has them, the most exact first."""
    definition = child(node, "messageEventDefinition")
    definition = definition if definition is not None else node
    flow = next((each for each in root.iter("{*}messageFlow")
                 if each.get("targetRef") == node.get("id")), None)
    if flow is not None and _is_step(root, flow.get("sourceRef")):
        return
    reference = definition.get("messageRef") or (flow.get("messageRef") if flow is not None else "")
    message = next((each for each in children(root, "message")
                    if reference and each.get("id") == reference), None)
    if message is None:
        return
    yield from _subscribed(message)
    properties = {each.get("id", ""): each for each in children(root, "correlationProperty")}
    own = Extensions(definition, spiffarena.NAMESPACES)
    for part in own.elements("processVariableCorrelation"):
        name, value = (next(map(content, own.children(part, each)), "")
                       for each in ("propertyId", "expression"))
        yield _called(properties, name), value
    yield from _bound(node, root, properties, reference or "")
    for name, each in properties.items():
        path = _path_of(each, reference or "")
        if path in fields:
            yield _called(properties, name), path


def _subscribed(message: Element) -> Iterator[tuple[str, str]]:
    """Zeebe's one key, called like its field."""
    written = Extensions(message, zeebe.NAMESPACES).value("correlationKey", "subscription")
    if written:
        found = expression_of(written) or ""
        yield (found if found.isidentifier() else UNNAMED), written


def _bound(node: Element, root: Element, properties: dict[str, Element],
           message: str) -> Iterator[tuple[str, str]]:
    """What the process itself says about the properties of this message."""
    process = next((each for each in node.iterancestors() if kind(each) == "process"), None)
    if process is None:
        return
    for binding in process.iter("{*}correlationPropertyBinding"):
        wanted = properties.get(binding.get("correlationPropertyRef", ""))
        if wanted is not None and _path_of(wanted, message):
            yield (_called(properties, binding.get("correlationPropertyRef", "")),
                   content(child(binding, "dataPath")))


def _path_of(property_: Element, message: str) -> str:
    """Where a message holds the property; "" where it has none."""
    for each in children(property_, "correlationPropertyRetrievalExpression"):
        if each.get("messageRef") == message:
            # bpmn.io's SpiffArena modeller writes a formal expression in place of the path.
            return next((content(part) for part in each if content(part)), "")
    return ""


def _called(properties: dict[str, Element], reference: str) -> str:
    """A property's name, where it can be a key; else its id."""
    found = properties.get(reference)
    name = name_of(found) if found is not None else ""
    return name if is_key(name) else reference


def _is_step(root: Element, reference: str | None) -> bool:
    """Whether a message flow comes from a step of this file, and not from a closed pool."""
    return any(each.get("id") == reference and kind(each) != "participant"
               for each in root.iter("{*}*") if reference and isinstance(each.tag, str))
