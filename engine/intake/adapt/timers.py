"""A timer without a time that Baton can read goes on when a person says so.

Valid: `PT2H`, `2026-03-31T09:00:00+08:00`, `R3/PT1H`, or an expression.
Invalid: no time, or "after three days".
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.intake.bpmn import (
    Element,
    child,
    children,
    content,
    definitions,
    drawn_id,
    kind,
    name_of,
    tag,
)
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation, Option
from engine.intake.options import ASK, NEVER, SKIP, can_skip
from engine.intake.rule import Known, Rule
from engine.intake.time_words import in_words, named_duration
from engine.intake.timing import readable_time
from engine.intake.waiting import wait_for_report
from engine.intake.words import Text, called, text

RULE = Rule(
    "timers",
    why=text("The timer has no time, or one that is neither ISO 8601 nor an expression.",
             "定时器没有时间，或时间既不是 ISO 8601 也不是表达式。"),
    remedy=text("Give it a duration such as PT2H or P3D, or a date such as "
                "2026-03-31T09:00:00+08:00.",
                "请填写时长（如 PT2H、P3D）或日期（如 2026-03-31T09:00:00+08:00）。"),
    asks=True,
)
_DURATION = "duration:"
_TIMES = ("PT1H", "P1D", "P3D", "P7D")
_KINDS = ("timeDate", "timeDuration", "timeCycle")


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Keep the first readable time of a timer; else wait for a person's word."""
    for event in drawing.nodes("intermediateCatchEvent", "boundaryEvent"):
        for definition in children(event, "timerEventDefinition"):
            drawn = " ".join(filter(None, (content(child(definition, each)) for each in _KINDS)))
            if _keep_readable(definition, known):
                continue
            yield _settle(drawing, event, definition, known, drawn)


def _settle(drawing: Drawing, event: Element, definition: Element, known: Known,
            drawn: str) -> Adaptation:
    """Do what the journey chose: ask, pass at once, or a time of its own."""
    wanted = known.choices.get(RULE.name, {}).get(drawn_id(event), "")
    chosen_before = [wanted[len(_DURATION):]] if wanted.startswith(_DURATION) else []
    times = [named_duration(name_of(event)), *_TIMES, *chosen_before]
    border = kind(event) == "boundaryEvent" and len(definitions(event)) == 1
    options = (ASK, *((SKIP,) if can_skip(drawing, event) else ()),
               *((NEVER,) if border else ()), *(
        Option(f"{_DURATION}{time}", text("Wait for {english}", "等待 {chinese}", **_said(time)))
        for time in dict.fromkeys(times) if readable_time("timeDuration", time)))
    chosen = RULE.chosen(event, known, options)
    if chosen == ASK.key:
        wait_for_report(drawing, event, definition)
        return RULE.at(event, _what(event, drawn), options)
    if chosen == NEVER.key:
        drawing.never(event)
        return RULE.at(event, text("“{name}” never happens.", "“{name}”永不发生。",
                                   name=called(event)), options, chosen)
    if chosen == SKIP.key:
        drawing.skip_event(event)
        return RULE.at(event, text("“{name}” is passed at once.", "直接经过“{name}”。",
                                   name=called(event)), options, chosen)
    time = chosen[len(_DURATION):]
    etree.SubElement(definition, tag("timeDuration")).text = time
    return RULE.at(event, text("“{name}” is due after {english}.", "“{name}”在 {chinese} 后到期。",
                               name=called(event), **_said(time)), options, chosen)


def _said(time: str) -> dict[str, str]:
    words = in_words(time)
    return {"english": words["en"], "chinese": words["zh"]}


def _keep_readable(definition: Element, known: Known) -> bool:
    kept: Element | None = None
    for each in _KINDS:
        for part in children(definition, each):
            time = (readable_time(each, content(part), known.fields) if kept is None
                    else None)
            if time is None:
                definition.remove(part)
            else:
                part.text, kept = time, part
    return kept is not None


def _what(event: Element, drawn: str) -> Text:
    if drawn:
        return text("“{name}” goes on when a person says so; its time “{time}” can't be read.",
                    "“{name}”在有人确认后继续；无法读取其时间“{time}”。",
                    name=called(event), time=drawn)
    return text("“{name}” goes on when a person says so.", "“{name}”在有人确认后继续。",
                name=called(event))
