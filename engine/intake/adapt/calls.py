"""A call activity that calls nothing in this file calls a published journey, or is done by hand.

Which journey, the designer says, unless one goes by the id that is called. Its case begins when
the step is reached, with the fields that both journeys have, and the step is done when it ends.

Valid: a call of a process in the same file.
Invalid: a call of something that is not there, is empty, or calls itself again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.intake.adapt.by_hand import do_or_skip
from engine.intake.bpmn import CALLS, Element, kind
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation, Option
from engine.intake.options import BY_HAND, SKIP
from engine.intake.rule import Known, Rule
from engine.intake.words import Text, called, text

RULE = Rule(
    "calls",
    why=text("What it calls is not in this file, is empty, or calls itself again.",
             "它所调用的内容不在此文件中、为空，或会再次调用自身。"),
    remedy=text("Choose the published journey that it calls, or draw the called process in the "
                "same file and name it in “called element”.",
                "请选择它所调用的已发布流程，或把被调用的流程画在同一文件中，并在“被调用元素”中指明。"),
    asks=True,
)
_CALLED = replace(RULE, asks=False)
_JOURNEY = "journey:"


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Keep calls of processes that run here; others call a journey, or a person does them."""
    processes = {process.get("id", ""): process for process in drawing.running
                 if drawing.members(process)}
    circular = _circular(processes)
    for node in drawing.nodes("callActivity"):
        called_id = node.get("calledElement", "")
        if called_id in processes and called_id not in circular:
            continue
        options = _options(node, known)
        chosen = RULE.chosen(node, known, options)
        if not chosen.startswith(_JOURNEY):
            yield do_or_skip(drawing, node, known, RULE, options=options)
            continue
        journey = chosen[len(_JOURNEY):]
        drawing.by_hand(node)
        node.set(CALLS, journey)
        name = known.journeys[journey].name if known.journeys and journey in known.journeys else {}
        yield _CALLED.at(node, text(
            "“{name}” begins a case of {journey} and goes on when that ends.",
            "“{name}”发起“{journey}”的案件，并在其结束后继续。", name=called(node),
            journey=name.get("en") or journey), options, chosen)


def _options(node: Element, known: Known) -> tuple[Option, ...]:
    """By hand, passed, or one of the journeys; first of all the one that the drawing names."""
    wanted = known.choices.get(RULE.name, {}).get(node.get("id", ""), "")
    if known.journeys is None:
        # Nobody can tell here which journeys there are: what was chosen elsewhere holds.
        there: dict[str, Text] = ({wanted[len(_JOURNEY):]: {}} if wanted.startswith(_JOURNEY)
                                  else {})
    else:
        there = {key: each.name for key, each in known.journeys.items()}
    journeys = [Option(f"{_JOURNEY}{key}", _label(key, name)) for key, name in there.items()]
    named = [option for option in journeys if known.journeys is not None and node.get(
        "calledElement") in (option.key[len(_JOURNEY):],
                             known.journeys[option.key[len(_JOURNEY):]].process)]
    return (*named, BY_HAND, SKIP, *(option for option in journeys if option not in named))


def _label(key: str, name: Text) -> Text:
    english = name.get("en") or key
    return text("Calls the journey {name}", "调用流程“{name}”", name=english) if not name.get(
        "zh") else {"en": f"Calls the journey {english}", "zh": f"调用流程“{name['zh']}”"}


def _circular(processes: dict[str, Element]) -> set[str]:
    """The processes that come back to themselves through calls."""
    calls = {process_id: {node.get("calledElement", "") for node in process.iter()
                          if kind(node) == "callActivity"} & processes.keys()
             for process_id, process in processes.items()}
    found = set()
    for start in calls:
        seen: set[str] = set()
        ahead = list(calls[start])
        while ahead:
            each = ahead.pop()
            if each not in seen:
                seen.add(each)
                ahead.extend(calls[each])
        if start in seen:
            found.add(start)
    return found
