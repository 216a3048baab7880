"""Service calls and correlation keys that name fields which the journey doesn't know (warning).

Valid: a call of `https://shop.example/orders/{order_no}` with a declared field order_no.
Invalid: the same where nothing declares, asks for or writes order_no.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import Element, drawn_id, kind
from engine.intake.collection import item_of
from engine.intake.correlation import expression_of
from engine.intake.expressions import names
from engine.intake.model import Finding
from engine.intake.subject import Subject, finding
from engine.intake.words import called, text

#: What a call's expressions see beside the fields.
_OWN = frozenset({"secret", "response"})


def lint(subject: Subject) -> Iterator[Finding]:
    """What calls send and messages are matched by are fields, and so is what an answer fills."""
    known = subject.known
    items = {item_of(marker) for marker in subject.drawing.root.iter(
        "{*}multiInstanceLoopCharacteristics")}
    for node in subject.drawing.root.iter():
        if not kind(node):
            continue
        key = drawn_id(node)
        call = known.service_calls.get(key)
        if call is not None:
            used = {name for _, source in call.expressions() for name in _names(source)}
            yield from _missing(node, used - known.fields - items - _OWN)
            yield from _unfilled(node, set(call.result) - known.declared if known.declared
                                 else set())
        keys = {name for value in known.correlations.get(key, {}).values()
                for name in _names(expression_of(value) or "")}
        yield from _unmatched(node, keys - known.fields - items)


def _missing(node: Element, missing: set[str]) -> Iterator[Finding]:
    if missing:
        yield finding("warning", "unknown_field_in_call", node, text(
            "The call of “{name}” uses “{fields}”, which is no field of the journey: a case "
            "without it stops there with an incident. Declare the field, and ask for it in a form.",
            "“{name}”的调用用到“{fields}”，它不是流程的字段：没有该值的案件会停在此处并报告故障。"
            "请声明该字段，并在表单中询问。", name=called(node), fields=", ".join(sorted(missing))))


def _unfilled(node: Element, missing: set[str]) -> Iterator[Finding]:
    if missing:
        yield finding("warning", "unknown_field_in_answer", node, text(
            "The answer to “{name}” fills “{fields}”, which is no field of the journey: no form "
            "shows it. Declare the field.",
            "“{name}”的应答写入“{fields}”，它不是流程的字段：任何表单都不会显示它。请声明该字段。",
            name=called(node), fields=", ".join(sorted(missing))))


def _unmatched(node: Element, missing: set[str]) -> Iterator[Finding]:
    if missing:
        yield finding("warning", "unknown_field_in_correlation", node, text(
            "“{name}” is matched by “{fields}”, which is no field of the journey: no message "
            "reaches a case without it. Declare the field, and ask for it in a form.",
            "“{name}”按“{fields}”匹配消息，它不是流程的字段：没有该值的案件收不到任何消息。"
            "请声明该字段，并在表单中询问。", name=called(node), fields=", ".join(sorted(missing))))


def _names(source: str) -> frozenset[str]:
    """The fields that an expression uses; none where it can't be read, which is told elsewhere."""
    try:
        return names(source.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
