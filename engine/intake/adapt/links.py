"""A link event jumps to the link of the same name: drawn as two, run as one flow.

Valid: two link events of one name: the case goes on at the second.
Invalid: a link that no other link answers: the path ends there.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import Element, children, name_of
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation
from engine.intake.rule import Known, Rule
from engine.intake.words import called, text

RULE = Rule(
    "links",
    why=text("SpiffWorkflow knows no links, so the jump becomes a sequence flow.",
             "SpiffWorkflow 不支持链接事件，因此跳转改为顺序流。"),
    remedy=text("Nothing to do where both ends have the same name; else give them one.",
                "两端名称相同时无需处理；否则请取相同的名称。"),
)
_LINK = "linkEventDefinition"


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Connect each throwing link with the catching one of its name in the same scope."""
    reached: set[Element] = set()
    catches = _catches(drawing)
    for event in drawing.nodes("intermediateCatchEvent"):
        if _take_out(event):
            # It waits for nothing: the token that jumps here goes on.
            drawing.retag(event, "intermediateThrowEvent")
    for event in drawing.nodes("intermediateThrowEvent"):
        names = _names(event)
        if not _take_out(event):
            continue
        found = (catches.get((event.getparent(), name)) for name in names)
        target = next((each for each in found if each is not None), None)
        if target is None or target is event:
            yield RULE.at(event, text(
                "The link “{name}” leads nowhere: this path ends here.",
                "链接“{name}”没有对应的目标，该路径到此结束。", name=called(event)))
            continue
        drawing.add_flow(event, target)
        reached.add(target)
        yield RULE.at(event, text("Goes on at the link “{name}”.", "从链接“{name}”处继续。",
                                  name=called(target)))
    for event in catches.values():
        if event not in reached and not drawing.incoming(event):
            yield RULE.at(event, text("No link leads to “{name}”: this path never begins.",
                                      "没有链接指向“{name}”，该路径永远不会开始。",
                                      name=called(event)))
            drawing.never(event)


def _catches(drawing: Drawing) -> dict[tuple[Element | None, str], Element]:
    """The catching links by scope and name; no event's name hides a link's own."""
    events = [(event, _names(event)) for event in drawing.nodes("intermediateCatchEvent")]
    own = [(event, names[:-1] if name_of(event) else names) for event, names in events]
    found: dict[tuple[Element | None, str], Element] = {}
    for event, names in [*own, *events]:
        for name in names:
            found.setdefault((event.getparent(), name), event)
    return found


def _names(event: Element) -> list[str]:
    """The link's own name first, then the event's: tools differ in which they write."""
    own = [name_of(link) for link in children(event, _LINK)]
    return [name for name in [*own, name_of(event)] if name] if own else []


def _take_out(event: Element) -> bool:
    found = children(event, _LINK)
    for link in found:
        event.remove(link)
    return bool(found)
