"""The choices that adaptations offer, and what to say of choices that mean nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from engine.intake.bpmn import Element, child, kind, name_of
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation, Finding, Option
from engine.intake.rule import Known
from engine.intake.subject import finding
from engine.intake.words import called, text

ASK = Option("ask", text("Ask a person", "询问人员"))
BY_HAND = Option("by_hand", text("A person does it", "由人工完成"))
SKIP = Option("skip", text("Pass it at once", "直接通过"))
WAIT = Option("wait", text("Wait until a person reports it", "等待有人报告"))
NEVER = Option("never", text("It never happens", "永不发生"))
ONCE = Option("once", text("Do it once", "只执行一次"))
ALL = Option("all", text("Follow all ways", "走全部路径"))
_FLOW = "flow:"


def ways(drawing: Drawing, gateway: Element) -> tuple[Option, ...]:
    """One option for each arrow out of `gateway`: this one where no condition holds."""
    flows = drawing.outgoing(gateway)
    decided = any(child(flow, "conditionExpression") is not None for flow in flows)
    return tuple(_way(drawing, flow, decided) for flow in flows)


def _way(drawing: Drawing, flow: Element, decided: bool) -> Option:
    target = drawing.target(flow)
    name = called(flow if name_of(flow) or target is None else target)
    label = (text("“{name}” when no condition holds", "没有条件成立时走“{name}”", name=name)
             if decided else text("Always “{name}”", "总是走“{name}”", name=name))
    return Option(f"{_FLOW}{flow.get('id')}", label)


def way_chosen(option: str) -> str | None:
    """The id of the arrow that an option of `ways` stands for."""
    return option[len(_FLOW):] if option.startswith(_FLOW) else None


def can_skip(drawing: Drawing, event: Element) -> bool:
    """Whether passing `event` at once makes sense: it stands on a path, and not in a choice."""
    before = (drawing.source(flow) for flow in drawing.incoming(event))
    return kind(event) in ("intermediateCatchEvent", "receiveTask") and not any(
        node is not None and kind(node) == "eventBasedGateway" for node in before)


def unknown_choices(known: Known, adaptations: Iterable[Adaptation], rules: Iterable[str],
                    elements: Mapping[str, Element]) -> Iterator[Finding]:
    """Findings on choices of journey.toml that fit no rule, no element or no option.

    `elements` are those of the drawing by id, before any was taken out.
    """
    offered = {(each.rule, each.element): [option.key for option in each.options]
               for each in adaptations if each.options}
    names = set(rules)
    for rule, chosen in known.choices.items():
        for drawn, option in chosen.items():
            element = elements.get(drawn)
            if rule not in names:
                yield finding("error", "choices", None, text(
                    "journey.toml makes a choice for the rule {rule}, which there is not.",
                    "journey.toml 为不存在的规则 {rule} 作了选择。", rule=rule))
            elif element is None:
                yield finding("error", "choices", None, text(
                    "journey.toml makes a choice ({rule}) at {element}, which is not in the "
                    "drawing.", "journey.toml 在图中不存在的 {element} 上作了选择（{rule}）。",
                    rule=rule, element=drawn))
            elif (rule, drawn) not in offered:
                yield finding("info", "choices", element, text(
                    "The choice {option} ({rule}) is not needed here: nothing is left open.",
                    "此处不需要选择 {option}（{rule}）：没有未定之处。", option=option, rule=rule))
            elif option not in offered[rule, drawn]:
                yield finding("error", "choices", element, text(
                    "journey.toml chooses {option} ({rule}); possible are {offered}.",
                    "journey.toml 选择了 {option}（{rule}）；可选的有 {offered}。", option=option,
                    rule=rule, offered=", ".join(offered[rule, drawn])))
